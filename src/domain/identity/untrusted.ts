// What `plan` says where nobody vouches for the machine that it is asked on: production publishes from a job that registries trust,
// and a laptop never is one (DESIGN §1.6; systems S1.8, S2.11).
import { catalogueName, environmentOf, type Plan } from "../plan/plan.ts";
import type { FoundIdentity } from "./source.ts";

const ways =
  "let the CI job that is trusted publish, or give a token by policy (`credentials: { token: NAME }`). " +
  "A rehearsal has an identity of its own";

/** One sentence for all that the plan does with an identity; undefined: somebody vouches, or nothing of the plan needs it. */
export function untrustedHere(plan: Plan, identity: FoundIdentity): string | undefined {
  if (identity.kind === "found") return undefined;
  const opened = plan.steps.flatMap((step) => {
    if (step.zone !== "publish") return [];
    return (environmentOf(plan, step)?.registries ?? []).filter(({ credentials }) => credentials.kind === "trusted-publishing");
  });
  const names = [...new Set(opened.map(({ name }) => name))];
  const signing = plan.steps.filter((step) => catalogueName(step) === "attest" && !step.optional).map(({ id }) => `"${id}"`);
  const signs = signing.length === 0 ? [] : [`${signing.join(" and ")} ${signing.length === 1 ? "signs" : "sign"} with an identity`];
  if (names.length > 0) {
    const words = [`${names.join(" and ")} ${names.length === 1 ? "is" : "are"} opened without a token`, ...signs].join(" and ");
    return `${words}, and ${identity.why}: ${ways}`;
  }
  if (signs.length === 0) return undefined;
  return `${signs.join("")}, and ${identity.why}: let a CI job sign, or make the step \`optional: true\``;
}
