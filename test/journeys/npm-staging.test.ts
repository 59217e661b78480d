// An npm workspace whose registry holds versions unseen, by the real program: everything is staged above the gate, one consent
// decides for all packages, and then they are let out – by the registry's own person, or with that person's one-time password.
// Killed around every send, and with replies that lie, each package is staged once and let out once, and never is anything public
// that somebody sent back.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createSystemClock } from "../../src/platform/clock.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { parseNpmFaults } from "../../src/registries/npm/rehearsal/faults.ts";
import { startRehearsalNpm, type RehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import { makeBed, pointAt, readReport, told, type Bed, type Ended, type JsonReport } from "../support/bed.ts";
import { npmClientOf, npmTarball, npmUploadOf } from "../support/npm.ts";
import { never } from "../support/pypi.ts";

const core = "@slipway-reed/core";
const app = "@slipway-reed/app";
const files = { [core]: "slipway-reed-core-1.0.0.tgz", [app]: "slipway-reed-app-1.0.0.tgz" } as const;
const tokens = { NPM_STAGE: "npm-stage-only-token-of-a-reed", NPM_TOKEN: "npm-token-of-a-reed" };
const withPassword = { ...tokens, NPM_TOKEN_OTP: "123456" };
/** Points around what is sent to the registry; raised with every plan that grows. */
const pointsMin = 12;

const manifests = [
  { name: core, version: "1.0.0", license: "MIT" },
  { name: app, version: "1.0.0", license: "MIT", dependencies: { [core]: "1.0.0" } },
];

const settings = `slipway: 1
project: reed
packages: { reed: { path: ., ecosystem: npm, members: publishable, tag: "v{version}" } }
version: { from: manifest }
on: { tag: reed }
people: { managers: [bob] }
environments:
  staging: { registry: npm, credentials: { token: NPM_STAGE } }
  npm: { registry: npm, credentials: { token: NPM_TOKEN }, approvals: { required: 1, from: managers, not: requester } }
steps:
  build: { run: "true", produces: [{ kind: npm-tarball, package: reed, files: "built/*.tgz" }] }
  staged: { uses: stage, environment: staging }
  npm: { uses: publish, environment: npm }
`;

let folder: string;
let bed: Bed;
let npm: RehearsalNpm;
let stores = 0;

async function openNpm(
  options: { readonly port?: number; readonly faults?: string; readonly known?: readonly string[] } = {},
): Promise<void> {
  const { port, faults = "", known = [core, app] } = options;
  npm = await startRehearsalNpm({
    ours: [core, app],
    clock: createSystemClock(),
    storeFolder: path.join(folder, `npm-${(stores += 1)}`),
    announced: false,
    faults: parseNpmFaults(faults),
    ...(port === undefined ? {} : { port }),
  });
  const client = npmClientOf(npm.registryUrl, { world: "real" });
  for (const name of known) {
    const manifest = { name, version: "0.9.0" };
    const earlier = npmUploadOf(folder, manifest, { bytes: npmTarball(manifest) });
    // A fault is for the release: what was there before it is put there for as long as it takes.
    for (let turn = 0; turn < 5 && (await client.observe(earlier, never)).kind !== "present"; turn += 1)
      await client.publish(earlier, rehearsalNpmCredential(), never);
  }
}

/** The same address, with nothing of the release. */
async function empty(options: { readonly faults?: string; readonly known?: readonly string[] } = {}): Promise<void> {
  const port = Number(new URL(npm.url).port);
  await npm.close();
  await openNpm({ port, ...options });
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "slipway-staging-"));
  await openNpm();
  bed = makeBed({
    example: {
      files: {
        "slipway.yaml": settings,
        "package.json": JSON.stringify({ name: "root", private: true, workspaces: ["core", "app"] }),
        ...Object.fromEntries(manifests.map((one) => [`${one.name.split("/")[1]}/package.json`, JSON.stringify(one)])),
        ...Object.fromEntries(manifests.map((one) => [`built/${one.name.slice(1).replace("/", "-")}-1.0.0.tgz`, npmTarball(one)])),
      },
    },
    tag: "v1.0.0",
    prepare: (project) => pointAt(project, { npm: { ecosystem: "npm", url: npm.registryUrl } }),
  });
});

after(async () => {
  await npm.close();
  bed.remove();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

type Variables = Readonly<Record<string, string>>;

function run(state: string, variables: Variables): Promise<Ended> {
  return bed.slipway(["--state", path.join(bed.folder, state), "run", "--no-wait", "--json"], variables);
}

async function approve(state: string): Promise<void> {
  const at = ["--state", path.join(bed.folder, state), "approve"];
  const asked = await bed.slipway(at);
  const digest = /--digest ([0-9a-f]{64})/.exec(asked.stderr)?.[1] ?? "";
  const said = await bed.slipway([...at, "--digest", digest, "--as", "bob"]);
  assert.equal(said.code, 0, told(said));
}

/** Versions of a package that everybody sees. */
async function seen(name: string): Promise<readonly string[]> {
  const answer = await fetch(`${npm.url}/${name.replace("/", "%2f")}`);
  return answer.status === 404 ? [] : Object.keys(((await answer.json()) as { readonly versions: object }).versions);
}

/** Names of the packages of which the release is staged. */
async function staged(): Promise<readonly string[]> {
  const answer = await fetch(`${npm.url}/-/stage`, { headers: { authorization: "Bearer any" } });
  const { items } = (await answer.json()) as { readonly items: readonly { readonly packageName: string; readonly version: string }[] };
  return items.filter(({ version }) => version === "1.0.0").map(({ packageName }) => packageName).toSorted(); // prettier-ignore
}

/** How often each file of the release was taken in. */
function taken(): readonly (readonly [string, number])[] {
  return npm.received().filter(({ version }) => version === "1.0.0").map(({ name, stored }) => [name, stored] as const).toSorted(); // prettier-ignore
}

const once = Object.values(files).map((name) => [name, 1] as const).toSorted(); // prettier-ignore

function otherOf(report: JsonReport, title: string): { readonly outcome: string; readonly hidden?: boolean; readonly sendBack?: string } {
  const { others } = report as unknown as { readonly others: readonly { readonly title: string; readonly outcome: string }[] };
  const found = others.find((one) => one.title === title);
  assert.ok(found !== undefined, JSON.stringify(others));
  return found;
}

async function assertReleased(what: string): Promise<void> {
  assert.deepEqual(taken(), once, what);
  assert.deepEqual(await staged(), [], what);
  for (const name of [core, app]) assert.ok((await seen(name)).includes("1.0.0"), `${what}: ${name}`);
}

test("one consent decides for all packages; a person at the registry is asked for all of them at once", { timeout: 120_000 }, async () => {
  const plan = await bed.slipway(["plan"]);
  assert.match(plan.stdout, /stage .*@slipway-reed.* to npm|stage 2 of/, told(plan));

  const first = await run("person", tokens);
  assert.equal(first.code, 3, told(first));
  const waiting = readReport(first);
  assert.match(waiting.sentence, /gate "npm" waits for approval/);
  assert.deepEqual(await staged(), [app, core].toSorted());
  assert.deepEqual((await Promise.all([core, app].map(seen))).flat(), ["0.9.0", "0.9.0"]);
  const held = otherOf(waiting, `${files[core]} staged at npm`);
  assert.equal(held.hidden, true);
  assert.match(held.sendBack ?? "", /^npm stage reject [0-9a-f-]{36} --registry http/);

  await approve("person");
  const second = await run("person", tokens);

  assert.equal(second.code, 3, told(second));
  const asked = readReport(second).sentence;
  for (const name of [core, app])
    assert.match(asked, new RegExp(`${name} 1\\.0\\.0 is staged at "npm" and waits for a person: npm stage approve`));
  assert.deepEqual((await Promise.all([core, app].map(seen))).flat(), ["0.9.0", "0.9.0"]);

  for (const name of [core, app]) await npm.owner.endStaged(name, "approve");
  const third = await run("person", tokens);
  assert.equal(third.code, 0, told(third));
  await assertReleased("let out at the registry");
});

test("with a one-time password the very same run lets all of them out, dependencies first", { timeout: 120_000 }, async () => {
  await empty();
  const log = path.join(bed.folder, "points.log");
  assert.equal((await run("password", { ...withPassword, SLIPWAY_CRASH_LOG: log })).code, 3);
  assert.deepEqual(await staged(), [app, core].toSorted(), "a password lets nothing out before the gate is open");
  await approve("password");

  const ended = await run("password", { ...withPassword, SLIPWAY_CRASH_LOG: log });

  assert.equal(ended.code, 0, told(ended));
  await assertReleased("let out with a password");
  const sent = readFileSync(log, "utf8").split("\n").filter((name) => /^effect\/npm\/.*\/before-send$/.test(name)); // prettier-ignore
  assert.deepEqual(sent.map((name) => name.includes("-core-")), [true, false]); // prettier-ignore
  assert.ok(!told(ended).includes(withPassword.NPM_TOKEN_OTP));
});

test(
  "killed around anything that is sent, the same command finishes: staged once, let out once",
  { timeout: 10 * 60_000 },
  async (context) => {
    const names = readFileSync(path.join(bed.folder, "points.log"), "utf8").trim().split("\n");
    const points = [...new Set(names.filter((name) => /^effect\/(?:staged\/)?npm\//.test(name)))];
    context.diagnostic(`${points.length} crash points`);
    assert.ok(points.length >= pointsMin, `there are ${points.length} points, and there were ${pointsMin}`);
    for (const [index, point] of points.entries()) {
      await empty();
      const state = `killed-${index}`;
      const crash = { ...withPassword, SLIPWAY_CRASH_AT: `${point}#1` };
      const isStage = point.startsWith("effect/staged/");
      const first = await run(state, isStage ? crash : withPassword);
      if (isStage) {
        assert.equal(first.signal, "SIGKILL", `${point}: ${told(first)}`);
        assert.equal((await run(state, withPassword)).code, 3, point);
      }
      await approve(state);
      if (!isStage) assert.equal((await run(state, crash)).signal, "SIGKILL", point);
      const last = await run(state, withPassword);
      assert.equal(last.code, 0, `${point}: ${told(last)}`);
      await assertReleased(point);
    }
  },
);

/** What is met at letting out the first, the second or both, and whether one command gets through. */
const lies = [
  "lost-reply:approve*1",
  "lost-reply:approve*2",
  "error-after-accepting:approve*1",
  "error-500:approve*2",
  "rate-limit:approve*1",
  "wrong-success:approve*1",
  "lost-reply:upload*1",
  "error-after-accepting:upload*1",
  "error-503:upload*1",
] as const;

describe("half-released, one command finishes", () => {
  for (const fault of lies) {
    test(fault, { timeout: 120_000 }, async () => {
      await empty({ faults: fault.includes("approve") ? fault : "" });
      if (!fault.includes("approve")) {
        const storeFaults = fault;
        await npm.close();
        const port = Number(new URL(npm.url).port);
        npm = await startRehearsalNpm({
          ours: [core, app],
          clock: createSystemClock(),
          storeFolder: path.join(folder, `npm-${stores}`),
          announced: false,
          faults: parseNpmFaults(storeFaults),
          port,
        });
      }
      const state = `lies-${fault.replace(/[^a-z0-9]/g, "-")}`;
      assert.equal((await run(state, withPassword)).code, 3);
      await approve(state);

      const ended = await run(state, withPassword);

      assert.equal(ended.code, 0, told(ended));
      await assertReleased(fault);
    });
  }

  test("a password that is not taken ends the run with nothing in doubt, and the next one goes on", { timeout: 120_000 }, async () => {
    await empty({ faults: "one-time-password:approve*1" });
    await run("wrong-password", withPassword);
    await approve("wrong-password");

    const refused = await run("wrong-password", withPassword);

    assert.match(readReport(refused).sentence, /one-time password/, told(refused));
    assert.equal(readReport(refused).code, "CREDENTIAL_REFUSED");
    assert.equal((await run("wrong-password", withPassword)).code, 0);
    await assertReleased("a second password");
  });

  test("other bytes that are staged are a conflict, and nothing is let out", { timeout: 120_000 }, async () => {
    await empty();
    const manifest = { name: core, version: "1.0.0", description: "Theirs" };
    const theirs = npmUploadOf(folder, manifest, { bytes: npmTarball(manifest) });
    const { staging } = npmClientOf(npm.registryUrl, { world: "real" });
    assert.equal((await staging?.put(theirs, rehearsalNpmCredential(), never))?.kind, "sent");

    const ended = await run("stranger", withPassword);

    assert.equal(readReport(ended).code, "REGISTRY_CONFLICT", told(ended));
    assert.match(readReport(ended).sentence, /has another @slipway-reed\/core 1\.0\.0 staged, since \d{4}-/);
    assert.deepEqual((await Promise.all([core, app].map(seen))).flat(), ["0.9.0", "0.9.0"]);
  });

  test("what a person sends back after the consent is never published", { timeout: 120_000 }, async () => {
    await empty();
    await run("sent-back", tokens);
    await approve("sent-back");
    await npm.owner.endStaged(app, "reject");
    await npm.owner.endStaged(core, "approve");

    const ended = bed.start(["--state", path.join(bed.folder, "sent-back"), "run", "--json"], withPassword);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    ended.kill("SIGINT");

    const { stdout } = await ended.ended;
    assert.match(stdout, /"outcome":"not-published"/);
    assert.deepEqual(await seen(app), ["0.9.0"]);
    assert.ok((await seen(core)).includes("1.0.0"));
  });
});

describe("what cannot be held", () => {
  test("a package that is new is published plainly, once the gate is open", { timeout: 120_000 }, async () => {
    await empty({ known: [core] });
    const first = await run("new-one", withPassword);
    assert.equal(first.code, 3, told(first));
    assert.ok(
      readReport(first).findings.some(({ id, message }) => id === "PF-STAGE" && message.includes(app)),
      told(first),
    );
    assert.deepEqual(await staged(), [core]);
    await approve("new-one");

    assert.equal((await run("new-one", withPassword)).code, 0);

    await assertReleased("one was new");
  });

  test("a cancelled run says what stays staged and how it is sent back", { timeout: 120_000 }, async () => {
    await empty();
    await run("cancelled", tokens);

    const cancel = (...more: readonly string[]) => bed.slipway(["--state", path.join(bed.folder, "cancelled"), "cancel", ...more]);
    const other = await cancel("--confirm", "9.9.9");
    assert.equal(other.code, 2, told(other));
    assert.match(other.stderr, /the run is of reed 1\.0\.0, and "9\.9\.9" was confirmed/);

    const said = await cancel("--confirm", "1.0.0");

    assert.equal(said.code, 0, told(said));
    assert.match(said.stdout, /public now: nothing of this release/);
    for (const name of Object.values(files))
      assert.match(
        said.stdout,
        new RegExp(`${name} staged at npm, for nobody else to see; it is sent back with: npm stage reject [0-9a-f-]{36}`),
      );
    const again = await cancel();
    assert.equal(again.code, 6, told(again));
    assert.match(again.stderr, /public now: nothing of this release/);
  });
});
