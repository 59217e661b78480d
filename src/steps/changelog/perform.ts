// Performs `changelog`: one section after the other, since several may stand in one file; then what the release page needs.
import { posix } from "node:path";
import { notesOf, notesBytesMax } from "../../domain/changelog/notes.ts";
import { bodyOf, hasContent, readChangelog, sectionOf } from "../../domain/changelog/read.ts";
import { dayOf, newChangelog, writeSection, type NewSection } from "../../domain/changelog/write.ts";
import { readVersion } from "../../domain/version/scheme.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";
import { readInside } from "./files.ts";
import { failed, generate, type Failed } from "./generate.ts";
import { targetsOf, type ChangelogInput, type Target } from "./input.ts";

/** Notes of all packages together: the output of a step is journaled. */
const allNotesBytesMax = 8 * notesBytesMax;

export async function performChangelog(frozen: Frozen<ChangelogInput>, ports: WorkPorts): Promise<Worked> {
  const targets = targetsOf(frozen.packages);
  if (targets.length === 0) return noChangelog();
  const bytesMax = Math.min(notesBytesMax, Math.floor(allNotesBytesMax / targets.length));
  const sections: Told[] = [];
  for (const target of targets) {
    const done = await tell(target, { frozen, ports, bytesMax });
    if (done.kind === "failed") return done;
    sections.push(done.told);
  }
  const paths = [...new Set(sections.flatMap((one) => (one.changed ? [one.file] : [])))];
  return {
    kind: "done",
    output: { sections },
    artifacts: [],
    ...(paths.length === 0 ? {} : { source: { kind: "keep" as const, paths } }),
  };
}

export function noChangelog(): Failed {
  const message = "Cannot write a changelog: no package of slipway.yaml names one";
  return { ...failed("CHANGELOG_SECTION", message), hint: "Say where it is: `changelog: { file: CHANGELOG.md }` beside the package" };
}

// --- helpers ----------------------------------------------------------------------------------

/** One member of the output. `notes` is the section's text; absent: the file does not tell this version. */
interface Told {
  readonly [key: string]: string | boolean | string[];
  readonly package: string;
  readonly packages: string[];
  readonly file: string;
  readonly version: string;
  readonly changed: boolean;
}

interface Around {
  readonly frozen: Frozen<ChangelogInput>;
  readonly ports: WorkPorts;
  readonly bytesMax: number;
}

type Done = { readonly kind: "told"; readonly told: Told } | Failed;

async function tell(target: Target, around: Around): Promise<Done> {
  const { frozen, ports } = around;
  const found = await readInside(ports.files, ports.workFolder, target.file);
  if (found.kind === "unusable") return failed("CHANGELOG_SECTION", `Cannot read the changelog of "${target.one.id}": ${found.why}`);
  const before = found.kind === "text" ? found.text : undefined;
  const made = target.generated ? await generate(target, before ?? newChangelog, { head: frozen.head, ports }) : undefined;
  if (made?.kind === "failed") return made;
  const added = newSection(target, frozen.head.epochSeconds, made?.section);
  const start = before ?? (target.generated ? newChangelog : "");
  const written = writeSection(start, added, target.headings);
  if (written.kind === "different" && frozen.input.existing !== "keep") return refuseDifferent(target, written.line);
  const after = written.kind === "written" ? written.text : start;
  if (written.kind === "written") await ports.files.writeText(posix.join(ports.workFolder, target.file), after);
  return judge(target, {
    ...around,
    after,
    isThere: before !== undefined || written.kind === "written",
    changed: written.kind === "written",
  });
}

function newSection(
  target: Target,
  epochSeconds: number,
  made: { readonly body: string; readonly heading?: string } | undefined,
): NewSection {
  const tag = target.tag === undefined ? {} : { tag: target.tag };
  return { version: target.one.version, date: dayOf(epochSeconds), ...tag, ...made };
}

interface After extends Around {
  readonly after: string;
  readonly isThere: boolean;
  readonly changed: boolean;
}

/** What the file says of the version now. */
function judge(target: Target, { ports, after, isThere, changed, bytesMax }: After): Done {
  const { one, file, headings } = target;
  const changelog = readChangelog(after, headings);
  const section = sectionOf(changelog, readVersion(headings.scheme, one.version), headings);
  const base = { package: one.id, packages: target.packages.map(({ id }) => id), file, version: one.version, changed };
  if (section !== undefined && hasContent(bodyOf(changelog, section))) {
    ports.print(`${file}: ${changed ? "wrote" : "has"} the section of ${one.name} ${one.version}`);
    return { kind: "told", told: { ...base, notes: notesOf(changelog, section, { file, bytesMax }) } };
  }
  const why = !isThere ? "it is not there" : section === undefined ? "it has no section for it" : "its section is empty";
  if (target.required) return refuseMissing(target, why);
  ports.print(`${file} does not tell ${one.name} ${one.version}: ${why}`);
  return { kind: "told", told: base };
}

function refuseMissing({ one, file }: Target, why: string): Failed {
  const message = `Cannot release ${one.name} ${one.version} without its changes in "${file}": ${why}`;
  return {
    ...failed("CHANGELOG_SECTION", message),
    hint: `Write them under \`## ${one.version}\`, or under \`## [Unreleased]\`, and commit`,
  };
}

function refuseDifferent({ one, file }: Target, line: number): Failed {
  const message = `Cannot write the section of ${one.name} ${one.version}: ${file}:${line} has one with another text than the commits give`;
  return {
    ...failed("CHANGELOG_SECTION", message),
    hint: "Remove that section, or keep it as it is with `with: { existing: keep }`",
    details: { file, line },
  };
}
