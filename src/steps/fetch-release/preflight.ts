// Before the run begins: there is a tag whose page can be asked. The page itself is the step's business, since looking at
// it uses a credential.
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { tagOf, type FetchReleaseInput } from "./input.ts";

export async function preflightFetchRelease(planned: Planned<FetchReleaseInput>, _ports: ReadPorts): Promise<readonly Finding[]> {
  const tag = tagOf(planned);
  if (tag !== undefined) return [{ id: "PF-FETCH", level: "fine", message: `The artifacts are taken from the release page ${tag}` }];
  const message = "A release page is that of a tag, and no package has a `tag:` pattern";
  return [{ id: "PF-FETCH", level: "blocks", message, hint: 'Write one in slipway.yaml: `tag: "v{version}"`' }];
}
