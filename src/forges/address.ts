// Addresses at a forge's API. Every name is encoded on its own, so that no owner, tag or file name can lead to another place.
import { SlipwayError } from "../domain/error.ts";

/** Segments of a path in order, joined to a base. Numbers and names alike. @throws SlipwayError FORGE_NAME_INVALID */
export function address(
  base: string,
  segments: readonly (string | number)[],
  query: Readonly<Record<string, string | number>> = {},
): string {
  const path = segments.map((segment) => encodeSegment(String(segment))).join("/");
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString();
  return `${base.replace(/\/+$/, "")}/${path}${asked === "" ? "" : `?${asked}`}`;
}

/** A reference such as `tags/v1`, whose slashes are part of the path. */
export function refSegments(...parts: readonly string[]): readonly string[] {
  return parts.flatMap((part) => part.split("/"));
}

/** `.` and `..` are taken away by whoever reads an address, encoded or not. */
function encodeSegment(segment: string): string {
  if (segment === "" || segment === "." || segment === ".." || /\p{Cc}/u.test(segment) || !segment.isWellFormed()) {
    throw new SlipwayError("FORGE_NAME_INVALID", `Cannot ask a forge for "${segment.slice(0, 80)}": it is no name that a forge can have`);
  }
  return encodeURIComponent(segment);
}

/** `owner/name`, checked. @throws SlipwayError FORGE_NAME_INVALID */
export function repositoryName(text: string): { readonly owner: string; readonly name: string } {
  const [, owner = "", name = ""] = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,99})\/([A-Za-z0-9._-]{1,100})$/.exec(text) ?? [];
  if (owner === "" || name === "." || name === ".." || name.endsWith(".git")) {
    throw new SlipwayError(
      "FORGE_NAME_INVALID",
      `Cannot use "${text.slice(0, 200)}" as a repository at a forge: it should be "owner/name"`,
    );
  }
  return { owner, name };
}
