// Canary secrets through everything that Slipway writes (reference/trust.md §7 row 19, G12): the real program against servers
// that give back what they are shown, with project code that prints what it should not know, killed in the middle, and asked
// about it afterwards. Then every byte that was written anywhere is searched for every canary in every encoding.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { makeBed, told, type Bed, type Ended } from "../support/bed.ts";
import { encodings, filesBelow, formsOf, sightings, type Sinks } from "../support/canaries.ts";
import { startEcho, type EchoOptions, type EchoServer } from "../support/echo-server.ts";
import { fourProject } from "../support/four-registries.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const key = [
  "-----BEGIN PRIVATE KEY-----",
  "MIIEcanaryQIBADANBgkqhkiG9w0BAQEFAASC",
  "QUJDcanaryREVGR0hJSktMTU5PUFFSU1RVVldY",
  "-----END PRIVATE KEY-----",
].join("\n");
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const inTenMinutes = Math.floor(Date.now() / 1000) + 600;
const identity = `${part({ alg: "RS256", kid: "canary" })}.${part({ iss: "https://issuer.example", sub: "repo:example/reed:environment:tokenless", aud: "pypi", repository: "example/reed", exp: inTenMinutes, jti: "canary-of-an-identity" })}.c2lnbmF0dXJlLW9mLWEtY2FuYXJ5LTkyMQ`;

/** Each named after what it stands for. */
const canaries = {
  "token of a Python index": "pypi-AgEIcHlwaS5vcmcCJGNhbmFyeS0xYTdl",
  "token of a crate registry": "cioCanaryQ7x2LmN5vB8zR1tY4uP0sD3f",
  "token of an npm registry": "npm_CanaryW9k4Hj7Gf2Ds5Aq8Zx1Cv3Bn6Mt",
  "password of an image registry": "p@ss w/ö\"rd\\&%+$'<canary>=93?",
  "token of a forge": "ghp_CanaryE5r8Ty1Ui4Op7As0Df3Gh6Jk9Lz2",
  "deploy key": `${key.replaceAll("canary", "deploy")}\n`.trimEnd(),
  "signing key of several lines": key,
  "secret in a file": "canary-in-a-file-Kq83Vn51Xc",
  "secret behind a descriptor": "canary-by-descriptor-Zt62Pw09Ly",
  "one-time password": "730194",
  "request token of the runner": "canary-of-the-runner-Hb47Jm28Qd",
  "identity token": identity,
  "token minted for an identity": "pypi-canary-minted-Rf15Ty96Ui83Op",
  "token of an image registry's token service": "canary-bearer-Nw24Xs61Ed97Cv",
  "token in a file of another client": "pypi-canary-client-Vb52Mn74Cx",
  "token for when there is no identity": "pypi-canary-fallback-Lk38Jh05Gf",
} as const;

/** What Slipway cannot know before a server has made it, or before it is needed. */
const notYetKnown: ReadonlySet<string> = new Set([
  "identity token",
  "token minted for an identity",
  "token of an image registry's token service",
  "token in a file of another client",
]);

const steps: Readonly<Record<string, string>> = {
  crates: "{ uses: publish, environment: crates }",
  npm: "{ uses: publish, environment: npm }",
  pypi: "{ uses: publish, environment: pypi }",
  images: "{ uses: publish, environment: images }",
  forge: "{ uses: forge-release, environment: forge, with: { draft: true, assets: [wheel, sdist] } }",
  tokenless: "{ uses: publish, environment: tokenless }",
  first: "{ uses: publish, environment: first }",
  own: "{ uses: publish, environment: own }",
};

const settings = (url: string, target: string | undefined): string => `slipway: 1
project: reed
versions: one
packages:
  python: { path: ., tag: "v{version}" }
  crates: { path: rust, ecosystem: crates, members: publishable }
  js: { path: js, ecosystem: npm, members: publishable }
  image: { path: ., ecosystem: oci, name: slip/reed }
version: { from: manifest }
on: { tag: python }
forge: { kind: github, url: "${url}", repository: example/reed }
registries:
  crates: { ecosystem: crates, url: "${url}/" }
  npm: { ecosystem: npm, url: "${url}/" }
  pypi: { ecosystem: pypi, url: "${url}/legacy/", index: "${url}/simple/" }
  images: { ecosystem: oci, url: "${url}/" }
environments:
  crates: { registry: crates, credentials: { token: CRATES } }
  npm: { registry: npm, credentials: { token: NPM } }
  pypi: { registry: pypi, credentials: { token: PYPI }, secrets: [SIGNING_KEY, IN_A_FILE, BY_DESCRIPTOR] }
  images: { registry: images, credentials: { token: IMAGES, user: robot } }
  tokenless: { registry: pypi, credentials: trusted-publishing }
  own: { registry: pypi, credentials: client }
  first: { registry: pypi, credentials: { use: trusted-publishing, first: { token: FALLBACK } } }
  forge: { forge: { token: FORGE } }
  keys: { forge: { deploy-key: DEPLOY_KEY } }
steps:
  build:
    run: "python3 tools/indiscreet.py"
    produces:
      - { kind: wheel, package: python, files: "built/*.whl" }
      - { kind: sdist, package: python, files: "built/*.tar.gz" }
      - { kind: crate, package: crates, files: "built/*.crate" }
      - { kind: npm-tarball, package: js, files: "built/*.tgz" }
      - { kind: image, package: image, files: "built/*.oci.tar" }
${target === undefined ? "" : `  ${target}: ${steps[target]}\n`}`;

/** Says all canaries in all forms on both streams, some of them in two pieces, and writes down what it was given. */
const indiscreet = (folder: string): string => `
import json, os, sys, time
folder = ${JSON.stringify(folder)}
with open(os.path.join(folder, "child-environment.txt"), "a") as out:
    out.write(repr(dict(os.environ)) + repr(sys.argv) + "\\n")
with open(os.path.join(folder, "leak.json"), encoding="utf8") as source:
    forms = json.load(source)
for number, form in enumerate(forms):
    stream = sys.stderr if number % 3 == 0 else sys.stdout
    stream.write("said " + form[: len(form) // 2])
    stream.flush()
    if number % 40 == 0:
        time.sleep(0.01)
    stream.write(form[len(form) // 2 :] + " and so on\\n")
    stream.flush()
if os.path.exists(os.path.join(folder, "fail")):
    sys.stderr.write("\\n".join(forms[-3:]) + "\\n")
    sys.exit(3)
`;

/** A program of the PATH that writes down its words and hands on to the real one. */
function wrapped(bed: Bed, name: string): void {
  const real = (bed.env["PATH"] ?? "")
    .split(":")
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
  const bin = path.join(bed.folder, "bin");
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\nprintf '%s\\n' "$0" "$@" >> '${bed.folder}/arguments.txt'\nexec '${real}' "$@"\n`;
  writeFileSync(path.join(bin, name), script);
  chmodSync(path.join(bin, name), 0o755);
}

interface Place {
  readonly bed: Bed;
  readonly echo: EchoServer;
  readonly said: Map<string, string>;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command with everything secret around it, and keeps what it said. */
  say(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
}

async function open(t: TestContext, target: string | undefined, how: Partial<Pick<EchoOptions, "way" | "trusts">> = {}): Promise<Place> {
  const echo = await startEcho({
    canaries,
    way: how.way ?? "refuse",
    trusts: how.trusts ?? true,
    identity,
    minted: { login: canaries["token minted for an identity"], bearer: canaries["token of an image registry's token service"] },
  });
  const made = fourProject(temporaryFolder(t));
  const bed = makeBed({
    tag: "v1.0.0",
    example: { files: { ...made.files, "slipway.yaml": settings(echo.url, target) } },
    prepare: (project) => {
      mkdirSync(path.join(project, "tools"));
      writeFileSync(path.join(project, "tools", "indiscreet.py"), indiscreet(path.dirname(project)));
    },
    through: (project) => ["bash", "-c", `exec 7< '${path.dirname(project)}/given/descriptor'; exec "$@"`, "bash"],
  });
  t.after(() => bed.remove());
  t.after(() => echo.close());
  const given = path.join(bed.folder, "given");
  mkdirSync(given);
  writeFileSync(path.join(given, "file"), `${canaries["secret in a file"]}\n`, { mode: 0o600 });
  writeFileSync(path.join(given, "descriptor"), canaries["secret behind a descriptor"]);
  writeFileSync(
    path.join(bed.folder, "leak.json"),
    JSON.stringify(
      Object.entries(canaries)
        .filter(([name]) => !notYetKnown.has(name))
        .flatMap(([, secret]) => [...formsOf(secret).keys()]),
    ),
  );
  writeFileSync(
    path.join(bed.folder, pypirc),
    `[distutils]\nindex-servers = reed\n[reed]\nrepository = ${echo.url}/legacy/\nusername = __token__\npassword = ${canaries["token in a file of another client"]}\n`,
    { mode: 0o600 },
  );
  for (const program of ["git", "python3"]) wrapped(bed, program);
  const env = {
    ...secretEnvironment(echo.url, given),
    PATH: `${bed.folder}/bin:${bed.env["PATH"]}`,
    XDG_CACHE_HOME: path.join(bed.folder, "cache"),
  };
  const said = new Map<string, string>();
  return {
    bed,
    echo,
    said,
    env,
    say: async (args, more = {}) => {
      const running = bed.start(args, { ...env, ...more });
      const watching = setInterval(() => noteArguments(said), 60);
      const ended = await running.ended;
      clearInterval(watching);
      const words = args.join(" ");
      said.set(`stdout of ${words}`, `${said.get(`stdout of ${words}`) ?? ""}${ended.stdout}`);
      said.set(`stderr of ${words}`, `${said.get(`stderr of ${words}`) ?? ""}${ended.stderr}`);
      return ended;
    },
  };
}

function secretEnvironment(url: string, given: string): Readonly<Record<string, string>> {
  return {
    CRATES: canaries["token of a crate registry"],
    NPM: canaries["token of an npm registry"],
    NPM_OTP: canaries["one-time password"],
    PYPI: canaries["token of a Python index"],
    IMAGES: canaries["password of an image registry"],
    FORGE: canaries["token of a forge"],
    DEPLOY_KEY: canaries["deploy key"],
    SIGNING_KEY: canaries["signing key of several lines"],
    FALLBACK: canaries["token for when there is no identity"],
    IN_A_FILE_FILE: path.join(given, "file"),
    BY_DESCRIPTOR_FD: "7",
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/runner?job=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: canaries["request token of the runner"],
  };
}

/** The words of every process there is, ours among them, in one place. */
function noteArguments(said: Map<string, string>): void {
  const seen = said.get("arguments of processes") ?? "";
  const words = readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line !== "" && !seen.includes(line));
  said.set("arguments of processes", [seen, ...new Set(words)].join("\n"));
}

const pypirc = "home/.pypirc";

/** Everything that was written anywhere, by kind of place. */
function everything({ bed, said }: Place): Sinks {
  const sinks = new Map(said);
  const own = (name: string) => name === "leak.json" || name === pypirc || name.startsWith("given") || name.startsWith("bin/");
  for (const [name, text] of filesBelow(bed.folder, own)) {
    const sink = kindOf(name);
    sinks.set(sink, `${sinks.get(sink) ?? ""}\n${text}`);
  }
  return sinks;
}

function kindOf(name: string): string {
  const kinds: readonly (readonly [RegExp, string])[] = [
    [/^state\/.*journal.*-wal$/, "write-ahead log of the journal"],
    [/^state\/.*(?:journal|\.db|sqlite)/, "journal"],
    [/^state\/.*\.log$/, "logs of steps"],
    [/^state\/.*record/, "record"],
    [/^state\/.*plan/, "plan"],
    [/^state\//, "other state"],
    [/^child-environment/, "environment of project code"],
    [/^arguments/, "arguments of programs"],
    [/^crash/, "crash log"],
    [/^reports/, "report of Node about itself"],
    [/^plan\.json/, "plan file"],
    [/^project\/\.git/, "repository"],
    [/^project/, "work tree"],
    [/^(?:home|cache)/, "home and caches"],
  ];
  return kinds.find(([form]) => form.test(name))?.[1] ?? "temporary files";
}

const seenBySomebody = new Set<string>();
const allSinks = new Map<string, number>();

/** Fails with what was found where; notes that the search looked where something is. */
function nothingIn(place: Place): void {
  const sinks = everything(place);
  for (const [sink, text] of sinks) if (text.trim() !== "") allSinks.set(sink, (allSinks.get(sink) ?? 0) + text.length);
  for (const name of place.echo.seen()) seenBySomebody.add(name);

  const found = sightings(sinks, canaries).map(
    ({ canary, encoding, sink, around }) => `${canary}, ${encoding}, in ${sink}: ${JSON.stringify(around)}`,
  );

  assert.deepEqual(found, []);
}

const cases: readonly (readonly [target: string, canary: keyof typeof canaries, how?: Parameters<typeof open>[2]])[] = [
  ["pypi", "token of a Python index"],
  ["pypi", "token of a Python index", { way: "redirect" }],
  ["crates", "token of a crate registry", { way: "accept" }],
  ["npm", "token of an npm registry"],
  ["images", "token of an image registry's token service"],
  ["forge", "token of a forge"],
  ["tokenless", "token minted for an identity"],
  ["tokenless", "identity token", { trusts: false }],
  ["first", "token for when there is no identity"],
  ["own", "token in a file of another client"],
];

for (const [target, canary, how] of cases) {
  test(`no canary comes out of a release to ${target} that gives back what it is shown (${JSON.stringify(how ?? {})})`, async (t) => {
    const place = await open(t, target, how);

    const ended = await place.say(["run", "-vv", "--no-wait", "--json", "--progress", "json"], {
      SLIPWAY_CRASH_LOG: path.join(place.bed.folder, "crash.log"),
    });

    assert.ok(place.echo.seen().has(canary), `the server was shown the ${canary}: ${[...place.echo.seen()].join(", ")}\n${told(ended)}`);
    await place.say(["status", "-vv"]);
    await place.say(["status", "--json"]);
    if (target === "images" || target === "forge") {
      place.echo.refuseReads();
      for (const args of [
        ["verify", "-vv"],
        ["verify", "--json"],
        ["doctor", "-vv"],
        ["doctor", "--json"],
        ["diff", "-vv"],
      ])
        await place.say(args);
    }
    nothingIn(place);
  });
}

test("no canary comes out of project code that says all it knows and fails, nor of what is asked afterwards", async (t) => {
  const place = await open(t, "pypi");
  writeFileSync(path.join(place.bed.folder, "fail"), "");

  const ended = await place.say(["run", "-vv", "--no-wait", "--progress", "plain"]);

  assert.notEqual(ended.code, 0, told(ended));
  assert.match(everything(place).get("logs of steps") ?? "", /and so on/);
  const child = everything(place).get("environment of project code") ?? "";
  assert.match(child, /PATH/);
  for (const name of ["PYPI", "CRATES", "NPM_OTP", "FORGE", "SIGNING_KEY", "IN_A_FILE_FILE", "BY_DESCRIPTOR_FD", "ACTIONS_ID_TOKEN"]) {
    assert.equal(child.includes(`'${name}`), false, `${name} is no business of project code`);
  }
  const plan = path.join(place.bed.folder, "plan.json");
  for (const args of [
    ["plan", "-vv", "--out", plan],
    ["plan", "--json"],
    ["status", "-vv"],
    ["logs", "build"],
    ["doctor", "-vv"],
    ["doctor", "--json"],
    ["diff", "-vv"],
    ["verify", "-vv"],
    ["next"],
    ["withdraw", "--everything", "--json"],
    ["run", "--json", canaries["token of a forge"].slice(0, 4)],
  ])
    await place.say(args);
  nothingIn(place);
});

test("no canary lies about after a kill in the middle of an upload, nor in a report that Node makes of itself", async (t) => {
  const place = await open(t, "pypi");
  const crashLog = path.join(place.bed.folder, "crash.log");
  const reports = path.join(place.bed.folder, "reports");
  mkdirSync(reports);
  const env = { SLIPWAY_CRASH_LOG: crashLog, NODE_OPTIONS: `--report-on-signal --report-signal=SIGUSR2 --report-directory=${reports}` };
  const running = place.bed.start(["run", "-vv", "--no-wait", "--json"], { ...place.env, ...env });
  // As soon as there is a journal, the process is asked for a report of itself, and then killed.
  for (let left = 600; left > 0 && !(existsSync(crashLog) && readFileSync(crashLog, "utf8").includes("build")); left -= 1)
    await setTimeout(50);
  running.kill("SIGUSR2");
  for (let left = 100; left > 0 && readdirSync(reports).length === 0; left -= 1) await setTimeout(50);
  running.kill("SIGKILL");
  const ended = await running.ended;
  place.said.set("what a killed run said", ended.stdout + ended.stderr);

  assert.equal(readdirSync(reports).length, 1, "Node made a report");
  assert.match(everything(place).get("write-ahead log of the journal") ?? "", /build/, "the journal was not closed");
  nothingIn(place);
  await place.say(["run", "--no-wait", "--json"]);
  nothingIn(place);
});

/** Exchanges the redactor of the source for one that hides nothing. */
const withoutRedaction = `
import { registerHooks } from "node:module";
registerHooks({
  load(url, context, next) {
    if (!url.endsWith("/src/platform/redactor.ts")) return next(url, context);
    const source = "export const redactionMark = ''; export function createRedactor() { return { add() {}, redact: (text) => text, stream: () => ({ push: (text) => text, end: () => '' }) }; }";
    return { format: "module", source, shortCircuit: true };
  },
});
`;

test("the search finds canaries in every encoding, and finds them where nothing hides them", async (t) => {
  const planted = new Map(
    Object.entries(encodings).map(([name, encode]) => [
      name,
      Object.values(canaries)
        .flatMap((secret) => encode(secret))
        .join(" "),
    ]),
  );
  for (const canary of Object.keys(canaries)) {
    const found = new Set(
      sightings(planted, canaries)
        .filter((one) => one.canary === canary)
        .map(({ sink }) => sink),
    );
    for (const name of ["plain", "base64", "hex", "JSON", "percent", "reversed"]) assert.ok(found.has(name), `${canary} in ${name}`);
  }
  const place = await open(t, "pypi");
  const hook = path.join(place.bed.folder, "given", "hook.mjs");
  writeFileSync(hook, withoutRedaction);

  await place.say(["run", "-vv", "--no-wait", "--json"], { SLIPWAY_FROM_SOURCE: "1", NODE_OPTIONS: `--import=${hook}` });

  const found = sightings(everything(place), canaries);
  const sinks = new Set(found.map(({ sink }) => sink));
  for (const sink of ["logs of steps", "journal", "stdout of run -vv --no-wait --json", "stderr of run -vv --no-wait --json"])
    assert.ok(sinks.has(sink), sink);
  t.diagnostic(
    `without redaction: ${found.length} sightings of ${new Set(found.map(({ canary }) => canary)).size} canaries in ${sinks.size} places`,
  );
});

test("the search was wide enough", (t) => {
  const counts = { canaries: Object.keys(canaries).length, sinks: allSinks.size, encodings: Object.keys(encodings).length };
  t.diagnostic(
    `${counts.canaries} canaries × ${counts.sinks} sinks × ${counts.encodings} encodings: 0 sightings\n${[...allSinks].map(([sink, size]) => `${sink}: ${size}`).join("\n")}`,
  );
  assert.ok(counts.canaries >= 12 && counts.sinks >= 20 && counts.encodings >= 6, JSON.stringify(counts));
  for (const canary of Object.keys(canaries)) {
    const isShown = /token|password of/.test(canary);
    assert.equal(seenBySomebody.has(canary), isShown, `${canary} was shown to a server`);
  }
});
