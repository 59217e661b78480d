// Reads what a registry shows of a version's attestations: `GET /-/npm/v1/attestations/NAME@VERSION` (protocols §5.2). It serves two:
// provenance, signed by the job that published, and the registry's own word that it took the version, signed with a key of its own,
// which says nothing about who published and is passed over here.
import { npmPackageUrl } from "../../domain/attestation/npm-provenance.ts";
import { provenancePredicate } from "../../domain/attestation/statement.ts";
import type { JsonObject } from "../../domain/configuration.ts";
import { escapedNpmName } from "../../domain/npm/names.ts";
import { parseRecord, recordOf } from "../../domain/json-record.ts";
import type { Attested, Publication } from "../registry.ts";
import { lookUp, type Place } from "./look-up.ts";
import { bytesPerMiB, mediaTypes } from "./wire.ts";

const documentBytesMax = 8 * bytesPerMiB;

export async function readAttested(
  place: Place,
  { package: name, version }: Pick<Publication, "package" | "version">,
  signal: AbortSignal,
): Promise<Attested> {
  const looked = await lookUp(place, name, { signal, form: "abbreviated" });
  if (looked.kind === "unknown") return looked;
  const integrity = looked.kind === "packument" ? looked.packument.versions.get(version)?.sha512 : undefined;
  if (integrity === undefined) return { kind: "unknown", why: `"${place.registry}" tells no sha512 of ${name} ${version}` };
  const url = `${place.registryUrl}-/npm/v1/attestations/${escapedNpmName(name)}@${encodeURIComponent(version)}`;
  const headers = { accept: mediaTypes.json, "cache-control": "no-cache" };
  const got = await place.http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: documentBytesMax, signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.status === 404) return { kind: "none" };
  if (got.status !== 200) return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
  const bundles = provenanceIn(parseRecord(got.text)?.["attestations"]);
  if (bundles.length === 0) return { kind: "none" };
  const sha512 = Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex");
  return { kind: "served", bundles, publishers: [], subject: { name: npmPackageUrl({ name, version }), digest: { sha512 } } };
}

function provenanceIn(list: unknown): readonly JsonObject[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const attestation = recordOf(one);
    const bundle = recordOf(attestation?.["bundle"]);
    return attestation?.["predicateType"] === provenancePredicate && bundle !== undefined ? [bundle as JsonObject] : [];
  });
}
