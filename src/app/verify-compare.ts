// Holds against each other what several registries have of one version, what each says and hands out, and what the record names
// where there is one. Pure: everything was looked at before.
import type { FindingFact } from "../domain/run/fact.ts";
import type { VerifiedFile } from "./verify-release.ts";

/** One file as a registry lists it and hands it out. */
export interface HeldFile {
  readonly registry: string;
  readonly name: string;
  /** What the index tells of it. */
  readonly said: string | undefined;
  /** What was handed out; undefined: nothing was, and `why` says why. */
  readonly is: string | undefined;
  readonly why?: string;
  /** It is listed, and not there. */
  readonly gone?: boolean;
  /** Something of it is not what its own digest says. */
  readonly other?: boolean;
  readonly yanked: boolean | string;
}

export interface HeldAt {
  readonly registry: string;
  readonly test: boolean;
  readonly state: "listed" | "absent" | "unknown";
  readonly files: readonly HeldFile[];
}

const hint = "Treat it as an incident until it is explained";

/** @param record sha256 by name of the files that registries should hold; undefined: nobody says it */
export function compareFiles(
  places: readonly HeldAt[],
  record: ReadonlyMap<string, string> | undefined,
): { readonly files: readonly VerifiedFile[]; readonly findings: readonly FindingFact[] } {
  const looked = places.filter(({ state }) => state !== "unknown");
  const all = looked.flatMap(({ files }) => files);
  const should = record ?? byMost(all);
  const judged = all.map((file) => ({ file, ...judge(file, should, record !== undefined) }));
  const missing = looked.flatMap((place) => missingAt(place, should));
  return {
    files: [...judged.map(({ verified }) => verified), ...missing.map(({ verified }) => verified)],
    findings: [...judged.flatMap(({ findings }) => findings), ...missing.map(({ finding }) => finding), ...all.flatMap(yankedFinding)],
  };
}

/** Without a record registries are held against each other: of each name what the first one hands out, or says. */
function byMost(files: readonly HeldFile[]): ReadonlyMap<string, string> {
  const should = new Map<string, string>();
  for (const { name, said, is } of files) {
    const digest = said ?? is;
    if (digest !== undefined && !should.has(name)) should.set(name, digest);
  }
  return should;
}

interface Judged {
  readonly verified: VerifiedFile;
  readonly findings: readonly FindingFact[];
}

function judge(file: HeldFile, should: ReadonlyMap<string, string>, isRecorded: boolean): Judged {
  const { registry, name, said, is, why = "" } = file;
  const wanted = should.get(name);
  const by = isRecorded ? "the record" : "another registry";
  const base = { registry, name, sha256: wanted ?? is ?? said ?? "" };
  const at = `"${name}" at "${registry}"`;
  const end = (verdict: VerifiedFile["verdict"], how: string, ...findings: readonly FindingFact[]): Judged => ({
    verified: { ...base, verdict, how },
    findings,
  });
  if (wanted === undefined && isRecorded) {
    const message = `"${registry}" lists "${name}" under this version, and the record does not know it`;
    return end("stranger", "the record does not name it", { id: "VR-STRANGER", level: "blocks", message, hint });
  }
  const differs = differencesOf(file, wanted, by);
  if (differs !== undefined)
    return end("different", differs, { id: "VR-DIFFERENT", level: "blocks", message: `${at} is not what was released: ${differs}`, hint });
  if (file.gone === true) return end("missing", why, { id: "VR-MISSING", level: "blocks", message: `${at} is gone: ${why}` });
  if (is === undefined)
    return end("unknown", why, { id: "VR-UNKNOWN", level: "cannot-be-tried", message: `${at} cannot be looked at: ${why}` });
  return end("identical", `downloaded and digested; ${isRecorded ? "the record names" : "all that tell of it name"} the same sha256`);
}

function differencesOf({ said, is, other, why = "" }: HeldFile, wanted: string | undefined, by: string): string | undefined {
  if (other === true) return why;
  if (said !== undefined && is !== undefined && said !== is) return `what is handed out has sha256 ${is}, and the index lists ${said}`;
  const found = is ?? said;
  return wanted === undefined || found === undefined || found === wanted ? undefined : `it has sha256 ${found}, and ${by} tells ${wanted}`;
}

function missingAt(
  { registry, test, state, files }: HeldAt,
  should: ReadonlyMap<string, string>,
): readonly { readonly verified: VerifiedFile; readonly finding: FindingFact }[] {
  return [...should]
    .filter(([name]) => !files.some((file) => file.name === name))
    .map(([name, sha256]) => {
      const how = state === "absent" ? "the registry has no such version" : "the registry does not list it";
      // A test index is cleaned from time to time, of whole versions.
      const level = test && state === "absent" ? ("warns" as const) : ("blocks" as const);
      return {
        verified: { registry, name, sha256, verdict: "missing" as const, how },
        finding: { id: "VR-MISSING", level, message: `"${name}" at "${registry}" is missing: ${how}` },
      };
    });
}

function yankedFinding({ registry, name, yanked }: HeldFile): readonly FindingFact[] {
  if (yanked === false) return [];
  const reason = typeof yanked === "string" ? `: ${yanked}` : "";
  return [{ id: "VR-YANKED", level: "blocks", message: `"${name}" is yanked at "${registry}"${reason}` }];
}
