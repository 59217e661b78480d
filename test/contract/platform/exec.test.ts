// Exec against real processes: time-outs, trees, pipes, secrets.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createExec } from "../../../src/platform/exec.ts";
import type { Command, CommandEnd } from "../../../src/platform/ports.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const path = process.env["PATH"] ?? "";
const exec = createExec(createRedactor(), { killGraceMs: 400, drainMs: 150 });

function bash(script: string, more: Partial<Command> = {}): Command {
  const env = { PATH: path, ...more.env };
  return { program: "bash", args: ["-c", script], cwd: "/", timeoutMs: 20_000, signal: new AbortController().signal, ...more, env };
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Pids that a script printed, one per line. */
function pidsOf(end: CommandEnd): readonly number[] {
  assert.ok("stdout" in end);
  return end.stdout.trim().split("\n").map(Number);
}

test("run() gives exit code, both streams and lines in order", async () => {
  const lines: string[] = [];

  const end = await exec.run(
    bash("echo one; echo two >&2; printf three; exit 7", { onLine: (stream, line) => lines.push(`${stream} ${line}`) }),
  );

  assert.deepEqual(end, { kind: "exited", code: 7, stdout: "one\nthree", stderr: "two\n", leftOutBytes: 0 });
  assert.deepEqual(lines.toSorted(), ["stderr two", "stdout one", "stdout three"]);
});

test("run() hands arguments over as they are and gives the environment named, nothing else", async () => {
  process.env["SLIPWAY_TEST_INHERITED"] = "yes";
  const args = ["$(echo no)", "a b", "`c`", "", "*", "-x\n;"];

  const end = await exec.run(
    bash('printf "<%s>" "$@"; echo; env', { args: ["-c", 'printf "<%s>" "$@"; echo; env', "bash", ...args], env: { ONLY: "this" } }),
  );

  assert.ok(end.kind === "exited");
  assert.ok(end.stdout.startsWith("<$(echo no)><a b><`c`><><*><-x\n;>\n"));
  assert.match(end.stdout, /^ONLY=this$/m);
  assert.doesNotMatch(end.stdout, /SLIPWAY_TEST_INHERITED/);
});

test("run() gives children one umask, whatever the person's own", async () => {
  const own = process.umask(0o077);

  const end = await exec.run(bash("umask"));

  assert.equal(end.kind === "exited" && end.stdout, "0022\n");
  assert.equal(process.umask(own), 0o077);
});

test("run() closes standard input unless there is some to give", async () => {
  const closed = await exec.run(bash("cat; echo end"));
  const given = await exec.run(bash("", { program: "cat", args: [], input: "grüße\n" }));
  const unread = await exec.run(bash("", { program: "true", args: [], input: "x".repeat(1_000_000) }));

  assert.deepEqual(
    [closed, given, unread].map((end) => end.kind === "exited" && end.stdout),
    ["end\n", "grüße\n", ""],
  );
});

test("run() reports the signal that ended a program", async () => {
  const end = await exec.run(bash("kill -SEGV $$"));

  assert.deepEqual(end, { kind: "signalled", signal: "SIGSEGV", stdout: "", stderr: "", leftOutBytes: 0 });
});

test("run() reports a program that is not there as a value", async () => {
  const end = await exec.run(bash("", { program: "no-such-program-4711" }));
  const absolute = await exec.run(bash("", { program: "/no/such/program" }));

  assert.deepEqual(end, { kind: "not-found", program: "no-such-program-4711" });
  assert.deepEqual(absolute, { kind: "not-found", program: "/no/such/program" });
});

test("run() throws for a folder, an interpreter or a permission that is missing, and names it", async (t) => {
  const folder = temporaryFolder(t);
  const script = join(folder, "script");
  writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 });
  const plain = join(folder, "plain");
  writeFileSync(plain, "text", { mode: 0o644 });

  await assert.rejects(exec.run(bash("", { cwd: join(folder, "none") })), {
    code: "PROGRAM_NOT_STARTED",
    message: /none" should be a folder/,
  });
  await assert.rejects(exec.run(bash("", { program: script })), { code: "PROGRAM_NOT_STARTED", message: /interpreter/ });
  await assert.rejects(exec.run(bash("", { program: plain })), { code: "PROGRAM_NOT_STARTED", message: /EACCES/ });
});

test("run() looks programs up on the PATH it was given", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "mine"), "#!/bin/sh\necho mine\n", { mode: 0o755 });

  const end = await exec.run(bash("", { program: "mine", args: [], env: { PATH: folder } }));

  assert.equal(end.kind === "exited" && end.stdout, "mine\n");
});

test("find() passes over relative entries, folders and files that cannot be executed", async (t) => {
  const folder = temporaryFolder(t);
  for (const name of ["a", "b", "c"]) mkdirSync(join(folder, name));
  mkdirSync(join(folder, "a", "tool"));
  writeFileSync(join(folder, "b", "tool"), "", { mode: 0o644 });
  writeFileSync(join(folder, "c", "tool"), "", { mode: 0o755 });

  assert.equal(
    await exec.find("tool", ["", ".", "a", join(folder, "a"), join(folder, "b"), join(folder, "c")].join(":")),
    join(folder, "c", "tool"),
  );
  assert.equal(await exec.find("tool", `:.:${folder}`), undefined);
  assert.equal(await exec.find("a/tool", folder), undefined);
  assert.equal(await exec.find(join(folder, "c", "tool"), ""), join(folder, "c", "tool"));
});

/** Runs a script and aborts it once it has printed so many lines. @returns the lines, and the time from abort to end */
async function abortedAfter(
  lineCount: number,
  command: Command,
  by = exec,
): Promise<{ readonly lines: readonly string[]; readonly tookMs: number }> {
  const controller = new AbortController();
  const lines: string[] = [];
  let abortedMs = 0;
  const onLine = (_: string, line: string): void => {
    lines.push(line);
    if (lines.length !== lineCount) return;
    abortedMs = performance.now();
    controller.abort(new Error("cancelled by a person"));
  };
  await assert.rejects(by.run({ ...command, signal: controller.signal, onLine }), /cancelled by a person/);
  return { lines, tookMs: performance.now() - abortedMs };
}

test("a time-out kills the program and keeps what was written", async () => {
  const end = await exec.run(bash("echo $$; exec sleep 60", { timeoutMs: 1_000 }));

  assert.equal(end.kind, "timed-out");
  assert.deepEqual(pidsOf(end).map(isAlive), [false]);
});

test("stopping kills the whole tree, also what left the process group", async () => {
  const script = "sleep 60 & echo $!; setsid sleep 60 & echo $!; set -m; sleep 60 & echo $!; (sleep 60 & echo $!); wait";

  const { lines } = await abortedAfter(4, bash(script));

  assert.equal(lines.length, 4);
  assert.deepEqual(lines.map(Number).filter(isAlive), []);
});

test("a tree that ignores SIGTERM gets SIGKILL after the grace", async () => {
  const { lines, tookMs } = await abortedAfter(
    2,
    bash("trap '' TERM; echo $$; (while :; do sleep 0.05; done) & echo $!; while :; do sleep 0.05; done"),
  );

  assert.deepEqual(lines.map(Number).filter(isAlive), []);
  assert.ok(tookMs >= 399, `${tookMs} ms`);
});

test("a tree that listens to SIGTERM has time to clean up, also after its leader has gone", async (t) => {
  const folder = temporaryFolder(t);
  const patient = createExec(createRedactor());

  await abortedAfter(
    1,
    bash("(trap 'sleep 0.25; touch cleaned; exit' TERM; echo ready; while :; do sleep 0.02; done) & wait", { cwd: folder }),
    patient,
  );

  assert.ok(existsSync(join(folder, "cleaned")));
});

test("an abort before the start starts nothing", async (t) => {
  const folder = temporaryFolder(t);

  await assert.rejects(exec.run(bash("touch started", { cwd: folder, signal: AbortSignal.abort(new Error("early")) })), /early/);

  assert.ok(!existsSync(join(folder, "started")));
});

test("a program that ends while a grandchild holds its pipe ends soon, with its own exit code", async () => {
  for (const background of ["sleep 60 &", "setsid sleep 3 &", "(sleep 60 &)"]) {
    const startedMs = performance.now();

    const end = await exec.run(bash(`${background}\necho done; exit 3`));

    assert.ok(end.kind === "exited" && end.code === 3 && end.stdout === "done\n", JSON.stringify(end));
    assert.ok(performance.now() - startedMs < 2_000);
  }
});

test("what a program leaves running in its group dies with it", async () => {
  const end = await exec.run(bash("sleep 60 >/dev/null 2>&1 & echo $!"));

  for (let i = 0; i < 100 && pidsOf(end).some(isAlive); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(pidsOf(end).filter(isAlive), []);
});

test("a daemon that escaped cannot hold the promise", async () => {
  const startedMs = performance.now();

  const end = await exec.run(bash("(setsid bash -c 'sleep 2' &) ; sleep 0.05; echo done"));

  assert.equal(end.kind, "exited");
  assert.ok(performance.now() - startedMs < 1_500);
});

test("an error thrown by onLine stops the program and comes out", async () => {
  const running = exec.run(
    bash("echo $$; sleep 60", {
      onLine: () => {
        throw new Error("log is full");
      },
    }),
  );

  await assert.rejects(running, /log is full/);
});

test("output beyond keepBytes loses its middle; lines all come", async () => {
  let lines = 0;

  const end = await exec.run(bash("seq 1 200000", { keepBytes: 1_000, onLine: () => (lines += 1) }));

  assert.ok(end.kind === "exited");
  assert.match(end.stdout, /^1\n2\n[^]*… \d+ bytes left out …[^]*199999\n200000\n$/);
  assert.ok(Buffer.byteLength(end.stdout) < 1_100 && (end.leftOutBytes ?? 0) > 1_000_000);
  assert.equal(lines, 200_000);
});

test("canary: no form of a secret comes out of a child, in lines, kept output or errors", async () => {
  const canary = 'pypi-cAnArY/+"0123 4567\\89éz';
  const redactor = createRedactor();
  redactor.add(canary);
  const watched = createExec(redactor);
  const seen: string[] = [];
  const script = `
import base64, json, os, sys, time, urllib.parse
s = os.environ["CANARY"]; b = s.encode()
for text in [s, "x" + s + "y", json.dumps({"a": s}), json.dumps({"a": json.dumps(s)}), urllib.parse.quote(s), urllib.parse.quote_plus(s), b.hex(),
             *(base64.b64encode(b"u" * n + b":" + b).decode() for n in range(3)), *(base64.urlsafe_b64encode(b"u" * n + b).decode() for n in range(3))]:
    for stream in (sys.stdout, sys.stderr):
        print("[", text, "]", file=stream, flush=True)
for byte in b + b"\\n":
    os.write(1, bytes([byte])); time.sleep(0.001)
sys.stdout.write("z" * (64 * 1024 - 5) + s + "\\n"); sys.stdout.flush()
raise SystemExit("failed with " + s)
`;

  const end = await watched.run({
    ...bash(""),
    program: "python3",
    args: ["-c", script],
    env: {
      PATH: path,
      CANARY: canary,
      PYTHONIOENCODING: "utf-8",
      PYENV_ROOT: process.env["PYENV_ROOT"] ?? `${process.env["HOME"]}/.pyenv`,
    },
    onLine: (_, line) => seen.push(line),
  });

  assert.ok(end.kind === "exited" && end.code === 1, JSON.stringify(end).slice(0, 500));
  const everything = seen.join("\n") + end.stdout + end.stderr;
  assert.ok(everything.split("«redacted»").length > 40);
  for (const trace of ["cAnArY", "0123", "4567", Buffer.from("cAnArY").toString("hex"), "Y0FuQXJZ", "NBbkFyW", "jQW5BcllL"]) {
    assert.ok(!everything.includes(trace), trace);
  }
});

test("children die with this process: by killAll, by its exit, by a signal, by an uncaught error", async (t) => {
  const folder = temporaryFolder(t);
  const modules = join(dirname(fileURLToPath(import.meta.url)), "../../../src/platform");
  const program = join(folder, "parent.ts");
  writeFileSync(
    program,
    `import { createExec } from ${JSON.stringify(join(modules, "exec.ts"))};
     import { createRedactor } from ${JSON.stringify(join(modules, "redactor.ts"))};
     const exec = createExec(createRedactor()); let seen = 0;
     exec.run({ program: "bash", args: ["-c", "sleep 60 & echo $!; echo $$; wait"], cwd: "/", env: { PATH: process.env.PATH ?? "" }, timeoutMs: 60000,
       signal: new AbortController().signal, onLine: (_, line) => { seen += 1; console.log(line); } }).catch(() => {});
     const until = setInterval(() => { if (seen < 2) return; clearInterval(until); if (process.argv[2] === "killAll") exec.killAll(); if (process.argv[2] === "exit") process.exit(0); if (process.argv[2] === "throw") throw new Error("x"); }, 10);
     if (process.argv[2] === "handled") process.on("SIGTERM", () => process.exit(9));`,
  );
  chmodSync(program, 0o600);

  const ends = await Promise.all(
    ["killAll", "exit", "throw", "SIGTERM", "SIGINT", "SIGHUP", "handled"].map(async (way) => {
      const parent = spawn(process.execPath, [program, way], { stdio: ["ignore", "pipe", "ignore"] });
      const pids: number[] = [];
      parent.stdout.on("data", (bytes: Buffer) => {
        pids.push(...bytes.toString().trim().split("\n").map(Number));
        if (pids.length === 2 && /SIG|handled/.test(way)) parent.kill(way === "handled" ? "SIGTERM" : (way as NodeJS.Signals));
      });
      const end = await new Promise<unknown>((resolve) => parent.on("close", (code, signal) => resolve(signal ?? code)));
      // The kernel takes its time to end what was killed.
      for (let i = 0; i < 100 && pids.some(isAlive); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
      return [way, end, pids.length, pids.filter(isAlive).length].join(" ");
    }),
  );

  assert.deepEqual(ends, [
    "killAll 0 2 0",
    "exit 0 2 0",
    "throw 1 2 0",
    "SIGTERM SIGTERM 2 0",
    "SIGINT SIGINT 2 0",
    "SIGHUP SIGHUP 2 0",
    "handled 9 2 0",
  ]);
});
