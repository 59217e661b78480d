import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command, CommandEnd } from "../../platform/ports.ts";
import { aFrozen, aPlan, aPlanned, aUse, exited, fakePorts, type FakePorts, type FakePortsParts } from "../../../test/support/ports.ts";
import { checkSourceStep } from "./check-source.ts";

const pinned = "c".repeat(40);
const other = "d".repeat(40);

interface Git {
  readonly head?: string;
  readonly status?: string;
  /** Exit status of `merge-base --is-ancestor`. */
  readonly ancestor?: number;
}

function git(of: Git): (command: Command) => CommandEnd {
  return ({ args }) => {
    if (args.includes("rev-parse")) return exited(0, `${of.head ?? pinned}\n`);
    if (args.includes("status")) return exited(0, of.status ?? "");
    return exited(of.ancestor ?? 0);
  };
}

function portsWith(of: Git, remoteRef?: FakePortsParts["remoteRef"]): FakePorts {
  return fakePorts({ programs: { git: git(of) }, ...(remoteRef === undefined ? {} : { remoteRef }) });
}

const untagged = aPlan({ source: { commit: pinned, moved: "stop", epochSeconds: 1 } });
const at = (commit: string) => async () => ({ kind: "at", commit }) as const;

test("check-source: is done when copy, branch and tag are where the plan found them", async () => {
  const asked: string[] = [];
  const ports = portsWith({}, async (remote, ref) => {
    asked.push(`${remote} ${ref}`);
    return { kind: "at", commit: pinned };
  });

  const worked = await checkSourceStep.perform(aFrozen({ remote: "up/release/2.x" }), ports);

  assert.equal(worked.kind, "done");
  assert.deepEqual(asked, ["up refs/heads/release/2.x", "up refs/tags/v1.0.0"]);
});

test("check-source: a copy of another commit, or with other files, stops the run", async () => {
  const wrongCommit = await checkSourceStep.perform(aFrozen({}), portsWith({ head: other }, at(pinned)));
  const dirty = await checkSourceStep.perform(aFrozen({}), portsWith({ status: " M src/a.py\0?? new file\0" }, at(pinned)));

  assert.equal(wrongCommit.kind === "failed" && wrongCommit.code, "SOURCE_MOVED");
  assert.match(dirty.kind === "failed" ? dirty.message : "", /2 paths of the copy differ from the commit c{12}: "src\/a.py", "new file"/);
});

test("check-source: a branch or tag that moved stops the run", async () => {
  const branch = await checkSourceStep.perform(aFrozen({ remote: "origin/main" }, { plan: untagged }), portsWith({}, at(other)));
  const tag = await checkSourceStep.perform(aFrozen({}), portsWith({}, at(other)));
  const gone = await checkSourceStep.perform(
    aFrozen({ remote: "origin/main" }, { plan: untagged }),
    portsWith({}, async () => ({ kind: "none" })),
  );

  assert.match(branch.kind === "failed" ? branch.message : "", /origin\/main is at d{12} and the plan is for c{12}/);
  assert.match(tag.kind === "failed" ? tag.message : "", /the tag "v1.0.0" leads to d{12} at origin and to c{12} in the plan/);
  for (const worked of [branch, tag, gone]) assert.equal(worked.kind === "failed" && worked.code, "SOURCE_MOVED");
});

test("check-source: a branch may have gone on past the tag that is released, as long as it contains it", async () => {
  const remote: FakePortsParts["remoteRef"] = async (_remote, ref) => ({
    kind: "at",
    commit: ref.startsWith("refs/tags/") ? pinned : other,
  });
  const perform = (of: Git) => checkSourceStep.perform(aFrozen({ remote: "origin/main" }), portsWith(of, remote));

  const contained = await perform({ ancestor: 0 });
  const elsewhere = await perform({ ancestor: 1 });
  const notFetched = await perform({ ancestor: 128 });

  assert.equal(contained.kind, "done");
  assert.match(elsewhere.kind === "failed" ? elsewhere.message : "", /does not contain v1.0.0/);
  assert.match(notFetched.kind === "later" ? notFetched.why : "", /is not in this clone/);
});

test("check-source: a tag that is not pushed yet is told, and is no fault", async () => {
  const ports = portsWith({}, async () => ({ kind: "none" }));

  const worked = await checkSourceStep.perform(aFrozen({}), ports);

  assert.equal(worked.kind, "done");
  assert.match(ports.printed.join("\n"), /The tag "v1.0.0" is not at origin yet/);
});

test("check-source: a remote that was not named may stay unknown, and the output says so", async () => {
  const worked = await checkSourceStep.perform(aFrozen({}), portsWith({}));

  assert.equal(worked.kind, "done");
  assert.match(JSON.stringify(worked.kind === "done" && worked.output), /"kind":"unknown","message":"Cannot tell where the tag/);
});

test("check-source: a remote that was named is asked again for a while, then the step fails", async () => {
  const ports = portsWith({});
  const frozen = aFrozen({ remote: "origin/main" }, { plan: untagged, sinceMs: ports.clock.nowMs() });

  const first = await checkSourceStep.perform(frozen, ports);
  ports.clock.move(2 * 60_000);
  const last = await checkSourceStep.perform(frozen, ports);

  assert.equal(first.kind === "later" && first.atMs > frozen.sinceMs, true);
  assert.equal(last.kind === "failed" && last.code, "STEP_FAILED");
});

test("check-source: preflight reports the same looks, and says what cannot be tried", async () => {
  const levels = async (remoteRef: FakePortsParts["remoteRef"], begun: boolean): Promise<readonly string[]> =>
    (await checkSourceStep.preflight(aPlanned({ remote: "origin/main" }, { plan: untagged, begun }), portsWith({}, remoteRef))).map(
      (one) => one.level,
    );

  assert.deepEqual(await levels(at(pinned), false), ["fine"]);
  assert.deepEqual(await levels(at(other), false), ["blocks"]);
  assert.deepEqual(await levels(at(other), true), ["warns"]);
  assert.deepEqual(await levels(undefined, false), ["cannot-be-tried"]);
  assert.deepEqual(checkSourceStep.asks(aUse({})).programs, ["git"]);
});

test("check-source: `remote` is a remote and a branch", () => {
  assert.equal(checkSourceStep.describe(aUse({ remote: "origin/main" })), "check the source against origin/main");
  assert.equal(checkSourceStep.input.fits({ remote: "origin/main" }), true);
  for (const remote of ["origin", "/main", "-x/main", "origin/-x", "a b/c"]) {
    assert.equal(checkSourceStep.input.fits({ remote }), false, remote);
  }
});
