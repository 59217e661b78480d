// Where the links of a source distribution may lead: to something inside its one folder, and nowhere else
// (reference/protocols §9.1: no links leaving the tree). Decided by text alone, since nothing is ever unpacked.
import { shown, type Faults } from "./faults.ts";
import type { TarMember } from "./tar-walk.ts";

/** Adds a fault for every link that leaves the tree, or whose way depends on what other links do. */
export function addLinkFaults(members: readonly TarMember[], faults: Faults): void {
  const filesBefore = new Set<string>();
  for (const member of members) {
    if (member.kind === "file") filesBefore.add(member.path);
    if (member.link === undefined) continue;
    const fault = member.link.hard ? hardLinkFault(member.link.to, filesBefore) : symbolicLinkFault(member.path, member.link.to);
    if (fault !== undefined) faults.add(`${shown(member.path)} is a link to ${shown(member.link.to)}, ${fault}`);
  }
}

/** A hard link names a member by its path in the archive, which must have come before. */
function hardLinkFault(to: string, filesBefore: ReadonlySet<string>): string | undefined {
  return filesBefore.has(to) ? undefined : "which is no file that came before it";
}

/** `..` may stand at the beginning only: behind a name that is a link itself it would lead somewhere else. */
function symbolicLinkFault(path: string, to: string): string | undefined {
  if (to === "" || to.startsWith("/") || to.includes("\\") || /^[A-Za-z]:/.test(to)) return "which is not a relative path";
  const parts = to.split("/").filter((part) => part !== "" && part !== ".");
  const up = parts.findIndex((part) => part !== "..");
  const upwards = up === -1 ? parts.length : up;
  if (parts.slice(upwards).includes("..")) return "which goes down and up again";
  const foldersAbove = path.split("/").length - 1;
  return upwards < foldersAbove ? undefined : "which leads out of the tree";
}
