// Secrets from real files, descriptors and environments; and what children can get of them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, fstatSync, mkdirSync, openSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { prepareChildHome } from "../../../src/platform/child-home.ts";
import type { Log } from "../../../src/platform/ports.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { createSecrets } from "../../../src/platform/secrets.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const platform = join(dirname(fileURLToPath(import.meta.url)), "../../../src/platform");

function secretsOf(env: Readonly<Record<string, string>>) {
  const redactor = createRedactor();
  const warnings: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message, fields) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
  };
  return { secrets: createSecrets({ env, redactor, log }), redactor, warnings };
}

test("a credential comes from the variable or from a file, without its line end, and is redacted from then on", async (t) => {
  const file = join(temporaryFolder(t), "token");
  writeFileSync(file, "file-secret\r\n", { mode: 0o600 });
  const { secrets, redactor, warnings } = secretsOf({ A: "plain-secret\n", B_FILE: file });

  assert.deepEqual([await secrets.read("A"), await secrets.read("B")], ["plain-secret", "file-secret"]);
  assert.equal(redactor.redact("plain-secret file-secret"), "«redacted» «redacted»");
  assert.deepEqual(warnings, []);
});

test("has() tells whether a credential could be read, without reading it", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "token"), "file-secret", { mode: 0o600 });
  const { secrets, redactor } = secretsOf({
    A: "plain-secret",
    B_FILE: join(folder, "token"),
    C_FILE: join(folder, "none"),
    D: "",
    E_FD: "99",
  });

  const seen = await Promise.all(["A", "B", "C", "D", "E", "F"].map((name) => secrets.has(name)));

  assert.deepEqual(seen, [true, true, false, false, false, false]);
  assert.equal(redactor.redact("plain-secret"), "plain-secret");
});

test("learn() hides what is set before it is used, keeps no file, and is silent about what cannot be read", async (t) => {
  const file = join(temporaryFolder(t), "token");
  writeFileSync(file, "file-secret", { mode: 0o644 });
  const { secrets, redactor, warnings } = secretsOf({
    A: "plain-secret",
    B_FILE: file,
    C_FILE: `${file}-none`,
    D: "short",
    E: "one-value",
    E_FILE: file,
  });

  await Promise.all(["A", "B", "C", "D", "E", "F"].map((name) => secrets.learn(name)));

  assert.equal(redactor.redact("plain-secret file-secret"), "«redacted» «redacted»");
  assert.deepEqual(warnings, []);
  writeFileSync(file, "newer-secret", { mode: 0o600 });
  assert.equal(await secrets.read("B"), "newer-secret");
});

test("a secret that was copied with white space around it is hidden without it as well", async () => {
  const { secrets, redactor } = secretsOf({ A: "  padded-secret\t" });

  await secrets.read("A");

  assert.equal(redactor.redact("'padded-secret'"), "'«redacted»'");
});

test("learn() reads a descriptor to its end, so that a child cannot", async (t) => {
  const file = join(temporaryFolder(t), "token");
  writeFileSync(file, "descriptor-secret\n", { mode: 0o600 });
  const descriptor = openSync(file, "r");
  const { secrets, redactor } = secretsOf({ A_FD: String(descriptor) });

  await secrets.learn("A");

  assert.throws(() => fstatSync(descriptor), { code: "EBADF" });
  assert.equal(redactor.redact("descriptor-secret"), "«redacted»");
  assert.deepEqual([await secrets.has("A"), await secrets.read("A")], [true, "descriptor-secret"]);
});

test("a missing credential names the variables that could hold it", async () => {
  const { secrets } = secretsOf({ D: "" });

  await assert.rejects(secrets.read("TOKEN"), { code: "CREDENTIAL_MISSING", message: /"TOKEN", "TOKEN_FILE" and "TOKEN_FD"/ });
  await assert.rejects(secrets.read("D"), { code: "CREDENTIAL_MISSING" });
});

test("two sources, a short secret and a descriptor that is none are refused without showing a value", async () => {
  const { secrets } = secretsOf({ A: "plain-secret", A_FILE: "/x", B: "abc", C_FD: "1", D_FD: "3x" });

  await assert.rejects(secrets.read("A"), { code: "CREDENTIAL_INVALID", message: /both "A" and "A_FILE" are set/ });
  await assert.rejects(secrets.has("A"), { code: "CREDENTIAL_INVALID" });
  await assert.rejects(
    secrets.read("B"),
    (error: Error) => /credential "B".*at least 6/.test(error.message) && !error.message.includes("abc"),
  );
  for (const name of ["C", "D"])
    await assert.rejects(secrets.read(name), { code: "CREDENTIAL_INVALID", message: /file descriptor from 3/ });
});

test("a file that everybody can read is used with a warning; one that is too large or gone is not", async (t) => {
  const folder = temporaryFolder(t);
  const open = join(folder, "open");
  writeFileSync(open, "open-secret");
  chmodSync(open, 0o644);
  writeFileSync(join(folder, "large"), "x".repeat(70_000), { mode: 0o600 });
  const { secrets, warnings } = secretsOf({ A_FILE: open, B_FILE: join(folder, "large"), C_FILE: join(folder, "none") });

  assert.equal(await secrets.read("A"), "open-secret");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /every user.*chmod 600/);
  await assert.rejects(secrets.read("B"), { code: "CREDENTIAL_INVALID" });
  await assert.rejects(secrets.read("C"), { code: "CREDENTIAL_MISSING", message: /none/ });
});

test("a descriptor is read once and kept, and no child inherits it", async () => {
  const program = `
    import { createSecrets } from ${JSON.stringify(join(platform, "secrets.ts"))}; import { createRedactor } from ${JSON.stringify(join(platform, "redactor.ts"))};
    import { createExec } from ${JSON.stringify(join(platform, "exec.ts"))};
    const redactor = createRedactor(); const log = { debug() {}, info() {}, warn() {} };
    const secrets = createSecrets({ env: { TOKEN_FD: "3" }, redactor, log });
    const child = () => createExec(redactor).run({ program: "sh", args: ["-c", "cat <&3"], cwd: "/", env: { PATH: process.env.PATH }, timeoutMs: 5000, signal: new AbortController().signal });
    const before = await child(); const has = await secrets.has("TOKEN");
    const values = [await secrets.read("TOKEN"), await secrets.read("TOKEN"), await secrets.has("TOKEN")]; const after = await child();
    process.stdout.write(JSON.stringify({ has, values, before: before.stdout, after: after.stdout, codes: [before.code, after.code].map((code) => code !== 0) }));`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const pipe = child.stdio[3];
  assert.ok(pipe !== undefined && pipe !== null && "write" in pipe);
  pipe.write("descriptor-");
  setTimeout(() => pipe.end("secret\n"), 100);
  const pieces: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => pieces.push(piece));
  await new Promise((resolve) => child.on("close", resolve));

  assert.deepEqual(JSON.parse(Buffer.concat(pieces).toString()), {
    has: true,
    values: ["descriptor-secret", "descriptor-secret", true],
    before: "",
    after: "",
    codes: [true, true],
  });
});

test("a child's home shares caches and settings of this machine, and holds no credential", async (t) => {
  const folder = temporaryFolder(t);
  const user = join(folder, "user");
  for (const path of [".pyenv", ".rustup", ".cargo/registry", ".config/pip", ".config/uv"])
    mkdirSync(join(user, path), { recursive: true });
  writeFileSync(join(user, ".cargo/credentials.toml"), '[registry]\ntoken = "canary-secret"\n');
  writeFileSync(join(user, ".cargo/config.toml"), '[source.crates-io]\nreplace-with = "mirror"\n');
  writeFileSync(join(user, ".config/pip/pip.conf"), "[global]\nindex-url = https://mirror.example/simple\n");
  writeFileSync(join(user, ".config/uv/uv.toml"), '[[index]]\nurl = "https://ada:canary-secret@mirror.example/simple"\n');
  writeFileSync(join(user, ".pypirc"), "[pypi]\npassword = canary-secret\n");
  const home = join(folder, "home");

  const first = await prepareChildHome(home, { HOME: user });
  const again = await prepareChildHome(home, { HOME: user });

  assert.deepEqual(again, first);
  assert.deepEqual(first.variables, {
    PYENV_ROOT: join(user, ".pyenv"),
    RUSTUP_HOME: join(user, ".rustup"),
    PIP_CACHE_DIR: join(user, ".cache", "pip"),
    UV_CACHE_DIR: join(user, ".cache", "uv"),
    TRIVY_CACHE_DIR: join(user, ".cache", "trivy"),
    GRYPE_DB_CACHE_DIR: join(user, ".cache", "grype", "db"),
    OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: join(user, ".cache"),
    CARGO_HOME: join(home, ".cargo"),
    PIP_CONFIG_FILE: join(user, ".config/pip/pip.conf"),
  });
  assert.deepEqual(
    first.dropped.map(({ name }) => name),
    [join(user, ".config/uv/uv.toml")],
  );
  assert.equal(readlinkSync(join(home, ".cargo", "registry")), join(user, ".cargo", "registry"));
  assert.match(readFileSync(join(home, ".cargo", "config.toml"), "utf8"), /mirror/);
  assert.throws(() => readFileSync(join(home, ".cargo", "credentials.toml")), { code: "ENOENT" });
});

test("settings of a client that hold a token are left out, and said to be", async (t) => {
  const folder = temporaryFolder(t);
  const user = join(folder, "user");
  mkdirSync(join(user, ".cargo"), { recursive: true });
  mkdirSync(join(user, ".pip"), { recursive: true });
  writeFileSync(join(user, ".cargo/config.toml"), '[registries.mine]\nindex = "x"\ntoken = "canary-secret"\n');
  symlinkSync("missing", join(user, ".pip", "pip.conf"));

  const { variables, dropped } = await prepareChildHome(join(folder, "home"), { HOME: user, PIP_CONFIG_FILE: "/dev/null" });

  assert.deepEqual(dropped, [{ name: join(user, ".cargo/config.toml"), why: "it holds a credential" }]);
  assert.equal(variables["PIP_CONFIG_FILE"], "/dev/null");
});
