// The rehearsal GitHub where it differs from a server that means well: faults, locks, rights, uploads that break off, kills.
// The client is the real one, and what it must reach is always the same: everything there, once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import type { Observation, Performed } from "../../src/domain/run/effect.ts";
import { rehearsalForgeCredential } from "../../src/forges/credentials.ts";
import type { Forge } from "../../src/forges/forge.ts";
import { githubForge } from "../../src/forges/github/client.ts";
import { faultCalls, faultProfiles, parseForgeFaults, type FaultCall } from "../../src/forges/github/rehearsal/faults.ts";
import type { RehearsalForge } from "../../src/forges/github/rehearsal/server.ts";
import { openHttp } from "../../src/platform/http.ts";
import { commits, githubClient, repository, startForge, workflow } from "../support/forge.ts";
import { never, realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { asset, assetsOf, draftOf, release } from "./forge-suite.ts";

const credential = rehearsalForgeCredential();
const access = { credential, signal: never };
const branch = { head: "slipway/changelog", base: "main" };

async function started(t: TestContext, options: Parameters<typeof startForge>[1] = {}): Promise<RehearsalForge> {
  const server = await startForge(t, options);
  await server.owner.pushed("refs/heads/main", commits.first);
  await server.owner.pushed(`refs/heads/${branch.head}`, commits.second);
  return server;
}

/** One effect, as the engine goes about it: look, act where nothing or something broken is there, look again. */
async function reach(effect: Effect, aims: readonly string[] = ["present"]): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    const found = await effect.observe();
    seen.push(found.kind);
    if (aims.includes(found.kind)) return seen;
    if (found.kind === "absent" || found.kind === "damaged") seen.push((await effect.perform(found)).kind);
  }
  assert.fail(`not reached: ${seen.join(", ")}`);
}

interface Effect {
  observe(): Promise<Observation>;
  perform(found: Observation): Promise<Performed>;
}

/** Everything that a release does at a forge, in order. @returns all that was seen and answered on the way */
async function releaseAll(t: TestContext, forge: Forge, issue: number): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const reached = async (...of: Parameters<typeof reach>) => {
    for (const kind of await reach(...of)) seen.add(kind);
  };
  const wanted = release(commits.first);
  const file = asset(t, "demo-1.0.tar.gz", Buffer.alloc(200_000, "x"));
  const idOf = async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const found = await forge.releases.find(wanted, access);
      if (found.kind === "ours") return found.found.id;
    }
    return assert.fail("the draft is not found");
  };
  await reached({ observe: () => forge.releases.observeDraft(wanted, access), perform: () => forge.releases.createDraft(wanted, access) });
  await reached({
    observe: () => forge.releases.observeAsset(wanted, file, access),
    perform: async (found) => {
      const id = await idOf();
      if (found.kind === "damaged") {
        const cleared = await forge.releases.clear(id, file.name, access);
        if (cleared.kind !== "sent") return cleared;
      }
      return await forge.releases.upload(id, file, access);
    },
  });
  await reached({
    observe: () => forge.releases.observePublished(wanted, access),
    perform: async () => await forge.releases.publish(await idOf(), wanted, access),
  });
  const comment = { text: "Published", mark: "run-1/told" };
  await reached({
    observe: () => forge.issues.observeComment(issue, comment.mark, access),
    perform: () => forge.issues.comment(issue, comment, access),
  });
  await reached({ observe: () => forge.issues.observeClosed(issue, access), perform: () => forge.issues.close(issue, access) });
  const pull = { ...branch, title: "Changelog", text: "", mark: "run-1/push" };
  await reached({ observe: () => forge.pullRequests.observe(pull, access), perform: () => forge.pullRequests.open(pull, access) }, [
    "pending",
  ]);
  const run = { workflow: workflow.file, mark: "run-1-publish" };
  await reached(
    {
      observe: () => forge.workflows.observeRun(run, access),
      perform: () => forge.workflows.dispatch({ workflow: run.workflow, ref: "main", inputs: { id: run.mark } }, access),
    },
    ["pending"],
  );
  return seen;
}

/** What must have been carried out once, whatever was lost on the way. */
const onceOnly = ["create-release v1.0", "publish-release v1.0", "dispatch publish.yml", `open-pull ${branch.head}`];

describe("faults of the rehearsal GitHub: everything is reached, and nothing is there twice", { concurrency: 6 }, () => {
  const struck = faultProfiles.flatMap(({ name, calls }) => calls.map((call: FaultCall) => `${name}:${call}`));
  // What a release never does has nothing to strike.
  const used = struck.filter((fault) => !/:delete-(?:release|asset)$/.test(fault));

  for (const fault of used) {
    test(fault, async (t) => {
      const lasts = /^(?:timeout|slow)/.test(fault) ? "=1500ms" : "";
      const faults = parseForgeFaults(`${fault}${lasts}`);
      const server = await started(t, { faults });
      const issue = await server.owner.openIssue({ title: "Release" });
      const forge = githubClient(server, { timeouts: { connectMs: 1_000, answerMs: 600, wholeMs: 1_000 } });

      const seen = await releaseAll(t, forge, issue);

      const { done, releases, comments, faultsUsed } = server.state();
      // The engine stops at a refusal: nothing that passes by itself may be taken for one.
      assert.equal(seen.has("refused"), /^(?:expired-token|no-permission):(?!read|download)/.test(fault), [...seen].join());
      const uploads = done["upload-asset demo-1.0.tar.gz"] ?? 0;
      assert.deepEqual(
        onceOnly.map((what) => [what, done[what]]),
        onceOnly.map((what) => [what, 1]),
      );
      assert.ok(uploads >= 1 && uploads <= (fault.startsWith("short-asset") ? 2 : 1), `${uploads} uploads`);
      assert.deepEqual([releases.length, releases[0]?.draft, releases[0]?.assets.length, comments.length], [1, false, 1, 1]);
      assert.equal(server.state().pulls.length + server.state().runs.length, 2);
      // A download is asked for only where no digest is told.
      if (!fault.endsWith(":download")) assert.deepEqual(faultsUsed, { [fault]: 1 });
    });
  }

  test("every call can be struck", () => {
    assert.deepEqual([...new Set(struck.map((fault) => fault.split(":")[1]))].toSorted(), [...faultCalls].toSorted());
  });

  test("a server that hands out other bytes than it was given is found out where it tells no digest", async (t) => {
    const server = await started(t, { faults: parseForgeFaults("no-digest, other-bytes:download") });
    const forge = githubClient(server);
    const wanted = release(commits.first);
    const file = asset(t, "demo.whl");
    const id = await draftOf(forge, wanted, credential);
    await forge.releases.upload(id, file, access);

    assert.equal((await forge.releases.observeAsset(wanted, file, access)).kind, "damaged");
    const again = await forge.releases.observeAsset(wanted, file, access);
    assert.match(again.kind === "present" ? again.evidence.how : "", /downloaded and digested/);
  });

  test("limits say until when: by seconds, by the time of the next budget, by a minute where nothing is said", async (t) => {
    const faults = "rate-limit:create-release=9000ms, empty-budget:create-release=9000ms, secondary-limit:create-release";
    const server = await started(t, { faults: parseForgeFaults(faults) });
    const forge = githubClient(server);

    const waits: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const sent = await forge.releases.createDraft(release(commits.first), access);
      waits.push(sent.kind === "later" ? Math.round((sent.atMs - Date.now()) / 1000) : -1);
    }

    assert.ok(waits.length === 3 && waits.every((seconds, at) => Math.abs(seconds - (at < 2 ? 9 : 60)) <= 2), waits.join(", "));
    assert.equal((await forge.releases.createDraft(release(commits.first), access)).kind, "sent");
  });
});

describe("locked releases", () => {
  test("publishing locks tag and files, and only title and text may change", async (t) => {
    const server = await started(t);
    await server.owner.setImmutableReleases(true);
    const forge = githubClient(server);
    const wanted = release(commits.first);
    const id = await draftOf(forge, wanted, credential);
    const file = asset(t, "demo.whl");
    await forge.releases.upload(id, file, access);
    await forge.releases.publish(id, wanted, access);

    const upload = await forge.releases.upload(id, asset(t, "late.whl"), access);
    assert.match(upload.kind === "refused" ? upload.why : "", /Cannot upload assets to an immutable release.*attached to a draft only/);
    assert.equal((await forge.releases.clear(id, file.name, access)).kind, "refused");
    const found = await forge.releases.find(wanted, access);
    assert.equal(found.kind === "ours" && found.found.immutable, true);
    if (found.kind !== "ours") return;
    assert.equal((await forge.releases.update(found.found, { ...wanted, title: "Better" }, access)).kind, "sent");
    assert.equal((await forge.releases.observePublished(wanted, access)).kind, "present");
  });

  test("a tag of a locked release is burned, even when the page is gone", async (t) => {
    const server = await started(t);
    await server.owner.setImmutableReleases(true);
    const forge = githubClient(server);
    const wanted = release(commits.first);
    const id = await draftOf(forge, wanted, credential);
    await forge.releases.publish(id, wanted, access);
    await forge.releases.remove(id, access);

    const again = await forge.releases.publish(await draftOf(forge, wanted, credential), wanted, access);

    assert.match(again.kind === "refused" ? again.why : "", /used by an immutable release.*use the next version/);
  });

  test("the setting is told to an administrator, and to nobody else", async (t) => {
    const server = await started(t);
    const forge = githubClient(server);
    const admin = { credential: createCredential("", "rehearsal-admin-token"), signal: never };

    assert.deepEqual(await forge.settings.immutableReleases(admin), { kind: "set", enabled: false });
    await server.owner.setImmutableReleases(true);
    assert.deepEqual(await forge.settings.immutableReleases(admin), { kind: "set", enabled: true });
    assert.equal((await forge.settings.immutableReleases(access)).kind, "unknown");
  });
});

describe("rights", () => {
  for (const isPrivate of [false, true]) {
    test(`a token that may only read a ${isPrivate ? "private" : "public"} repository sees no draft and writes nothing, and is told why`, async (t) => {
      const server = await started(t, { private: isPrivate });
      const forge = githubClient(server);
      const reader = { credential: createCredential("", "rehearsal-read-token"), signal: never };
      const wanted = release(commits.first);
      await draftOf(forge, wanted, credential);

      const sent = await forge.releases.createDraft(wanted, reader);

      assert.match(
        sent.kind === "refused" ? sent.why : "",
        isPrivate ? /lacks the permission: GitHub answers 404 for both/ : /may not do this/,
      );
      assert.deepEqual(await forge.releases.find(wanted, reader), { kind: "absent" });
      const facts = await forge.settings.facts(reader);
      assert.equal(facts.kind === "found" && facts.found.permission, "read");
      assert.equal((await forge.settings.facts({ signal: never })).kind, isPrivate ? "absent" : "found");
    });
  }

  test("environments tell their protection", async (t) => {
    const environments = [
      { name: "pypi", waitMinutes: 30, reviewers: { people: ["ada"], teams: ["release"], notSelf: true }, branches: "protected" },
      { name: "test/pypi" },
    ] as const;
    const forge = githubClient(await started(t, { environments }));

    assert.deepEqual(await forge.settings.environments(access), {
      kind: "listed",
      environments: [
        {
          name: "pypi",
          protections: [
            { kind: "wait", minutes: 30 },
            { kind: "reviewers", people: ["ada"], teams: ["release"], notSelf: true },
            { kind: "branches", rule: "protected" },
          ],
        },
        { name: "test/pypi", protections: [] },
      ],
    });
  });

  test("a run that a person must review is pending, and one that failed is a conflict", async (t) => {
    const server = await started(t);
    const forge = githubClient(server);
    const sent = await forge.workflows.dispatch({ workflow: workflow.file, ref: "main", inputs: { id: "m" } }, access);
    const run = sent.kind === "sent" ? (sent.made?.run ?? 0) : 0;
    const seen: unknown[] = [];

    for (const [status, conclusion] of [
      ["waiting", null],
      ["in_progress", null],
      ["completed", "failure"],
      ["completed", "success"],
    ] as const) {
      await server.owner.setRun(run, { status, conclusion });
      const found = await forge.workflows.observeRun({ workflow: workflow.file, mark: "m", run }, access);
      seen.push([found.kind, found.kind === "pending" ? found.why.replace(/: http.*/, "") : ""]);
    }

    assert.deepEqual(seen, [
      ["pending", "the workflow run waits for a person"],
      ["pending", "the workflow run is under way"],
      ["conflict", ""],
      ["present", ""],
    ]);
  });

  test("a client of the real GitHub believes nothing that a rehearsal says", async (t) => {
    const server = await started(t);
    const http = openHttp({ userAgent: "slipway/0.0.0-test" });
    const { apiUrl, uploadUrl, webUrl } = server;
    const real = githubForge({ name: "github", apiUrl, uploadUrl, webUrl, repository, world: "real", settleMs: 1, clock: realClock, http });

    const found = await real.releases.find(release(commits.first), access);

    assert.match(found.kind === "unknown" ? found.why : "", /is a rehearsal, which can never stand for "github"/);
  });
});

test("an upload that broke off leaves an asset that is damaged, keeps its name, and is cleared", async (t) => {
  const server = await started(t);
  const forge = githubClient(server);
  const wanted = release(commits.first);
  const id = await draftOf(forge, wanted, credential);
  const file = asset(t, "demo.whl");
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(
    `POST /uploads/repos/${repository}/releases/${id}/assets?name=demo.whl HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${credential.reveal()}\r\nContent-Type: a/b\r\nContent-Length: 1000\r\n\r\nhalf`,
  );
  while ((await assetsOf(forge.releases, id, credential)).length === 0);
  socket.destroy();

  const seen = await forge.releases.observeAsset(wanted, file, access);

  assert.match(seen.kind === "damaged" ? seen.how : "", /its upload never ended/);
  const again = await forge.releases.upload(id, file, access);
  assert.match(again.kind === "unknown" ? again.why : "", /there already/);
  await forge.releases.clear(id, file.name, access);
  assert.equal((await forge.releases.upload(id, file, access)).kind, "sent");
  assert.equal((await forge.releases.observeAsset(wanted, file, access)).kind, "present");
});

test("after kill -9 in the middle of a release the same folder goes on, and nothing is there twice", async (t) => {
  const storeFolder = join(temporaryFolder(t), "forge");
  const program = join(import.meta.dirname, "rehearsal-forge-writer.ts");
  const wanted = release(commits.first);
  const files = Array.from({ length: 8 }, (_unused, at) => asset(t, `demo-${at}.whl`, Buffer.alloc(300_000, String(at))));

  for (let round = 0; round < 4; round += 1) {
    const child = spawn(process.execPath, [program, storeFolder], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "close");
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = line.toString("utf8").trim();
    const forge = githubClient({ apiUrl: url, uploadUrl: `${url}/uploads`, webUrl: url });
    const calls = randomInt(1, 9);
    t.diagnostic(`round ${round}: killed after ${calls} calls`);
    let left = calls;
    const countDown = <T>(answer: T): T => {
      left -= 1;
      if (left === 0) child.kill("SIGKILL");
      return answer;
    };
    if ((await forge.releases.observeDraft(wanted, access)).kind === "absent") countDown(await forge.releases.createDraft(wanted, access));
    const found = await forge.releases.find(wanted, access);
    const id = found.kind === "ours" ? found.found.id : 0;
    const put = async (file: (typeof files)[number]) => {
      const seen = await forge.releases.observeAsset(wanted, file, access);
      if (seen.kind === "damaged") await forge.releases.clear(id, file.name, access);
      if (seen.kind === "damaged" || seen.kind === "absent") countDown(await forge.releases.upload(id, file, access));
    };
    if (id > 0) await Promise.all(files.map(put));
    child.kill("SIGKILL");
    await ended;
  }

  const server = await startForge(t, { storeFolder });
  await releaseRest(githubClient(server), wanted, files);
  assert.equal(server.state().releases.length, 1);
  assert.deepEqual(
    server
      .state()
      .releases[0]?.assets.map((one) => one.name)
      .toSorted(),
    files.map((file) => file.name),
  );
  assert.equal(server.state().done["create-release v1.0"], 1);
});

async function releaseRest(forge: Forge, wanted: ReturnType<typeof release>, files: readonly ReturnType<typeof asset>[]): Promise<void> {
  await reach({ observe: () => forge.releases.observeDraft(wanted, access), perform: () => forge.releases.createDraft(wanted, access) });
  const found = await forge.releases.find(wanted, access);
  const id = found.kind === "ours" ? found.found.id : assert.fail("no draft");
  for (const file of files) {
    await reach({
      observe: () => forge.releases.observeAsset(wanted, file, access),
      perform: async (seen) => {
        if (seen.kind === "damaged") await forge.releases.clear(id, file.name, access);
        return await forge.releases.upload(id, file, access);
      },
    });
  }
}
