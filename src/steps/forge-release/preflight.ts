// Before the run begins: the page has a tag, and says nothing that the forge would refuse. Whether the token may write
// there is not tried, since trying is using it.
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { assetKinds, tagOf, type ForgeReleaseInput } from "./input.ts";

export async function preflightForgeRelease(planned: Planned<ForgeReleaseInput>, _ports: ReadPorts): Promise<readonly Finding[]> {
  const { plan, input } = planned;
  const tag = tagOf(planned);
  if (tag === undefined) {
    const message = "A release page is that of a tag, and no package has a `tag:` pattern";
    return [{ id: "PF-FORGE", level: "blocks", message, hint: 'Write one in slipway.yaml: `tag: "v{version}"`' }];
  }
  const where = plan.forge?.repository ?? "the forge";
  const what = assetKinds(input).length === 0 ? "releases" : "releases and their files";
  return [
    { id: "PF-FORGE", level: "cannot-be-tried", message: `Whether the token may write ${what} of ${where}: only using it would tell` },
  ];
}
