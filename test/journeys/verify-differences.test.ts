// `slipway verify` finds what was planted: one release with attestations, a page and a signed record at servers on loopback, then a
// difference at one hop after the other – each found, named, and told by the exit status – and nothing where nothing was planted.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test, type TestContext } from "node:test";
import type { Verification } from "../../src/app/verify-release.ts";
import { verificationDocumentSchema } from "../../src/app/schemas-look.ts";
import { releaseRecordDocumentSchema } from "../../src/app/schemas-seal.ts";
import { recordDocumentSchema } from "../../src/app/schemas.ts";
import { toPypiAttestation } from "../../src/domain/attestation/pypi-attestation.ts";
import { publishStatement, statementText } from "../../src/domain/attestation/statement.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { openHttp } from "../../src/platform/http.ts";
import { openIdentities } from "../../src/platform/identity.ts";
import { createSecrets } from "../../src/platform/secrets.ts";
import { openSigner } from "../../src/platform/signer.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { startRehearsalPypi, type RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { makeBed, pointAt, readReport, startIndex, told, type Bed } from "../support/bed.ts";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { handOn, prebuiltName, prebuiltProject } from "../support/prebuilt-project.ts";
import { forgeTokens, openProjectForge, type ProjectForge } from "../support/project-forge.ts";
import { npmClientOf, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { clientOf, never, realClock, uploadOf } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel } from "../support/wheel.ts";

const repository = "acme/reed";
const workflow = `https://github.com/${repository}/.github/workflows/release.yml`;
const tokens = { TESTPYPI_TOKEN: "pypi-test-token-of-a-reed", ...forgeTokens };

/** What the issuer says of a job; one in the environment `other` is of another workflow. */
function claims(environment: string | undefined): Record<string, string> {
  const file = environment === "other" ? "other.yml" : "release.yml";
  const ref = `${repository}/.github/workflows/${file}@refs/tags/v1.0.0`;
  return {
    sub: `repo:${repository}:environment:${environment}`,
    repository,
    repository_owner: "acme",
    environment: environment ?? "",
    ref: "refs/tags/v1.0.0",
    event_name: "push",
    workflow_ref: ref,
    job_workflow_ref: ref,
  };
}

const steps = `${handOn}  attest: { uses: attest, with: { SIGSTORE } }
  draft: { uses: forge-release, with: { draft: true, assets: [wheel, sdist, attestation, record], notes: [install] } }
  testpypi: { uses: publish, environment: testpypi }
  pypi: { uses: publish, environment: pypi }
  announce: { uses: forge-release, with: { publish: draft } }
`;

interface Place {
  readonly bed: Bed;
  readonly folder: string;
  readonly forge: ProjectForge;
  readonly testpypi: RehearsalPypi;
  readonly pypi: RehearsalPypi;
  readonly names: { readonly wheel: string; readonly sdist: string };
  readonly bytes: ReadonlyMap<string, Buffer>;
  /** Path of the run's own record. */
  readonly record: string;
  readonly trust: readonly string[];
  /** An attestation in the form of the index, by the job of an environment. */
  attest(environment: string, name: string, digest: string): Promise<object>;
}

const ends: (() => unknown)[] = [];
const context = { after: (end: () => unknown) => void ends.push(end) } as unknown as TestContext;
let place: Place;

before(async () => {
  place = await open();
});

after(async () => {
  for (const end of ends.toReversed()) await end();
});

async function open(): Promise<Place> {
  const folder = temporaryFolder(context);
  const issuer = await startRehearsalIssuer({ clock: realClock, claims });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  const publisher = { provider: "github", package: prebuiltName, repository, workflow: "release.yml", environment: "pypi" } as const;
  const pypi = await startRehearsalPypi({
    clock: realClock,
    storeFolder: path.join(folder, "pypi"),
    ours: [prebuiltName],
    hooks: archiveHooks(createArchives()),
    announced: false,
    trusts: { issuer, publishers: [publisher] },
  });
  const testpypi = await startIndex(path.join(folder, "testpypi"), { ours: [prebuiltName] });
  const forge = await openProjectForge(folder, repository);
  for (const one of [issuer, sigstore, pypi, testpypi, forge]) ends.push(() => one.close());
  const { files, built } = prebuiltProject({
    top: `forge: { kind: github, url: "${forge.url}", repository: ${repository} }\n`,
    environments:
      "  testpypi: { registry: testpypi, credentials: { token: TESTPYPI_TOKEN }, test: true }\n  pypi: { registry: pypi, credentials: trusted-publishing }\n",
    steps: steps.replace("SIGSTORE", `sigstore: { certificates: "${sigstore.url}", log: "${sigstore.url}" }`),
  });
  const bed = makeBed({
    tag: "v1.0.0",
    example: { files },
    prepare: (project) => pointAt(project, { testpypi: { url: testpypi.uploadUrl }, pypi: { url: pypi.uploadUrl } }),
  });
  ends.push(() => bed.remove());
  await forge.pushed("v1.0.0", bed.git("rev-parse", "HEAD").trim());
  const ended = await bed.slipway(["run", "--json"], { ...tokens, ...issuer.jobEnvironment("pypi") });
  assert.equal(ended.code, 0, told(ended));
  const root = path.join(folder, "trusted_root.json");
  writeFileSync(root, JSON.stringify(sigstore.trustedRoot));
  const [wheelFile, sdistFile] = built;
  return {
    bed,
    folder,
    forge,
    testpypi,
    pypi,
    names: { wheel: wheelFile?.name ?? "", sdist: sdistFile?.name ?? "" },
    bytes: new Map(built.map((one) => [one.name, Buffer.from(one.bytes)])),
    record: readReport(ended).record ?? "",
    trust: ["--trusted-root", root, "--identity", workflow],
    attest: async (environment, name, digest) => {
      const env = issuer.jobEnvironment(environment);
      const quiet = (): void => {};
      const redactor = { add: quiet, redact: (text: string) => text, stream: () => assert.fail("nothing streams here") };
      const secrets = createSecrets({ env, redactor, log: { debug: quiet, info: quiet, warn: quiet } });
      const identities = openIdentities({ env, http: openHttp({ userAgent: "slipway/0.0.0-test" }), redactor, secrets });
      const signer = openSigner(identities, { certificates: sigstore.url, log: sigstore.url });
      const signed = await signer.sign(statementText(publishStatement({ name, digest: sha256(digest) })), never);
      assert.ok(signed.kind === "signed");
      const converted = toPypiAttestation(signed.bundle);
      assert.ok(converted.kind === "attestation");
      return converted.attestation;
    },
  };
}

interface Found {
  readonly code: number | null;
  readonly document: Verification;
  /** `ID message` of each finding that is no mere word. */
  readonly bad: readonly string[];
}

async function verify(...words: readonly string[]): Promise<Found> {
  const ended = await place.bed.slipway(["verify", ...words, "--json"]);
  assert.ok(ended.stdout.startsWith("{"), told(ended));
  const document = JSON.parse(ended.stdout) as Verification;
  assert.deepEqual(checkJsonSchema(strictly(verificationDocumentSchema), document), []);
  const bad = document.findings.filter(({ level }) => level !== "warns").map(({ id, message }) => `${id} ${message}`);
  return { code: ended.code, document, bad };
}

/** From the registries and the page alone. */
const fromOutside = (...more: readonly string[]): Promise<Found> => verify(prebuiltName, "1.0.0", ...place.trust, ...more);

/** Each case leaves everything as it was. */
async function planted(plant: () => Promise<() => unknown>, look: () => Promise<void>): Promise<void> {
  const undo = await plant();
  try {
    await look();
  } finally {
    await undo();
  }
}

/** Files below a folder that hold exactly these bytes. */
function filesHolding(folder: string, bytes: Buffer): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).equals(bytes));
}

/** One bit of a stored file is another from now on. */
function flipIn(folder: string, bytes: Buffer): () => void {
  const [file] = filesHolding(folder, bytes);
  assert.ok(file !== undefined, `no file in ${folder} holds these bytes`);
  const changed = Buffer.from(bytes);
  const at = Math.floor(changed.length / 2);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return overwriting(file, changed);
}

function overwriting(file: string, content: Buffer | string): () => void {
  const was = readFileSync(file);
  writeFileSync(file, content);
  return () => writeFileSync(file, was);
}

function pageRecord(): { readonly file: string; readonly text: string } {
  const found = readdirSync(place.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.endsWith("assets"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ file, text: readFileSync(file, "utf8") }))
    .find(({ text }) => text.includes('"slipway-release-record/1"'));
  assert.ok(found !== undefined, "the page has no record");
  return found;
}

function provenanceOf(name: string): string {
  const [file] = filesHolding(path.join(place.folder, "pypi"), place.bytes.get(name) ?? Buffer.alloc(0));
  assert.ok(file !== undefined);
  return `${file}.provenance`;
}

function provenanceWith(name: string, attestation: object): () => void {
  const file = provenanceOf(name);
  const document = JSON.parse(readFileSync(file, "utf8")) as { attestation_bundles: { attestations: object[] }[] };
  for (const one of document.attestation_bundles) one.attestations = [attestation];
  return overwriting(file, JSON.stringify(document));
}

const bytesOf = (name: string): Buffer => place.bytes.get(name) ?? assert.fail(name);

test("nothing planted: the run, the record alone, and the registries alone all hold", async () => {
  const run = await verify(...place.trust);
  const outside = await fromOutside();
  const alone = await verify(
    "--record",
    place.record,
    "--offline",
    ...place.trust,
    path.join(place.bed.project, "built", place.names.wheel),
  );
  const page = pageRecord();
  const fromPage = await verify("--record", page.file, "--offline", ...place.trust);

  for (const found of [run, outside, alone, fromPage]) {
    assert.deepEqual([found.code, found.bad], [0, []], JSON.stringify(found.document, null, 1));
    assert.deepEqual([found.document.signature, found.document.seal?.verdict], ["sigstore", "holds"]);
    assert.match(found.document.seal?.signer ?? "", /acme\/reed\/\.github\/workflows\/release\.yml@refs\/tags\/v1\.0\.0$/);
  }
  assert.deepEqual(
    outside.document.files.map(({ registry, verdict }) => `${registry} ${verdict}`),
    ["testpypi identical", "testpypi identical", "pypi identical", "pypi identical"],
  );
  assert.deepEqual(checkJsonSchema(strictly(recordDocumentSchema), JSON.parse(readFileSync(place.record, "utf8"))), []);
  assert.deepEqual(checkJsonSchema(releaseRecordDocumentSchema, JSON.parse(page.text)), []);
});

test("a byte that changed in the store of this machine", async () => {
  const { wheel: name } = place.names;
  const folder = place.bed.state;
  const changed = filesHolding(folder, bytesOf(name));
  assert.ok(changed.length > 0);
  await planted(
    async () => {
      for (const file of changed) chmodSync(file, 0o644);
      return flipIn(folder, bytesOf(name));
    },
    async () => {
      const found = await verify();
      assert.equal(found.code, 8);
      assert.match(found.bad.join("\n"), new RegExp(`^VR-STORE The frozen "${name}"`, "m"));
    },
  );
});

for (const where of ["testpypi", "pypi"] as const) {
  test(`a byte that changed at ${where}`, async () => {
    const { sdist: name } = place.names;
    await planted(
      async () => flipIn(path.join(place.folder, where), bytesOf(name)),
      async () => {
        for (const found of [await fromOutside(), await verify()]) {
          assert.equal(found.code, 8);
          assert.equal(found.bad.length, 1, found.bad.join("\n"));
          assert.match(
            found.bad[0] ?? "",
            new RegExp(`^VR-DIFFERENT "${name}" at "${where}" is not what was released: what is handed out`),
          );
        }
      },
    );
  });
}

test("a byte that changed in a file of the release page", async () => {
  const { wheel: name } = place.names;
  const assets = path.dirname(pageRecord().file);
  await planted(
    async () => flipIn(assets, bytesOf(name)),
    async () => {
      for (const found of [await fromOutside(), await verify()]) {
        assert.equal(found.code, 8);
        assert.equal(found.bad.length, 1, found.bad.join("\n"));
        assert.match(found.bad[0] ?? "", new RegExp(`^VR-DIFFERENT "${name}" on the page v1\\.0\\.0`));
      }
    },
  );
});

test("a byte that changed in the record on the page, in its statement, and in its signature", async () => {
  const { file, text } = pageRecord();
  const record = JSON.parse(text) as {
    title: string;
    attestation: { bundle: { dsseEnvelope: { payload: string; signatures: { sig: string }[] } } };
  };
  const { dsseEnvelope } = record.attestation.bundle;
  const flip = (base64: string): string => {
    const raw = Buffer.from(base64, "base64");
    raw[Math.floor(raw.length / 2)] = (raw[Math.floor(raw.length / 2)] ?? 0) ^ 1;
    return raw.toString("base64");
  };
  const copy = (change: (of: typeof record) => void): string => {
    const changed = structuredClone(record);
    change(changed);
    return JSON.stringify(changed);
  };
  const cases = [
    ["VR-RECORD-CHANGED", copy((of) => void (of.title = `${of.title}.`))],
    ["VR-SIGNATURE", copy((of) => void (of.attestation.bundle.dsseEnvelope.payload = flip(dsseEnvelope.payload)))],
    [
      "VR-SIGNATURE",
      copy((of) => void (of.attestation.bundle.dsseEnvelope.signatures = [{ sig: flip(dsseEnvelope.signatures[0]?.sig ?? "") }])),
    ],
  ] as const;
  for (const [id, content] of cases) {
    const at = path.join(place.folder, "planted.json");
    writeFileSync(at, content);
    const offline = await verify("--record", at, "--offline", ...place.trust);
    assert.equal(offline.code, 8, id);
    assert.ok(
      offline.bad.some((one) => one.startsWith(`${id} `)),
      offline.bad.join("\n"),
    );
    await planted(
      async () => overwriting(file, content),
      async () => {
        const found = await fromOutside();
        assert.equal(found.code, 8);
        assert.match(found.bad.join("\n"), /^VR-(?:RECORD|RECORD-CHANGED|SIGNATURE) /m);
      },
    );
  }
});

test("a byte that changed in the run's own record", async () => {
  await planted(
    async () => overwriting(place.record, readFileSync(place.record, "utf8").replace('"mode": "run"', '"mode": "trial"')),
    async () => {
      for (const found of [await verify(), await verify("--record", place.record, "--offline", ...place.trust)]) {
        assert.equal(found.code, 8);
        assert.match(found.bad.join("\n"), /^VR-RECORD-CHANGED /m);
      }
    },
  );
});

test("an attestation for other bytes, of another file, of another workflow, and one whose signature was changed", async () => {
  const { wheel: name, sdist: other } = place.names;
  const digest = createHash("sha256").update(bytesOf(name)).digest("hex");
  const attestationIn = (of: string): object => {
    const shown = JSON.parse(readFileSync(provenanceOf(of), "utf8")) as { attestation_bundles: { attestations: object[] }[] };
    return shown.attestation_bundles[0]?.attestations[0] ?? assert.fail(of);
  };
  const broken = structuredClone(attestationIn(name)) as { envelope: { signature: string } };
  const raw = Buffer.from(broken.envelope.signature, "base64");
  raw[raw.length - 1] = (raw[raw.length - 1] ?? 0) ^ 1;
  broken.envelope.signature = raw.toString("base64");
  const cases: readonly (readonly [object, RegExp])[] = [
    [await place.attest("pypi", name, "ab".repeat(32)), /it is of other bytes, with sha256 abab/],
    [attestationIn(other), new RegExp(`it is of "${other}"`)],
    [await place.attest("other", name, digest), /it was made by ".*other\.yml@refs\/tags\/v1\.0\.0", and should be by ".*release\.yml"/],
    [broken, /its signature does not hold/],
  ];
  for (const [attestation, why] of cases) {
    await planted(
      async () => provenanceWith(name, attestation),
      async () => {
        const found = await fromOutside();
        assert.deepEqual([found.code, found.bad.length], [8, 1], found.bad.join("\n"));
        assert.match(
          found.bad[0] ?? "",
          new RegExp(`^VR-ATTESTATION The attestation of "${name}" at "pypi" proves nothing: ${why.source}`),
        );
      },
    );
  }
});

test("without a trusted root attestations and record are not tried, and that is no success", async () => {
  const found = await verify(prebuiltName, "1.0.0");

  assert.equal(found.code, 5);
  assert.deepEqual([...new Set(found.document.findings.map(({ id }) => id))].toSorted(), [
    "VR-ATTESTATION-UNTRIED",
    "VR-SIGNATURE-UNTRIED",
  ]);
});

test("a yanked file", async () => {
  await planted(
    async () => {
      await place.pypi.owner.yank(prebuiltName, "1.0.0", "broken");
      return () => place.pypi.owner.yank(prebuiltName, "1.0.0", false);
    },
    async () => {
      for (const found of [await fromOutside(), await verify()]) {
        assert.equal(found.code, 8);
        assert.match(found.bad.join("\n"), new RegExp(`^VR-YANKED "${place.names.wheel}" is yanked at "pypi": broken$`, "m"));
      }
    },
  );
});

test("a version that Slipway did not release: what can be known is told, and it is no success", async () => {
  const upload = uploadOf(
    place.folder,
    { name: prebuiltName, version: "0.9.0" },
    wheel({
      name: prebuiltName,
      version: "0.9.0",
      requiresPython: ">=3.9",
      description: "# Reed\n",
      descriptionContentType: "text/markdown",
    }),
  );
  const sent = await clientOf(place.testpypi).publish(upload, createCredential("__token__", tokens.TESTPYPI_TOKEN), never);
  assert.equal(sent.kind, "sent");

  const found = await verify(prebuiltName, "0.9.0", ...place.trust);
  const nowhere = await verify(prebuiltName, "0.8.0", ...place.trust);

  assert.notEqual(found.code, 0);
  assert.match(
    found.bad.join("\n"),
    new RegExp(`VR-NO-RECORD There is no record of ${prebuiltName} 0\\.9\\.0: .*What can be known: 1 file at "testpypi", 0 of them proven`),
  );
  assert.match(found.bad.join("\n"), /VR-MISSING ".*0\.9\.0.*" at "pypi" is missing: the registry has no such version/);
  assert.equal(nowhere.code, 5);
  assert.match(nowhere.bad.join("\n"), /VR-NO-RECORD .*What can be known: no registry has it/);
});

test("npm: a tarball that is not what the packument's sha512 says, though no record tells of it", async (t) => {
  const folder = temporaryFolder(t);
  const name = "@slip/verified";
  const npm = await startNpm(t, { ours: [name], storeFolder: path.join(folder, "npm"), announced: false });
  const manifest = { name, version: "1.0.0", license: "MIT", main: "index.js" };
  const bytes = npmTarball(manifest, { "index.js": "" });
  const sent = await npmClientOf(npm.registryUrl).publish(npmUploadOf(folder, manifest, { bytes }), rehearsalNpmCredential(), never);
  assert.equal(sent.kind, "sent", JSON.stringify(sent));
  const file = `slipway: 1
project: verified
packages: { verified: { path: ., ecosystem: npm, tag: "v{version}" } }
version: { from: manifest }
on: { tag: verified }
environments:
  own: { registry: own, credentials: { token: NPM_TOKEN } }
steps:
  build: { uses: build-npm }
  own: { uses: publish, environment: own }
`;
  const bed = makeBed({
    example: { files: { "package.json": JSON.stringify(manifest), "index.js": "", "slipway.yaml": file } },
    prepare: (project) => pointAt(project, { own: { url: npm.registryUrl, ecosystem: "npm" } }),
  });
  t.after(() => bed.remove());
  const look = async (): Promise<Verification> => {
    const ended = await bed.slipway(["verify", name, "1.0.0", "--json"]);
    assert.ok(ended.stdout.startsWith("{"), told(ended));
    return JSON.parse(ended.stdout) as Verification;
  };

  const whole = await look();
  const undo = flipIn(path.join(folder, "npm"), bytes);
  const changed = await look();
  undo();

  assert.deepEqual([whole.exitCode, whole.findings.map(({ id }) => id)], [5, ["VR-NO-RECORD"]], JSON.stringify(whole));
  assert.deepEqual([changed.exitCode, changed.findings[0]?.id], [8, "VR-DIFFERENT"], JSON.stringify(changed));
  assert.match(changed.findings[0]?.message ?? "", /what is handed out has sha512-.*, and the registry lists sha512-/);
});

test("where no job vouches for the run, the key that is named signs the record, and whoever knows the key verifies it", async (t) => {
  const { files } = prebuiltProject({
    version: "2.0.0",
    environments: "  testpypi: { registry: testpypi, credentials: { token: TESTPYPI_TOKEN }, test: true }\n",
    steps: `${handOn}  testpypi: { uses: publish, environment: testpypi }\n`,
  });
  const prepare = (project: string): void => pointAt(project, { testpypi: { url: place.testpypi.uploadUrl } });
  const bed = makeBed({ tag: "v2.0.0", example: { files }, prepare });
  t.after(() => bed.remove());
  const key = path.join(bed.folder, "ann");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  const allowed = path.join(bed.folder, "allowed");
  writeFileSync(allowed, `ann@example.org namespaces="slipway-record" ${readFileSync(`${key}.pub`, "utf8")}`);

  const ended = await bed.slipway(["run", "--json", "--sign-key", key], tokens);
  assert.equal(ended.code, 0, told(ended));
  const record = readReport(ended).record ?? "";
  const verified = await bed.slipway(["verify", "--record", record, "--offline", "--allowed-signers", allowed]);

  assert.equal(verified.code, 0, told(verified));
  assert.match(verified.stdout, /record signed: signed by "ann@example\.org", whose key is allowed\n/);
});

// The last two leave what cannot be undone: a deleted file name is burned.
test("a file that no record knows", async () => {
  const of = {
    name: prebuiltName,
    version: "1.0.0",
    requiresPython: ">=3.9",
    description: "# Reed\n",
    descriptionContentType: "text/markdown",
  };
  const extra = wheel({ ...of, tag: "py2-none-any" });
  const sent = await clientOf(place.testpypi).publish(
    uploadOf(place.folder, of, extra),
    createCredential("__token__", tokens.TESTPYPI_TOKEN),
    never,
  );
  assert.equal(sent.kind, "sent", JSON.stringify(sent));

  for (const found of [await fromOutside(), await verify()]) {
    assert.equal(found.code, 8);
    assert.match(found.bad.join("\n"), new RegExp(`^VR-STRANGER "testpypi" lists "${extra.name}" under this version`, "m"));
  }
  await place.testpypi.owner.deleteFile(extra.name);
});

test("a file that is missing at one registry", async () => {
  await place.pypi.owner.deleteFile(place.names.sdist);

  for (const found of [await fromOutside(), await verify()]) {
    assert.equal(found.code, 8);
    assert.match(found.bad.join("\n"), new RegExp(`^VR-MISSING "${place.names.sdist}" at "pypi" is (?:missing|gone)`, "m"));
  }
});
