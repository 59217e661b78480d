// What the web API of a registry tells everybody: whether it has taken a version that the index does not show yet, and who owns
// a name. The public registry's API answers at once, its index after a job in the background (protocols §4.2, §10).
import { canonicalCrateName, sameCrateVersion } from "../../domain/crates/names.ts";
import type { Observation } from "../../domain/run/effect.ts";
import type { HttpReply } from "../../platform/http-port.ts";
import type { Owners, Publication } from "../registry.ts";
import { readJson } from "./index-lines.ts";
import { refusalOf, type Index } from "./look-up.ts";

const answerBytesMax = 4 * 1024 * 1024;
/** The background job takes seconds; asking more often would only be impolite. */
const askAgainMs = 5_000;
const ownersMax = 1_000;

/** @returns pending: taken, not shown yet; absent: not taken either */
export async function observeAtApi(
  index: Index,
  api: string,
  about: { readonly publication: Publication; readonly signal: AbortSignal },
): Promise<Observation> {
  const { publication, signal } = about;
  const got = await ask(
    index,
    `${api}/api/v1/crates/${encodeURIComponent(publication.package)}/${encodeURIComponent(publication.version)}`,
    signal,
  );
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  const refusal = refusalOf(index, got);
  if (refusal !== undefined) return refusal;
  const told = tableIn(readJson(got.text)["version"]);
  const { num, checksum, created_at: since } = told;
  if (typeof num !== "string" || !sameCrateVersion(num, publication.version))
    return { kind: "unknown", why: `"${got.place}" tells of no version ${publication.version}` };
  if (typeof checksum === "string" && checksum.toLowerCase() !== publication.sha256) {
    const uploaded = typeof since === "string" ? `at ${since.slice(0, 40)}` : "at a time that is not told";
    return {
      kind: "conflict",
      theirs: `"${index.registry}" has taken another ${publication.package} ${num}, uploaded ${uploaded}, with sha256 ${checksum.slice(0, 64)}`,
    };
  }
  const why = `"${index.registry}" has taken ${publication.package} ${num}, and its index does not show it yet (an index may be ten minutes behind)`;
  return { kind: "pending", againMs: askAgainMs, why };
}

/** Who may publish under a name, and how the name is spelled there. */
export async function ownersAtApi(
  index: Index,
  api: string,
  about: { readonly name: string; readonly signal: AbortSignal },
): Promise<Owners> {
  const root = `${api}/api/v1/crates/${encodeURIComponent(about.name)}`;
  const found = await ask(index, root, about.signal);
  if (found.kind === "failed") return { kind: "unknown", why: found.why };
  const refusal = refusalOf(index, found);
  if (refusal !== undefined) return refusal;
  const name = tableIn(readJson(found.text)["crate"])["name"];
  if (typeof name !== "string" || canonicalCrateName(name) !== canonicalCrateName(about.name))
    return { kind: "unknown", why: `"${found.place}" tells of no crate "${about.name}"` };
  const got = await ask(index, `${root}/owners`, about.signal);
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  const hidden = refusalOf(index, got);
  if (hidden !== undefined) return hidden.kind === "unknown" ? hidden : { kind: "unknown", why: `"${got.place}" tells no owners` };
  const { users } = readJson(got.text);
  if (!Array.isArray(users)) return { kind: "unknown", why: `"${got.place}" tells no owners` };
  const logins = users
    .slice(0, ownersMax)
    .map((one: unknown) => tableIn(one)["login"])
    .filter((one) => typeof one === "string");
  return { kind: "listed", spelled: name, owners: logins };
}

function ask(index: Index, url: string, signal: AbortSignal): Promise<HttpReply> {
  const headers = { accept: "application/json", "cache-control": "no-cache" };
  return index.http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: answerBytesMax, signal });
}

function tableIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
