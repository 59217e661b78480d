// The install script of `checksums` under the shells of this machine, against a server on it: what has the digest is
// installed, and nothing else is.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { writeInstallScript, type InstallFile } from "../../src/steps/checksums/install-script.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool, type Ended } from "../support/test-tools.ts";

const program = "#!/bin/sh\necho it runs\n";
const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** A server on this machine. @returns its address, without a slash at the end */
async function serve(t: TestContext, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const server = createServer((request, response) => {
    const found = files[(request.url ?? "").slice(1)];
    response.statusCode = found === undefined ? 404 : 200;
    response.end(found ?? "");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function file(parts: Partial<InstallFile> = {}): InstallFile {
  return {
    os: "linux",
    processor: "x86_64",
    command: "slip",
    asset: "slip-linux-x86_64",
    archive: "none",
    sha256: sha256(program),
    ...parts,
  };
}

interface Place {
  readonly script: string;
  /** With a blank and a quote in its name. */
  readonly prefix: string;
  install(shell: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  installed(): readonly string[];
}

function place(t: TestContext, from: string, files: readonly InstallFile[]): Place {
  const folder = temporaryFolder(t);
  const script = join(folder, "install.sh");
  const prefix = join(folder, "it's a place");
  writeFileSync(script, writeInstallScript({ name: "install.sh", title: "slip 1.2.0\n$(id)", from, files }));
  const words = { sh: ["sh"], dash: ["dash"], bash: ["bash", "--posix"] } as const;
  return {
    script,
    prefix,
    install: (shell, env) => {
      const [first = "", ...args] = words[shell as keyof typeof words];
      return runTool(first, [...args, script], { env: { HOME: folder, PREFIX: prefix, TMPDIR: folder, ...env } });
    },
    installed: () => (existsSync(join(prefix, "bin")) ? readdirSync(join(prefix, "bin")) : []),
  };
}

for (const shell of ["sh", "dash", "bash"]) {
  test(`the install script installs what has the digest, and refuses other bytes, under ${shell}`, async (t) => {
    const right = place(t, await serve(t, { "slip-linux-x86_64": program }), [file()]);
    const wrong = place(t, await serve(t, { "slip-linux-x86_64": `${program}#` }), [file()]);

    const installed = await right.install(shell);
    const again = await right.install(shell);
    const refused = await wrong.install(shell);

    assert.equal(installed.code, 0, installed.output);
    assert.match(installed.output, /install\.sh: installed .*\/it's a place\/bin\/slip\ninstall\.sh: .* is not on the PATH/);
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(right.installed(), ["slip"]);
    assert.equal((await runTool(join(right.prefix, "bin", "slip"), [])).output, "it runs\n");
    assert.equal(refused.code, 1);
    assert.match(
      refused.output,
      new RegExp(`^install\\.sh: refused slip-linux-x86_64: its sha256 is [0-9a-f]{64}, and should be ${sha256(program)}\\n$`),
    );
    assert.deepEqual(wrong.installed(), []);
    assert.equal((await runTool(shell, ["-n", right.script])).code, 0);
  });
}

test("the install script takes the program out of an archive, and leaves nothing behind", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "slip"), program);
  const to = join(folder, "slip.tar.gz");
  const members = ["slip", "LICENSE"].map((path) => ({ path, file: join(folder, "slip"), executable: path === "slip" }));
  await createArchives().write({ format: "tar.gz", to, epochSeconds: 0, members });
  const bytes = readFileSync(to);
  const at = place(t, await serve(t, { "slip.tar.gz": bytes }), [file({ archive: "tar.gz", asset: "slip.tar.gz", sha256: sha256(bytes) })]);

  const ended = await at.install("sh");

  assert.equal(ended.code, 0, ended.output);
  assert.deepEqual(at.installed(), ["slip"]);
  assert.deepEqual(readdirSync(join(at.script, "..")).toSorted(), ["install.sh", "it's a place"]);
});

test("the install script says which machines it has files for, and that a file is not there", async (t) => {
  const from = await serve(t, {});
  const other = place(t, from, [file({ os: "macos", processor: "aarch64" }), file({ os: "macos" })]);
  const gone = place(t, from, [file()]);

  const ended = await other.install("sh");
  const missing = await gone.install("sh");

  assert.deepEqual(ended, {
    code: 1,
    output: "install.sh: there is no file for linux-x86_64; there are files for macos-aarch64, macos-x86_64\n",
  });
  assert.equal(missing.code, 1);
  assert.match(missing.output, /install\.sh: cannot download http:\/\/127\.0\.0\.1:\d+\/slip-linux-x86_64\n$/);
  assert.deepEqual(gone.installed(), []);
});

test("the install script downloads from a mirror, with wget and shasum where there is nothing else, and still compares", async (t) => {
  const at = place(t, "http://127.0.0.1:1", [file()]);
  const tools = temporaryFolder(t);
  for (const name of ["sh", "uname", "mktemp", "mkdir", "rm", "cp", "chmod", "mv"])
    symlinkSync(["/bin", "/usr/bin"].map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? name, join(tools, name));
  const fake = (name: string, text: string): void => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(tools, name), 0o755);
  };
  const source = join(temporaryFolder(t), "mirrored");
  writeFileSync(source, program);
  // As wget is called: -q -O FILE URL.
  fake("wget", `[ "$1 $2 $4" = "-q -O mirror:/x/slip-linux-x86_64" ] && cp '${source}' "$3"`);
  fake("shasum", '[ "$1 $2" = "-a 256" ] && /usr/bin/sha256sum');

  const ended = await at.install("sh", { PATH: tools, DOWNLOAD_URL: "mirror:/x" });
  writeFileSync(source, "other");
  const refused = await at.install("sh", { PATH: tools, DOWNLOAD_URL: "mirror:/x" });

  assert.equal(ended.code, 0, ended.output);
  assert.deepEqual(at.installed(), ["slip"]);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /refused slip-linux-x86_64/);
});

test("an install script that was cut off on its way does nothing, and no value of it is a command", async (t) => {
  const from = `${await serve(t, { "slip-linux-x86_64": program })}/'$(touch hacked)'`;
  const at = place(t, from, [file()]);
  const whole = readFileSync(at.script, "utf8");
  mkdirSync(at.prefix);
  for (let length = whole.length - 2; length > 200; length -= 97) {
    writeFileSync(at.script, whole.slice(0, length));
    await at.install("dash");
    assert.deepEqual(at.installed(), [], `${length} characters`);
  }
  writeFileSync(at.script, whole);

  const ended = await at.install("sh");

  assert.equal(ended.code, 1);
  assert.ok(!existsSync(join(at.script, "..", "hacked")) && !existsSync("hacked"));
});
