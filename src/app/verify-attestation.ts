// Attestations that an index serves of its files: whether each holds, is of these very bytes, and was made by a workflow of this
// project. Sigstore's own verifier says the first; the other two are compared here (PEP 740; protocols §3).
import { publishPredicate } from "../domain/known-services.ts";
import { provenancePredicate, type Subject } from "../domain/attestation/statement.ts";
import { parseRecord, recordOf, textOf } from "../domain/json-record.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import { checkBundle } from "../platform/check-bundle.ts";
import type { ListedFile, ReadRegistry } from "../registries/registry.ts";
import { listed, maySign, nameRoot, type Trust } from "./verify-seal.ts";

export interface Proof {
  readonly name: string;
  readonly verdict: "holds" | "broken" | "unknown";
  readonly how: string;
}

interface Of {
  readonly package: string;
  readonly version: string;
  readonly file: ListedFile;
}

/** @returns undefined where the registry shows none */
export async function proofOf(
  registry: ReadRegistry,
  { file, ...of }: Of,
  { trust, signal }: { readonly trust: Trust; readonly signal: AbortSignal },
): Promise<Proof | undefined> {
  if (file.attested !== true) return undefined;
  const { name } = file;
  if (registry.attestations === undefined)
    return { name, verdict: "unknown", how: "this version of Slipway does not read this registry's attestations" };
  const served = await registry.attestations({ ...of, name }, signal);
  if (served.kind === "unknown") return { name, verdict: "unknown", how: served.why };
  if (served.kind === "none") return { name, verdict: "broken", how: "the index says that there is one, and has none" };
  const subject = served.subject ?? { name, digest: file.sha256 === undefined ? {} : { sha256: file.sha256 } };
  const judged: Omit<Proof, "name">[] = [];
  for (const bundle of served.bundles) judged.push(await judgeBundle(bundle, subject, trust));
  const worst = judged.find(({ verdict }) => verdict === "broken") ?? judged.find(({ verdict }) => verdict === "unknown") ?? judged[0];
  return worst === undefined ? { name, verdict: "broken", how: "there is none" } : { name, ...worst };
}

async function judgeBundle(
  bundle: Parameters<typeof checkBundle>[0],
  subject: Subject,
  { trustedRoot, identities }: Trust,
): Promise<Omit<Proof, "name">> {
  if (trustedRoot === undefined) return { verdict: "unknown", how: "there is no trusted root to try it with" };
  const checked = await checkBundle(bundle, trustedRoot);
  if (checked.kind === "broken") return { verdict: "broken", how: `its signature does not hold: ${checked.why}` };
  const statement = parseRecord(checked.statement);
  const type = textOf(statement?.["predicateType"]) ?? "";
  if (type !== publishPredicate && type !== provenancePredicate)
    return { verdict: "broken", how: `it is of the type "${type}", which says nothing of a publication` };
  const about = judgeSubjects(statement?.["subject"], subject);
  if (about !== undefined) return about;
  const { signer } = checked;
  if (identities.length === 0) return { verdict: "unknown", how: `it was made by "${signer}", and nobody says whether that one may` };
  if (!maySign(signer, identities)) return { verdict: "broken", how: `it was made by "${signer}", and should be by ${listed(identities)}` };
  return { verdict: "holds", how: `made by "${signer}"` };
}

/** @returns undefined where it is about the very bytes that the registry tells of */
function judgeSubjects(said: unknown, { name, digest }: Subject): Omit<Proof, "name"> | undefined {
  const all: readonly unknown[] = Array.isArray(said) ? said : [];
  const subjects = all.map(recordOf).filter((one) => one !== undefined);
  const names = subjects.flatMap((one) => textOf(one["name"]) ?? []);
  const own = subjects.filter((one) => one["name"] === name);
  if (own.length === 0) return { verdict: "broken", how: `it is of ${listed(names) || "nothing"}` };
  const [wanted] = Object.entries(digest);
  if (wanted === undefined) return { verdict: "unknown", how: "the index tells no digest that it could be held against" };
  const [algorithm, value] = wanted;
  const found = own.map((one) => textOf(recordOf(one["digest"])?.[algorithm]));
  return found.every((one) => one === value)
    ? undefined
    : { verdict: "broken", how: `it is of other bytes, with ${algorithm} ${found[0] ?? "untold"}` };
}

/** What is wrong with them; and files without one beside files with one. */
export function proofFindings(
  registry: string,
  { files, proofs }: { readonly files: readonly ListedFile[]; readonly proofs: readonly Proof[] },
): readonly FindingFact[] {
  const of = (name: string): string => `The attestation of "${name}" at "${registry}"`;
  const found = proofs.flatMap(({ name, verdict, how }): readonly FindingFact[] => {
    if (verdict === "holds") return [];
    if (verdict === "unknown")
      return [{ id: "VR-ATTESTATION-UNTRIED", level: "cannot-be-tried", message: `${of(name)} cannot be tried: ${how}`, hint: nameRoot }];
    const hint = "Treat it as an incident until it is explained";
    return [{ id: "VR-ATTESTATION", level: "blocks", message: `${of(name)} proves nothing: ${how}`, hint }];
  });
  const without = proofs.length === 0 ? [] : files.filter(({ name }) => !proofs.some((one) => one.name === name));
  return [
    ...found,
    ...without.map(({ name }): FindingFact => ({
      id: "VR-UNATTESTED",
      level: "blocks",
      message: `"${name}" at "${registry}" has no attestation, and other files of this version have one`,
    })),
  ];
}
