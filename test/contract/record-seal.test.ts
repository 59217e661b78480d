// How records are signed and verified, with real signatures: the Sigstore inside Slipway, and ssh-keygen with keys of its own. Every
// byte that is changed in the record, its statement or its signature is found, and so is everybody who may not sign.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { composeWorld } from "../../src/app/compose.ts";
import { createSealer, type SealingParts } from "../../src/app/sealing.ts";
import { verifyRecord } from "../../src/app/verify-record.ts";
import type { Verification } from "../../src/app/verify-release.ts";
import type { World } from "../../src/app/world.ts";
import type { Seal } from "../../src/domain/attestation/seal.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { firstHead } from "../../src/domain/run/head.ts";
import { releaseRecordFacts, releaseRecordOf, type ReleaseRecordFile } from "../../src/domain/release-record.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { openHttp } from "../../src/platform/http.ts";
import { openIdentities } from "../../src/platform/identity.ts";
import { createSecrets } from "../../src/platform/secrets.ts";
import { openSigner } from "../../src/platform/signer.ts";
import { anArtifact, aPlan, aPlannedStep } from "../support/ports.ts";
import { realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const quiet = (): void => {};
const redactor = { add: quiet, redact: (text: string) => text, stream: () => assert.fail("nothing streams here") };
const workflow = "https://github.com/acme/demo/.github/workflows/release.yml";
const claims = {
  sub: "repo:acme/demo:environment:pypi",
  repository: "acme/demo",
  repository_owner: "acme",
  ref: "refs/tags/v1",
  event_name: "push",
  workflow_ref: "acme/demo/.github/workflows/release.yml@refs/tags/v1",
  job_workflow_ref: "acme/demo/.github/workflows/release.yml@refs/tags/v1",
};

const wheelName = "demo-1.0.0-py3-none-any.whl";
const bytes = "the bytes of a wheel";
const digest = sha256(createHash("sha256").update(bytes).digest("hex"));
const nobody: SealingParts["registries"] = {
  world: "real",
  identity: { kind: "none", why: "no CI job vouches for this run" },
  signer: () => assert.fail("nobody signs as a job"),
};

interface Place {
  readonly folder: string;
  readonly world: World;
  /** Writes what is signed, and what is made of it where somebody meddles. @returns path of the record */
  write(seal: Seal, meddle?: (record: Record<string, unknown>) => void): string;
  verify(record: string, words?: Readonly<Record<string, string>>, files?: readonly string[]): Promise<Verification>;
}

const plan = aPlan({ steps: [aPlannedStep({ id: "attest", uses: "attest@1" })] });

function openPlace(t: TestContext, gitconfig = ""): Place {
  const folder = temporaryFolder(t);
  mkdirSync(path.join(folder, "home"));
  writeFileSync(path.join(folder, "home", ".gitconfig"), gitconfig);
  writeFileSync(path.join(folder, wheelName), bytes);
  const world = composeWorld({
    env: { PATH: process.env["PATH"] ?? "", HOME: path.join(folder, "home") },
    folder,
    stateRoot: path.join(folder, "state"),
    interrupted: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet },
  });
  let written = 0;
  return {
    folder,
    world,
    write: (seal, meddle) => {
      const file = path.join(folder, `record-${(written += 1)}.json`);
      const record = JSON.parse(JSON.stringify({ ...recordOf(), attestation: seal })) as Record<string, unknown>;
      meddle?.(record);
      writeFileSync(file, JSON.stringify(record));
      return file;
    },
    verify: (record, words = {}, files = [path.join(folder, wheelName)]) => verifyRecord(world, { record, files }, words),
  };
}

function recordOf(): ReleaseRecordFile {
  const artifacts = [anArtifact("wheel", wheelName, { digest, sizeBytes: bytes.length })];
  return releaseRecordOf(plan, { planDigest: "b".repeat(64), head: firstHead(plan.source), artifacts });
}

function sealBy(place: Place, parts: Partial<SealingParts> = {}): Promise<Seal> {
  const record = recordOf();
  const sealer = createSealer(place.world, { plan, registries: nobody, repository: place.folder, ...parts });
  return sealer.seal({ record, facts: releaseRecordFacts(record) });
}

/** A job that does not exist, at a Sigstore inside Slipway. */
async function openJob(t: TestContext): Promise<{ readonly registries: SealingParts["registries"]; readonly root: object }> {
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => claims });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  t.after(() => Promise.all([issuer.close(), sigstore.close()]));
  const env = issuer.jobEnvironment();
  const log = { debug: quiet, info: quiet, warn: quiet };
  const http = openHttp({ userAgent: "slipway/0.0.0-test" });
  const identities = openIdentities({ env, http, redactor, secrets: createSecrets({ env, redactor, log }) });
  const signer = openSigner(identities, { certificates: sigstore.url, log: sigstore.url });
  return { registries: { world: "real", identity: identities.found, signer: async () => signer }, root: sigstore.trustedRoot };
}

function makeKey(folder: string, name: string): string {
  const key = path.join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key]);
  return key;
}

function allow(folder: string, principal: string, key: string): string {
  const file = path.join(folder, `allowed-${principal}`);
  writeFileSync(file, `${principal} namespaces="slipway-record" ${readFileSync(`${key}.pub`, "utf8")}`);
  return file;
}

function told({ signature, seal, exitCode, findings }: Verification): readonly unknown[] {
  return [signature, seal?.verdict, exitCode, ...findings.map(({ id }) => id)];
}

type Envelope = { payload: string; signatures: { sig: string }[] };

/** Changes one byte in the middle of what is encoded. */
function flip(base64: string): string {
  const raw = Buffer.from(base64, "base64");
  const at = Math.floor(raw.length / 2);
  raw[at] = (raw[at] ?? 0) ^ 1;
  return raw.toString("base64");
}

function withStatement(envelope: Envelope, change: (text: string) => string): void {
  envelope.payload = Buffer.from(change(Buffer.from(envelope.payload, "base64").toString("utf8"))).toString("base64");
}

const changes: readonly (readonly [string, (record: Record<string, unknown>) => void])[] = [
  ["another commit", (record) => void (record["commit"] = "d".repeat(40))],
  ["another plan", (record) => void (record["planDigest"] = "d".repeat(64))],
  ["another title", (record) => void (record["title"] = "demo 9.9.9")],
  ["a file more", (record) => void (record["artifacts"] as unknown[]).push({ ...recordOf().artifacts[0], name: "extra.whl" })],
  ["a file less", (record) => void (record["artifacts"] as unknown[]).pop()],
  ["other bytes", (record) => void Object.assign((record["artifacts"] as object[])[0] ?? {}, { sha256: "d".repeat(64) })],
  ["a member that nobody knows", (record) => void (record["note"] = "trust me")],
];

describe("a record that a job signed", () => {
  test("holds for the workflow that may sign, and for no other; without a root or a name it is not tried", async (t) => {
    const place = openPlace(t);
    const { registries, root } = await openJob(t);
    const trustedRoot = path.join(place.folder, "trusted_root.json");
    writeFileSync(trustedRoot, JSON.stringify(root));
    const record = place.write(await sealBy(place, { registries }));

    const held = await place.verify(record, { trustedRoot, identity: workflow });
    const exact = await place.verify(record, { trustedRoot, identity: `${workflow}@refs/tags/v1` });
    const other = await place.verify(record, { trustedRoot, identity: workflow.replace("release", "test") });
    const prefix = await place.verify(record, { trustedRoot, identity: workflow.slice(0, -1) });
    const anybody = await place.verify(record, { trustedRoot });
    const rootless = await place.verify(record, { identity: workflow });

    assert.deepEqual(told(held), ["sigstore", "holds", 0]);
    assert.deepEqual(told(exact), ["sigstore", "holds", 0]);
    assert.deepEqual(told(other), ["sigstore", "broken", 8, "VR-SIGNATURE"]);
    assert.match(other.findings[0]?.message ?? "", /signed by ".*release\.yml@refs\/tags\/v1", and should be by ".*test\.yml"/);
    assert.deepEqual(told(prefix), ["sigstore", "broken", 8, "VR-SIGNATURE"]);
    assert.deepEqual(told(anybody), ["sigstore", "unknown", 5, "VR-SIGNATURE-UNTRIED"]);
    assert.deepEqual(told(rootless), ["sigstore", "unknown", 5, "VR-SIGNATURE-UNTRIED"]);
    assert.match(rootless.findings[0]?.hint ?? "", /--trusted-root FILE/);
  });

  test("every change of record, statement or signature is found, and so is a log that is not trusted", async (t) => {
    const place = openPlace(t);
    const { registries, root } = await openJob(t);
    const trustedRoot = path.join(place.folder, "trusted_root.json");
    writeFileSync(trustedRoot, JSON.stringify(root));
    const seal = await sealBy(place, { registries });
    const trust = { trustedRoot, identity: workflow };
    const envelopeIn = (record: Record<string, unknown>): Envelope =>
      (record["attestation"] as { bundle: { dsseEnvelope: Envelope } }).bundle.dsseEnvelope;

    for (const [what, change] of changes) {
      const found = await place.verify(place.write(seal, change), trust, []);
      assert.deepEqual([found.exitCode, found.seal?.verdict, found.findings[0]?.id], [8, "broken", "VR-RECORD-CHANGED"], what);
    }
    const statement = await place.verify(
      place.write(seal, (record) =>
        withStatement(envelopeIn(record), (text) => text.replace(wheelName, wheelName.replace("1.0.0", "1.0.1"))),
      ),
      trust,
    );
    const signature = await place.verify(
      place.write(seal, (record) => {
        const [one] = envelopeIn(record).signatures;
        if (one !== undefined) one.sig = flip(one.sig);
      }),
      trust,
    );
    const strangers = path.join(place.folder, "other_root.json");
    writeFileSync(strangers, JSON.stringify((await openJob(t)).root));
    const elsewhere = await place.verify(place.write(seal), { trustedRoot: strangers, identity: workflow });

    assert.deepEqual(told(statement).slice(0, 3), ["sigstore", "broken", 8]);
    assert.deepEqual([...new Set(statement.findings.map(({ id }) => id))], ["VR-RECORD-CHANGED", "VR-SIGNATURE"]);
    assert.deepEqual(told(signature), ["sigstore", "broken", 8, "VR-SIGNATURE"]);
    assert.deepEqual(told(elsewhere), ["sigstore", "broken", 8, "VR-SIGNATURE"]);
  });
});

describe("a record that a person signed with an SSH key", () => {
  test("git's own key signs where no job does, and the file of allowed signers says whose it is", async (t) => {
    const folder = temporaryFolder(t);
    const key = makeKey(folder, "ann");
    const place = openPlace(t, `[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = ${key}.pub\n`);
    const record = place.write(await sealBy(place, { signKey: undefined }));
    const other = makeKey(folder, "bob");

    const held = await place.verify(record, { allowedSigners: allow(folder, "ann@example.org", key) });
    const unknown = await place.verify(record);
    const foreign = await place.verify(record, { allowedSigners: allow(folder, "bob@example.org", other) });

    assert.deepEqual(told(held), ["ssh", "holds", 0]);
    assert.equal(held.seal?.signer, "ann@example.org");
    assert.deepEqual(told(unknown), ["ssh", "unknown", 5, "VR-SIGNATURE-UNTRIED"]);
    assert.match(unknown.findings[0]?.message ?? "", /SSH key SHA256:/);
    assert.deepEqual(told(foreign), ["ssh", "broken", 8, "VR-SIGNATURE"]);
  });

  test("a signature that the same key made for something else does not hold", async (t) => {
    const place = openPlace(t);
    const key = makeKey(place.folder, "ann");
    const seal = await sealBy(place, { signKey: key });
    assert.ok(seal.kind === "ssh");
    const made = execFileSync("ssh-keygen", ["-Y", "sign", "-n", "git", "-f", key], {
      input: Buffer.from(seal.envelope.payload, "base64"),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const swapped = { ...seal, envelope: { ...seal.envelope, signatures: [{ sig: made.toString("base64") }] } };

    const found = await place.verify(place.write(swapped), { allowedSigners: allow(place.folder, "ann", key) });

    assert.deepEqual(told(found), ["ssh", "broken", 8, "VR-SIGNATURE"]);
  });

  test("every change of record, statement or signature is found", async (t) => {
    const place = openPlace(t);
    const key = makeKey(place.folder, "ann");
    const seal = await sealBy(place, { signKey: key });
    const trust = { allowedSigners: allow(place.folder, "ann", key) };
    const envelopeIn = (record: Record<string, unknown>): Envelope => (record["attestation"] as { envelope: Envelope }).envelope;

    for (const [what, change] of changes) {
      const found = await place.verify(place.write(seal, change), trust, []);
      assert.deepEqual([found.exitCode, found.seal?.verdict, found.findings[0]?.id], [8, "broken", "VR-RECORD-CHANGED"], what);
    }
    // Statement and record changed alike: the signature is what tells.
    const forged = await place.verify(
      place.write(seal, (record) => {
        record["title"] = "demo 9.9.9";
        withStatement(envelopeIn(record), (text) => text.replace("demo 1.0.0", "demo 9.9.9"));
      }),
      trust,
    );
    const signature = await place.verify(
      place.write(seal, (record) => {
        const [one] = envelopeIn(record).signatures;
        const lines = Buffer.from(one?.sig ?? "", "base64")
          .toString("utf8")
          .split("\n");
        if (one !== undefined) one.sig = Buffer.from(lines.with(3, flip(lines[3] ?? "")).join("\n")).toString("base64");
      }),
      trust,
    );

    assert.equal(forged.exitCode, 8);
    assert.ok(forged.findings.some(({ id }) => id === "VR-SIGNATURE"));
    assert.deepEqual(told(signature), ["ssh", "broken", 8, "VR-SIGNATURE"]);
  });

  test("a key that asks for a passphrase is not waited for, and the record says why it is unsigned", async (t) => {
    const place = openPlace(t);
    const key = path.join(place.folder, "locked");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "a passphrase", "-f", key]);

    const seal = await sealBy(place, { signKey: key });

    assert.ok(seal.kind === "unsigned");
    assert.match(seal.why, /the SSH key could not sign it \(ssh-keygen ended with/);
  });
});

describe("a record that nobody signed", () => {
  test("says so and why, and what somebody changed by accident is found all the same", async (t) => {
    const place = openPlace(t);
    const seal = await sealBy(place);

    const whole = await place.verify(place.write(seal));
    const changed = await place.verify(place.write(seal, (record) => void (record["title"] = "demo 9.9.9")));

    assert.ok(seal.kind === "unsigned");
    assert.match(seal.why, /no job vouches for it \(no CI job vouches for this run\), and git has no SSH key/);
    assert.deepEqual(told(whole), ["unsigned", "none", 0, "VR-UNSIGNED"]);
    assert.deepEqual(told(changed), ["unsigned", "broken", 8, "VR-RECORD-CHANGED", "VR-UNSIGNED"]);
  });

  test("in a rehearsal nothing is signed, though there is a key", async (t) => {
    const place = openPlace(t);
    const seal = await sealBy(place, { signKey: makeKey(place.folder, "ann"), registries: { ...nobody, world: "rehearsal" } });

    assert.deepEqual([seal.kind, seal.kind === "unsigned" && seal.why], ["unsigned", "it was made in a rehearsal, which signs nothing"]);
  });
});

test("files at hand: a changed byte and a file that the record does not name are found, a file of another name is told", async (t) => {
  const place = openPlace(t);
  const record = place.write(await sealBy(place));
  const at = (name: string, content: string): string => {
    const file = path.join(place.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };

  const files = [at(`changed/${wheelName}`, bytes.replace("wheel", "whee1")), at("extra.whl", "other"), at("renamed.whl", bytes)];
  const found = await place.verify(record, {}, files);

  assert.deepEqual(
    found.files.map(({ name, verdict }) => `${name} ${verdict}`),
    [`${wheelName} different`, "extra.whl stranger", "renamed.whl identical"],
  );
  assert.equal(found.exitCode, 8);
  assert.match(found.files[2]?.how ?? "", new RegExp(`these bytes "${wheelName}"`));
});
