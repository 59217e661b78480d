// The statement that a record is signed by: every file and image of the release with its digest, and of the record itself the
// digest, so that no member of it can be changed. What a reader asks first stands in it in clear.
// Sources: in-toto attestation framework v1; trust §4 ("a release record exportable as in-toto statements").
import type { Json } from "../configuration.ts";
import { canonicalJson, isSha256, type Sha256, type Sha256OfText } from "../digest.ts";
import { parseRecord, recordOf, textOf, type JsonRecord } from "../json-record.ts";
import { statementText, statementType, type Subject } from "./statement.ts";

export const recordPredicate = "urn:slipway:record:v1";
/** Members of a record that tell of its signature, and are therefore none of what is signed. */
const sealMembers: readonly string[] = ["attestation", "signature"];

/** What the statement says in clear, beside the record's digest. */
export interface RecordFacts {
  readonly title: string;
  readonly planDigest: string;
  /** The commit that was released. */
  readonly commit: string;
  /** Files and images. */
  readonly subjects: readonly Subject[];
  /** Consent, and how registries were opened, as far as it is known when the record is written. */
  readonly more?: Readonly<Record<string, Json>>;
}

/** A record's own members, and what its statement says of them. */
export interface Sealing {
  readonly record: object;
  readonly facts: RecordFacts;
}

export function sealingStatement({ record, facts }: Sealing, sha256OfText: Sha256OfText): string {
  const { title, planDigest, commit, subjects, more } = facts;
  return statementText({
    subjects,
    predicateType: recordPredicate,
    predicate: {
      record: { digest: { sha256: digestOfRecord(record, sha256OfText) } },
      title,
      plan: { digest: { sha256: planDigest } },
      source: { digest: { gitCommit: commit } },
      ...more,
    },
  });
}

/** In canonical form, whatever stands in it as absent left out. */
function digestOfRecord(record: object, sha256OfText: Sha256OfText): string {
  const members = Object.entries(record).filter(([name]) => !sealMembers.includes(name));
  return sha256OfText(canonicalJson(wholeNumbers(Object.fromEntries(members))));
}

/** The canonical form has whole numbers only; what a step told of itself may hold others, which then stand as text. */
function wholeNumbers(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(wholeNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wholeNumbers(member)]));
}

/**
 * How a record and the statement that it carries differ, each in words; empty when they agree.
 * @param text of the statement
 */
export function judgeStatement(text: string, sealing: Sealing, sha256OfText: Sha256OfText): readonly string[] {
  const statement = parseRecord(text);
  if (statement?.["_type"] !== statementType || statement["predicateType"] !== recordPredicate)
    return [`its statement is of the type "${String(statement?.["predicateType"])}" and should be "${recordPredicate}"`];
  const predicate = recordOf(statement["predicate"]);
  const said = textOf(digestIn(predicate?.["record"])?.["sha256"]);
  const is = digestOfRecord(sealing.record, sha256OfText);
  const { planDigest, commit, subjects } = sealing.facts;
  return [
    ...(said === is ? [] : [`it has the digest ${is}, and its statement was made for ${said ?? "none"}`]),
    ...differs("plan", digestIn(predicate?.["plan"])?.["sha256"], planDigest),
    ...differs("commit", digestIn(predicate?.["source"])?.["gitCommit"], commit),
    ...compareSubjects(readSubjects(statement["subject"]), subjects),
  ];
}

function digestIn(value: unknown): JsonRecord | undefined {
  return recordOf(recordOf(value)?.["digest"]);
}

function differs(what: string, said: unknown, is: string): readonly string[] {
  return said === is ? [] : [`its statement names the ${what} ${String(said)}, and the record ${is}`];
}

/** Subjects of a statement that somebody else wrote; those without a sha256 are left out. */
function readSubjects(value: unknown): readonly { readonly name: string; readonly sha256: Sha256 }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const name = textOf(recordOf(one)?.["name"]);
    const sha256 = textOf(digestIn(one)?.["sha256"]);
    return name !== undefined && sha256 !== undefined && isSha256(sha256) ? [{ name, sha256 }] : [];
  });
}

function compareSubjects(said: ReturnType<typeof readSubjects>, are: readonly Subject[]): readonly string[] {
  const key = (name: string, sha256: string | undefined): string => `"${name}" with sha256 ${sha256 ?? "none"}`;
  const [there, here] = [
    new Set(said.map(({ name, sha256 }) => key(name, sha256))),
    new Set(are.map(({ name, digest }) => key(name, digest.sha256))),
  ];
  return [
    ...[...here].filter((one) => !there.has(one)).map((one) => `its statement does not name ${one}`),
    ...[...there].filter((one) => !here.has(one)).map((one) => `its statement names ${one}, and the record does not`),
  ];
}
