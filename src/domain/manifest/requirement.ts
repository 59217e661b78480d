// What a requirement on a package of the same workspace has to say once that package has its new version. Exact, caret
// and tilde requirements follow the version (S3.1); ranges that take the new version anyhow stay as they are; one that
// would not take it is refused, because what it should become is somebody's decision.
import satisfies from "semver/functions/satisfies.js";

export interface Asked {
  /** As written. */
  readonly requirement: string;
  /** SemVer texts. */
  readonly from: string;
  readonly to: string;
  readonly dialect: "cargo" | "npm";
}

export type Adapted =
  /** Offsets in the requirement, and what has to stand between them. */
  | { readonly kind: "write"; readonly start: number; readonly end: number; readonly text: string }
  | { readonly kind: "keep" }
  | { readonly kind: "refused"; readonly reason: string };

const single = {
  cargo: /^(\s*(?:=|\^|~)?\s*)([0-9]+(?:\.[0-9]+){0,2}(?:[-+][0-9A-Za-z.+-]+)?)\s*$/,
  npm: /^((?:workspace:)?\s*(?:=|\^|~)?\s*v?)([0-9]+(?:\.[0-9]+){0,2}(?:[-+][0-9A-Za-z.+-]+)?)\s*$/,
};

/** Whoever asks for a package of a workspace asks in the same words, most of the time. */
let last: { readonly asked: Asked; readonly adapted: Adapted } | undefined;

export function adaptRequirement(asked: Asked): Adapted {
  if (last === undefined || !sameQuestion(last.asked, asked)) last = { asked, adapted: adapt(asked) };
  return last.adapted;
}

function sameQuestion(one: Asked, other: Asked): boolean {
  return one.requirement === other.requirement && one.from === other.from && one.to === other.to && one.dialect === other.dialect;
}

function adapt(asked: Asked): Adapted {
  const { requirement, from, to, dialect } = asked;
  const found = single[dialect].exec(requirement);
  if (!takes(asked, from)) {
    // npm then takes the package from the registry, on purpose or not; cargo cannot build such a workspace at all.
    if (dialect === "npm" || requirement.trim() === to) return { kind: "keep" };
    return found !== null && takes(asked, to) ? { kind: "keep" } : refused(`"${requirement}" does not take ${from}, which the package had`);
  }
  if (found === null) return takes(asked, to) ? { kind: "keep" } : refused(`"${requirement}" does not take ${to}`);
  const [, before = "", version = ""] = found;
  const text = asPrecise(version, to);
  if (text === version) return { kind: "keep" };
  return { kind: "write", start: before.length, end: before.length + version.length, text };
}

/** `1.2` stays two numbers long; a prerelease has to be said whole, since no shorter requirement takes one. */
function asPrecise(version: string, to: string): string {
  const count = version.split(/[-+]/)[0]?.split(".").length ?? 3;
  return count === 3 || to.includes("-") ? to : (to.split("+")[0]?.split(".").slice(0, count).join(".") ?? to);
}

function takes({ requirement, dialect }: Asked, version: string): boolean {
  if (dialect === "npm") {
    const range = requirement.replace(/^workspace:/, "").trim();
    // `workspace:^` and the like follow by themselves; a path or an address is no range.
    if (/^[\^~*]?$/.test(range)) return true;
    return satisfies(version, range);
  }
  // Cargo: several comparators with commas, and a bare version means a caret.
  const range = requirement.split(",").map((one) => (/^[0-9]/.test(one.trim()) ? `^${one.trim()}` : one.trim()));
  return satisfies(version, range.join(" "));
}

function refused(reason: string): Adapted {
  return { kind: "refused", reason };
}
