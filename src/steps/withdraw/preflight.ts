// Before the run begins: nothing of the release is where it cannot be taken back. The forge is asked when the step runs,
// since asking it for drafts uses a credential.
import { refWords, releaseTagsOf } from "../../domain/release-tags.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { publishedAlready } from "./published.ts";
import { isWhole } from "./effects.ts";
import type { WithdrawInput } from "./withdraw.ts";

export async function preflightWithdraw(planned: Planned<WithdrawInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const tags = releaseTagsOf(planned.packages);
  if (tags.length === 0)
    return [{ id: "PF-WITHDRAW", level: "blocks", message: "No package has a `tag:` pattern, so that there is nothing to withdraw" }];
  if (isWhole(planned.input)) return [];
  const found = await publishedAlready({ ...planned, input: { of: ["tag"] } }, tags, ports);
  const what = refWords(tags);
  switch (found.kind) {
    case "nothing":
      return [{ id: "PF-WITHDRAW", level: "fine", message: `Nothing of ${what} is at an index where it would have to stay` }];
    case "public":
      return [
        {
          id: "PF-WITHDRAW",
          level: planned.begun ? "warns" : "blocks",
          message: `Cannot withdraw ${what}: ${found.what}`,
          hint: found.hint,
        },
      ];
    case "unknown":
      return [{ id: "PF-WITHDRAW", level: "cannot-be-tried", message: `Whether ${what} can be withdrawn: ${found.why}` }];
  }
}
