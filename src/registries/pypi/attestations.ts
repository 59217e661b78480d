// Reads what an index shows of a file's attestations: `GET /integrity/PROJECT/VERSION/FILE/provenance` (PEP 740; protocols §3.1).
import { fromPypiAttestation } from "../../domain/attestation/pypi-attestation.ts";
import { parseRecord, recordOf, textOf } from "../../domain/json-record.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Attested, Publication, ShownPublisher } from "../registry.ts";
import { bytesPerMiB } from "./wire.ts";

const documentBytesMax = 4 * bytesPerMiB;
/** PyPI takes one attestation of a kind, and knows two kinds. */
const attestationsMax = 20;

/** @param siteUrl where the pages are, with a slash at the end */
export async function readAttested(
  { http, siteUrl }: { readonly http: Http; readonly siteUrl: string },
  { package: packageName, version, name }: Pick<Publication, "package" | "version" | "name">,
  signal: AbortSignal,
): Promise<Attested> {
  const at = [normalizeName(packageName), version, name].map(encodeURIComponent).join("/");
  const url = `${siteUrl}integrity/${at}/provenance`;
  const headers = { accept: "application/vnd.pypi.integrity.v1+json, application/json;q=0.5", "cache-control": "no-cache" };
  const got = await http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: documentBytesMax, signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.status === 404) return { kind: "none" };
  if (got.status !== 200) return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
  const groups = parseRecord(got.text)?.["attestation_bundles"];
  const all: readonly unknown[] = Array.isArray(groups) ? groups : [];
  const shown = all.flatMap((one) => attestationsIn(one));
  const bundles = shown.map(fromPypiAttestation);
  const read = bundles.filter((one) => one !== undefined);
  if (shown.length === 0 || shown.length > attestationsMax || read.length !== bundles.length)
    return { kind: "unknown", why: `"${got.place}" shows attestations in a form that this version does not know` };
  return { kind: "served", bundles: read, publishers: all.flatMap((one) => publisherIn(one) ?? []) };
}

/** `{"kind":"GitHub","repository":"o/r","workflow":"release.yml","environment":null}` (protocols §3.1); others are passed over. */
function publisherIn(group: unknown): ShownPublisher | undefined {
  const shown = recordOf(recordOf(group)?.["publisher"]);
  const [kind, repository] = [textOf(shown?.["kind"]), textOf(shown?.["repository"])];
  const environment = textOf(shown?.["environment"]) ?? "";
  const around = environment === "" ? {} : { environment };
  const workflow = textOf(shown?.[kind === "GitHub" ? "workflow" : "workflow_filepath"]);
  if (repository === undefined || workflow === undefined || (kind !== "GitHub" && kind !== "GitLab")) return undefined;
  return { provider: kind === "GitHub" ? "github" : "gitlab", repository, workflow, ...around };
}

function attestationsIn(group: unknown): readonly unknown[] {
  const list: unknown = recordOf(group)?.["attestations"];
  return Array.isArray(list) ? list : [];
}
