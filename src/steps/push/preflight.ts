// Before the run begins: the remote answers, and the branch is where the run starts from.
import { catalogueName } from "../../domain/plan/plan.ts";
import { ancestors } from "../../domain/plan/order.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { remoteOf, type PushInput } from "./input.ts";

export async function preflightPush(planned: Planned<PushInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  return [...(await findBranch(planned, ports)), ...findPull(planned)];
}

/** Whether a rule forbids the push is told by the push alone; a tag that it cannot take with it is seen in the plan. */
function findPull({ input, plan, step }: Planned<PushInput>): readonly Finding[] {
  if (input.or === undefined) return [];
  const above = ancestors(plan.steps, [step.id]);
  const tag = plan.steps.find((one) => above.has(one.id) && catalogueName(one) === "tag");
  if (tag !== undefined) {
    const message = `Step "${step.id}" may go by pull request, and step "${tag.id}" above it makes a tag: the merge may be another commit`;
    const hint = `Put "${tag.id}", and a \`push\` of its own for the tag, below "${step.id}"`;
    return [{ id: "PF-PULL-REQUEST", level: "blocks", message, hint }];
  }
  const message = `Whether the branch takes a push, and whether a pull request may be opened where it does not: only trying tells`;
  return [{ id: "PF-PULL-REQUEST", level: "cannot-be-tried", message }];
}

async function findBranch(planned: Planned<PushInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const { input, plan, begun } = planned;
  const remote = remoteOf(input);
  const branch = input.onto ?? plan.source.branch;
  if (branch === undefined) return [{ id: "PF-PUSH", level: "fine", message: `No branch is named: tags alone are pushed to ${remote}` }];
  const there = await ports.remoteRef(remote, `refs/heads/${branch}`);
  if (there.kind === "unknown")
    return [{ id: "PF-PUSH", level: "cannot-be-tried", message: `Cannot tell where ${branch} is at ${remote}: ${there.why}` }];
  if (there.kind === "none") {
    const message = `There is no branch "${branch}" at ${remote}`;
    return [{ id: "PF-PUSH", level: "blocks", message, hint: `git push -u ${remote} ${branch}` }];
  }
  if (there.commit === plan.source.commit)
    return [{ id: "PF-PUSH", level: "fine", message: `${branch} at ${remote} is at the pinned commit` }];
  const message = `${branch} at ${remote} is at ${there.commit.slice(0, 12)}, and the release starts from ${plan.source.commit.slice(0, 12)}`;
  if (input.onto !== undefined || begun) return [{ id: "PF-PUSH", level: "warns", message }];
  return [{ id: "PF-PUSH", level: "blocks", message, hint: `Bring them together (git pull, git push), then run the same command again` }];
}
