import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { Head } from "../../domain/run/head.ts";
import type { PullRequest, WantedPullRequest } from "../../forges/forge.ts";
import { searchPullRequests } from "../../forges/judge.ts";
import { withMark } from "../../forges/mark.ts";
import type { PushedRef } from "../../platform/ports.ts";
import { fakeForge } from "../../../test/support/fake-forge.ts";
import { aFrozen, aPackage, aPlan, aPlanned, aPlannedStep, aUse, fakePorts } from "../../../test/support/ports.ts";
import type { Finding, Remote } from "../step.ts";
import type { PushInput } from "./input.ts";
import { pushStep } from "./push.ts";

const base = "b".repeat(40);
const ours = "c".repeat(40);
const squashed = "d".repeat(40);
const theirs = "e".repeat(40);
const packages = [aPackage({ version: "1.0.0", tag: "v1.0.0" })];
const plan = aPlan({ packages, source: { commit: base, branch: "main", moved: "stop", epochSeconds: 1 } });
const head: Head = { commit: ours, epochSeconds: 2, tags: [] };

async function anEffect(input: PushInput = {}, subject = "Release 1.0.0"): Promise<Effect> {
  const ports = fakePorts({ remote: { subject: async () => subject } });
  const [effect] = await pushStep.effects(aFrozen<PushInput>({ or: "pull-request", ...input }, { plan, head }), ports);
  assert.ok(effect !== undefined);
  return effect;
}

/** A remote and a forge: a branch line, oldest first, that takes no push; refs beside it; pull requests. */
interface World {
  readonly branch: string[];
  readonly refs: Map<string, string>;
  pulls: PullRequest[];
  readonly opened: WantedPullRequest[];
  readonly pushed: PushedRef[];
  readonly ports: ReturnType<typeof fakePorts>;
}

interface WorldParts {
  readonly branch?: readonly string[];
  readonly refs?: Readonly<Record<string, string>>;
  readonly remote?: Partial<Remote>;
  readonly open?: Performed;
  readonly silent?: boolean;
}

function aWorld(parts: WorldParts = {}): World {
  const branch = [...(parts.branch ?? [base])];
  const refs = new Map(Object.entries(parts.refs ?? {}));
  const world = { branch, refs, pulls: [] as PullRequest[], opened: [] as WantedPullRequest[], pushed: [] as PushedRef[] };
  const line = [base, ours];
  const remote: Partial<Remote> = {
    refs: async (wanted) => ({
      kind: "known",
      objects: new Map(wanted.flatMap((ref) => (refs.has(ref) ? [[ref, refs.get(ref) ?? ""] as const] : []))),
    }),
    fetch: async () => ({ kind: "at", commit: branch.at(-1) ?? "" }),
    contains: async (commit, ancestor) => {
      const known = branch.includes(commit) ? branch : line;
      const [at, before] = [known.indexOf(commit), known.indexOf(ancestor)];
      return at >= 0 && before >= 0 && before <= at;
    },
    findSameTree: async () => (branch.includes(squashed) ? { commit: squashed, epochSeconds: 7 } : undefined),
    push: async (sent) => {
      world.pushed.push(...sent);
      if (sent.some(({ ref }) => ref === "refs/heads/main")) return { kind: "refused", why: "protected branch", atRemote: true };
      for (const { ref, to } of sent) refs.set(ref, to ?? "");
      return { kind: "sent" };
    },
    ...parts.remote,
  };
  const forge = fakeForge();
  const pullRequests = {
    ...forge.pullRequests,
    find: async ({ mark }: Pick<WantedPullRequest, "mark">) =>
      parts.silent === true ? ({ kind: "unknown", why: "down" } as const) : searchPullRequests(world.pulls, mark),
    open: async (wanted: WantedPullRequest) => {
      if (parts.open !== undefined && parts.open.kind !== "sent") return parts.open;
      world.opened.push(wanted);
      const made = aPull({ text: withMark(wanted.text, wanted.mark) });
      world.pulls = [...world.pulls, made];
      return { kind: "sent", warnings: [], made } as const;
    },
  };
  return { ...world, get pulls() { return world.pulls; }, set pulls(pulls) { world.pulls = pulls; }, ports: fakePorts({ remote, forge: { ...forge, pullRequests } }) }; // prettier-ignore
}

function aPull(parts: Partial<PullRequest> = {}): PullRequest {
  return { number: 1, state: "open", headCommit: ours, text: "", url: "https://forge.example/pull/1", ...parts };
}

const perform = async (world: World, input: PushInput = {}): Promise<Performed> =>
  pushStep.perform(await anEffect(input), { kind: "absent" }, world.ports);
const look = async (world: World, input: PushInput = {}): Promise<Observation> => pushStep.observe(await anEffect(input), world.ports);

/** The same after a first attempt, with the pull request as somebody left it. */
async function afterwards(world: World, left: Partial<PullRequest>): Promise<World> {
  await perform(world);
  world.pulls = world.pulls.map((pull) => ({ ...pull, ...left }));
  return world;
}

test("push: where a rule refuses the commit, it goes to a branch of its own and a pull request is opened", async () => {
  const world = aWorld();

  const performed = await perform(world);

  assert.deepEqual(world.pushed, [
    { ref: "refs/heads/main", to: ours, from: base },
    { ref: "refs/heads/slipway/v1.0.0", to: ours },
  ]);
  assert.deepEqual(
    world.opened.map(({ head: from, base: to, title }) => [from, to, title]),
    [["slipway/v1.0.0", "main", "Release 1.0.0"]],
  );
  assert.match(performed.kind === "sent" ? performed.warnings.join() : "", /protected branch.*https:\/\/forge\.example\/pull\/1$/);
});

test("push: done again after a crash, neither the branch nor the pull request is made twice", async () => {
  const between = aWorld({ refs: { "refs/heads/slipway/v1.0.0": ours } });
  await perform(between);
  assert.deepEqual(
    between.pushed.map(({ ref }) => ref),
    ["refs/heads/main"],
  );
  assert.equal(between.opened.length, 1);

  await perform(between);
  assert.equal(between.opened.length, 1);
});

test("push: what is no rule opens nothing: a lease that did not hold, another push that was quicker, no `or:`", async () => {
  const lease = aWorld({ remote: { push: async () => ({ kind: "refused", why: "stale info" }) } });
  assert.deepEqual([(await perform(lease)).kind, lease.opened], ["refused", []]);

  const raced = aWorld();
  const ports = fakePorts({
    remote: {
      ...raced.ports.remote("origin"),
      push: async () => (raced.branch.push(theirs), { kind: "refused", why: "locked", atRemote: true }),
    },
  });
  assert.equal((await pushStep.perform(await anEffect(), { kind: "absent" }, ports)).kind, "refused");

  const plain = aWorld();
  const [effect] = await pushStep.effects(aFrozen<PushInput>({}, { plan, head }), plain.ports);
  assert.ok(effect !== undefined);
  assert.deepEqual([(await pushStep.perform(effect, { kind: "absent" }, plain.ports)).kind, plain.opened], ["refused", []]);
});

test("push: a branch of that name that holds something else is left alone, and the words that remove it are told", async () => {
  const world = aWorld({ refs: { "refs/heads/slipway/v1.0.0": theirs } });

  const performed = await perform(world);

  assert.match(performed.kind === "refused" ? performed.why : "", /none of this run's; .*git push origin --delete slipway\/v1\.0\.0/);
  assert.deepEqual(world.opened, []);
});

test("push: where no pull request may be opened, the person who may is told from where to where", async () => {
  const performed = await perform(aWorld({ open: { kind: "refused", why: "403", code: "CREDENTIAL_REFUSED" } }));

  assert.ok(performed.kind === "refused");
  assert.equal(performed.code, "CREDENTIAL_REFUSED");
  assert.match(performed.why, /open it yourself from "slipway\/v1\.0\.0" to "main" at https:\/\/forge\.example/);
});

test("push: an open pull request waits for a person, whoever opened it with the run's commit", async () => {
  const seen = await look(await afterwards(aWorld(), {}));
  assert.ok(seen.kind === "pending");
  assert.equal(seen.forPerson, true);
  assert.match(seen.why, /waits to be merged: https:\/\/forge\.example\/pull\/1$/);

  const byHand = await look(await afterwards(aWorld(), { text: "by hand" }));
  assert.equal(byHand.kind === "pending" && byHand.forPerson, true);

  const other = await look(await afterwards(aWorld(), { text: "by hand", headCommit: theirs }));
  assert.match(other.kind === "conflict" ? other.theirs : "", /another pull request stands/);

  const moved = await look(await afterwards(aWorld(), { headCommit: theirs }));
  assert.match(moved.kind === "pending" ? moved.why : "", /others put eeeeeeeeeeee on top of it/);
});

test("push: a merge that contains the commit is all, and the run stays where it is", async () => {
  const world = aWorld();
  await perform(world);
  world.branch.push(ours, theirs);

  const seen = await look(world);

  assert.equal(seen.kind === "present" && seen.evidence.details?.["commit"], ours);
  assert.equal(seen.kind === "present" && seen.evidence.head, undefined);
});

test("push: a squash with the same files is the run's new head", async () => {
  const world = aWorld();
  await perform(world);
  world.branch.push(squashed, theirs);

  const seen = await look(world);

  assert.deepEqual(seen.kind === "present" && seen.evidence.head, { from: ours, commit: squashed, epochSeconds: 7 });
});

test("push: a merge with other files is a conflict that names it, unless the branch may have moved on", async () => {
  const world = await afterwards(aWorld(), { state: "merged", mergedCommit: theirs });
  world.branch.push(theirs);

  const seen = await look(world);
  const onto = await look(world, { onto: "main" });

  assert.match(seen.kind === "conflict" ? seen.theirs : "", /merged as eeeeeeeeeeee, whose files are not those of cccccccccccc/);
  assert.equal(onto.kind === "present" && onto.evidence.details?.["commit"], theirs);
  assert.equal(onto.kind === "present" && onto.evidence.head, undefined);
});

test("push: a merge that the remote does not show yet is looked for again, and soon", async () => {
  for (const left of [{ mergedCommit: squashed }, {}]) {
    const seen = await look(await afterwards(aWorld(), { state: "merged", ...left }));

    assert.ok(seen.kind === "pending");
    assert.equal(seen.forPerson, undefined);
    assert.ok(seen.againMs < 10_000);
  }
});

test("push: a pull request that was closed is a conflict; none leaves the branch to tell; a silent forge is unknown", async () => {
  const closed = await look(await afterwards(aWorld(), { state: "closed" }));

  assert.match(closed.kind === "conflict" ? closed.theirs : "", /closed without a merge: https/);
  assert.equal((await look(aWorld())).kind, "absent");
  assert.equal((await look(aWorld({ branch: [base, theirs] }))).kind, "conflict");
  assert.equal((await look(aWorld({ branch: [base, theirs] }), { onto: "main" })).kind, "absent");
  assert.equal((await look(aWorld({ silent: true }))).kind, "unknown");
});

test("push: title and text hold what manifests and commits say as words, and nothing of it as markup", async () => {
  const nasty = aPackage({ name: "demo", version: "1`<img src=x>@team\n\n# big", tag: "v1.0.0" });
  const input: PushInput = { or: "pull-request", message: "Take {version}" };
  const frozen = aFrozen(input, { plan: { ...plan, packages: [nasty] }, head });
  const [effect] = await pushStep.effects(frozen, fakePorts());
  const pull = effect?.data["pull"] as { readonly title: string; readonly text: string; readonly mark: string };

  assert.ok(!/[\p{Cc}]/u.test(pull.title));
  const lines = pull.text.split("\n").filter((line) => line.includes("<img"));
  assert.deepEqual(lines, ["- `demo 1'<img src=x>@team # big`"]);
  const long = (await anEffect({}, `--x\u001b[31m${"y".repeat(500)}`)).data["pull"] as { readonly title: string };
  assert.ok(long.title.length <= 200 && !long.title.includes("\u001b"));
});

test("push: a tag cannot go by pull request, and the plan that tries is told so before and at the step", async () => {
  const tagged = { ...head, tags: [{ name: "v1.0.0", object: theirs, commit: ours }] };
  const input: PushInput = { or: "pull-request" };
  await assert.rejects(async () => pushStep.effects(aFrozen(input, { plan, head: tagged }), fakePorts()), {
    code: "PLAN_INVALID",
    hint: /below the `push`/,
  });

  const steps = [aPlannedStep({ id: "tag", uses: "tag@1" }), aPlannedStep({ id: "main", uses: "push@1", waitsFor: ["tag"] })];
  const found = async (of: typeof steps): Promise<Finding | undefined> => {
    const planned = aPlanned(input, { plan: { ...plan, steps: of }, step: of.find(({ id }) => id === "main") ?? aPlannedStep() });
    return (await pushStep.preflight(planned, fakePorts())).find(({ id }) => id === "PF-PULL-REQUEST");
  };
  assert.equal((await found(steps))?.level, "blocks");
  assert.equal((await found([aPlannedStep({ id: "main", uses: "push@1" })]))?.level, "cannot-be-tried");
});

test("push: only a push that may go by pull request asks the forge", () => {
  assert.deepEqual(
    [{}, { or: "pull-request" } as const].map((input) => pushStep.usesForge?.(aUse<PushInput>(input))),
    [false, true],
  );
  assert.equal(pushStep.describe(aUse<PushInput>({ or: "pull-request" })), "push to origin, or by pull request");
});
