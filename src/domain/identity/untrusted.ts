// What `plan` says where nobody vouches for the machine that it is asked on: production publishes from a job that registries trust,
// and a laptop never is one (DESIGN §1.6; systems S1.8, S2.11).
import { environmentOf, type Plan } from "../plan/plan.ts";
import type { FoundIdentity } from "./source.ts";

/** One sentence for all registries that a step of the plan opens without a token; undefined: somebody vouches, or none is opened so. */
export function untrustedHere(plan: Plan, identity: FoundIdentity): string | undefined {
  if (identity.kind === "found") return undefined;
  const opened = plan.steps.flatMap((step) => {
    if (step.zone !== "publish") return [];
    return (environmentOf(plan, step)?.registries ?? []).filter(({ credentials }) => credentials.kind === "trusted-publishing");
  });
  const names = [...new Set(opened.map(({ name }) => name))];
  if (names.length === 0) return undefined;
  return (
    `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} opened without a token, and ${identity.why}: let the compiled CI job publish ` +
    "(`slipway compile github`), or give a token by policy (`credentials: { token: NAME }`). A rehearsal has an identity of its own"
  );
}
