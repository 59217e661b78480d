// Tags, read with one `for-each-ref`: never a process per tag (reference/performance.md, design consequence 2).
import { SlipwayError } from "../domain/error.ts";
import type { GitRunner } from "./git-command.ts";
import { parseTrailers } from "./git-trailers.ts";
import type { GitTag } from "./ports.ts";

/** Fields of one ref. NUL ends each, so that messages may hold anything else. */
const fields = [
  "refname",
  "objecttype",
  "objectname",
  "*objecttype",
  "*objectname",
  "committerdate:unix",
  "*committerdate:unix",
  "taggername",
  "taggeremail",
  "contents:signature",
  "contents",
] as const;

export const refFormat = `--format=${fields.map((field) => `%(${field})%00`).join("")}`;

export interface RefRow {
  readonly ref: string;
  /** Commit it leads to; undefined for trees, blobs, and for tags of tags (see `tag`). */
  readonly commit: string | undefined;
  readonly epochSeconds: number | undefined;
  readonly tag: GitTag | undefined;
  readonly nested: boolean;
}

/** Pure. @param text output of `for-each-ref` with `refFormat` */
export function parseRefs(text: string): readonly RefRow[] {
  const values = text.split("\0");
  const rows: RefRow[] = [];
  for (let at = 0; at + fields.length < values.length; at += fields.length) {
    rows.push(rowOf(values.slice(at, at + fields.length)));
  }
  return rows;
}

function rowOf(values: readonly string[]): RefRow {
  const [
    ref = "",
    type = "",
    object = "",
    innerType = "",
    inner = "",
    date = "",
    innerDate = "",
    name = "",
    email = "",
    signature = "",
    contents = "",
  ] = values;
  const annotated = type === "tag";
  const commit = type === "commit" ? object : innerType === "commit" ? inner : undefined;
  const time = annotated ? innerDate : date;
  // The line end that git writes after each ref stands before the next.
  const fullName = ref.replace(/^\n/, "");
  const message = annotated ? withoutSignature(contents, signature) : "";
  const tagger = `${name} ${email}`.trim();
  const tag: GitTag | undefined =
    commit === undefined || !fullName.startsWith("refs/tags/")
      ? undefined
      : {
          name: fullName.slice("refs/tags/".length),
          commit,
          annotated,
          message,
          trailers: parseTrailers(message),
          ...(annotated && tagger !== "" ? { tagger } : {}),
        };
  return { ref: fullName, commit, epochSeconds: time === "" ? undefined : Number(time), tag, nested: innerType === "tag" };
}

function withoutSignature(contents: string, signature: string): string {
  const text = signature !== "" && contents.endsWith(signature) ? contents.slice(0, -signature.length) : contents;
  return text.replace(/\n+$/, "");
}

/** Most tags that one repository may have. */
const tagsMax = 100_000;
const listFormat = "--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)";

export interface WantedTags {
  /** As for-each-ref takes it: `*` stops at `/`, `**` does not. */
  readonly glob: string;
  /** Full object id of a commit: those that it contains, alone. */
  readonly containedIn?: string;
}

export async function listTags(
  git: GitRunner,
  folder: string,
  { glob, containedIn }: WantedTags,
): Promise<readonly { readonly name: string; readonly commit: string }[]> {
  if (/[\0\n]/.test(glob)) return [];
  const only = containedIn === undefined ? [] : [`--merged=${containedIn}`];
  const text = await git.read(folder, ["for-each-ref", `--count=${tagsMax + 1}`, ...only, listFormat, `refs/tags/${glob}`]);
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length > tagsMax) throw new SlipwayError("GIT_FAILED", `Cannot list the tags "${glob}": there are more than ${tagsMax}`);
  const tags = await Promise.all(
    lines.map(async (line) => {
      const [ref = "", type, object, innerType, inner] = line.split("\0");
      const commit =
        type === "commit" ? object : innerType === "commit" ? inner : innerType === "tag" ? await peel(git, folder, ref) : undefined;
      return commit === undefined ? [] : [{ name: ref.slice("refs/tags/".length), commit }];
    }),
  );
  return tags.flat();
}

export async function readTag(git: GitRunner, folder: string, name: string): Promise<GitTag | undefined> {
  if (!isRefName(name)) return undefined;
  const ref = `refs/tags/${name}`;
  const row = parseRefs(await git.read(folder, ["for-each-ref", refFormat, ref])).find((one) => one.ref === ref);
  if (row === undefined) return undefined;
  if (!row.nested) return row.tag;
  const commit = await peel(git, folder, ref);
  return commit === undefined ? undefined : { name, commit, annotated: true, message: "", trailers: {} };
}

/** Commit that a tag of a tag leads to. Older gits follow one tag only in `for-each-ref`. */
async function peel(git: GitRunner, folder: string, ref: string): Promise<string | undefined> {
  const answer = await git.ask(folder, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return answer.code === 0 ? answer.stdout.trim() : undefined;
}

/** The rules of git-check-ref-format(1), so that no name is read as an option, a range or a pattern. */
export function isRefName(name: string): boolean {
  if (
    name === "" ||
    name.length > 1_000 ||
    name === "@" ||
    name.startsWith("-") ||
    /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$|^\//.test(name)
  )
    return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
