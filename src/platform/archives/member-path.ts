// Which names a member of a release's archive may have. A name that one reader takes for another place, another file
// or the outside of the folder is a fault (reference/protocols §1.4, trust §7 row 13: zip slip, parser confusion).
import type { ArchiveMember } from "../ports.ts";
import { shown, type Faults } from "./faults.ts";
import { depthMax, nameBytesMax } from "./limits.ts";

/** Controls of one byte and of two, line ends of Unicode, and turns of the reading direction: they show another name than they are. */
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** What is wrong with a member's name, folders without their final `/`; undefined when nothing is. */
export function pathFault(path: string): string | undefined {
  if (path === "") return "A member has an empty name";
  if (controlCharacter.test(path)) return `Name ${shown(path)} has a control character`;
  if (path.includes("\\")) return `Name ${shown(path)} has a backslash`;
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return `Name ${shown(path)} is an absolute path`;
  if (Buffer.byteLength(path) > nameBytesMax) return `Name ${shown(path)} is longer than ${nameBytesMax} bytes`;
  return segmentFault(path);
}

function segmentFault(path: string): string | undefined {
  const segments = path.split("/");
  if (segments.length > depthMax) return `Name ${shown(path)} is deeper than ${depthMax} folders`;
  if (segments.includes("..")) return `Name ${shown(path)} leads upwards with ".."`;
  if (segments.includes("") || segments.includes(".")) return `Name ${shown(path)} has an empty or "." part`;
  return undefined;
}

/** Adds a fault for every name that occurs twice, and for every file that is also used as a folder. */
export function addTreeFaults(members: readonly ArchiveMember[], faults: Faults): void {
  const kinds = new Map<string, ArchiveMember["kind"]>();
  for (const member of members) {
    if (kinds.has(member.path)) faults.add(`Name ${shown(member.path)} occurs twice`);
    kinds.set(member.path, member.kind);
  }
  addSpellingFaults(members, faults);
  for (const member of members) {
    for (const folder of foldersAbove(member.path)) {
      const kind = kinds.get(folder);
      if (kind !== undefined && kind !== "folder") faults.add(`${shown(folder)} is a ${kind} and also holds ${shown(member.path)}`);
    }
  }
}

/** Some file systems take two spellings of a letter outside ASCII (UAX #15) for one name, and the later file for the earlier one. */
function addSpellingFaults(members: readonly ArchiveMember[], faults: Faults): void {
  const spellings = new Map<string, string>();
  for (const { path } of members) {
    if (isAscii(path)) continue;
    const normal = path.normalize("NFC");
    const other = spellings.get(normal) ?? path;
    if (other !== path) faults.add(`Names ${shown(other)} and ${shown(path)} are one name in two spellings`);
    spellings.set(normal, path);
  }
}

function isAscii(path: string): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant, controls among it.
  return /^[\u0000-\u007f]*$/.test(path);
}

function* foldersAbove(path: string): Generator<string, void, undefined> {
  let slash = path.indexOf("/");
  for (let depth = 0; slash > 0 && depth < depthMax; depth += 1) {
    yield path.slice(0, slash);
    slash = path.indexOf("/", slash + 1);
  }
}
