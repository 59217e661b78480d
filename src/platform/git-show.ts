// Texts of files of commits, with one git process for all that are asked for at the same time: a plan reads the
// manifests of every package, and starting git takes longer than its answer.
import type { GitRunner } from "./git-command.ts";
import { requireObjectId, showOddFile } from "./git-read.ts";

export interface FileOfCommit {
  readonly commit: string;
  readonly path: string;
}

/** Text of a file of a commit in a folder's repository; undefined where it is missing or no file. */
export type ShowFile = (folder: string, file: FileOfCommit) => Promise<string | undefined>;

interface Request {
  readonly name: string;
  resolve(text: string | undefined): void;
  reject(error: unknown): void;
}

/** Files that one process is asked for. */
const togetherMax = 500;

/** What is asked for before the caller lets go of the thread is asked of git together. */
export function createShowFile(git: GitRunner): ShowFile {
  const waiting = new Map<string, Request[]>();
  return async (folder, file) => {
    const commit = requireObjectId(file.commit);
    // The batch takes one object per line.
    if (file.path.includes("\n")) return showOddFile(git, folder, file);
    if (!isTreePath(file.path)) return undefined;
    return new Promise((resolve, reject) => {
      const request: Request = { name: `${commit}:${file.path}`, resolve, reject };
      const open = waiting.get(folder);
      if (open !== undefined && open.length < togetherMax) return void open.push(request);
      const requests = [request];
      waiting.set(folder, requests);
      queueMicrotask(() => {
        if (waiting.get(folder) === requests) waiting.delete(folder);
        void answer(git, folder, requests);
      });
    });
  };
}

async function answer(git: GitRunner, folder: string, requests: readonly Request[]): Promise<void> {
  try {
    const texts = await ask(git, folder, requests);
    for (const [index, request] of requests.entries()) request.resolve(texts[index]);
  } catch (error) {
    for (const request of requests) request.reject(error);
  }
}

async function ask(git: GitRunner, folder: string, requests: readonly Request[]): Promise<readonly (string | undefined)[]> {
  const input = requests.map((request) => `${request.name}\n`).join("");
  const text = await git.read(folder, ["cat-file", "--batch"], { input });
  const [only] = requests;
  if (requests.length === 1 && only !== undefined) return [textOfOne(text)];
  const texts = textsOfBatch(Buffer.from(text), requests);
  if (texts !== undefined) return texts;
  // A file that is not UTF-8 has another length as text, so that the others are not found behind it.
  const alone: (string | undefined)[] = [];
  for (const request of requests) alone.push(textOfOne(await git.read(folder, ["cat-file", "--batch"], { input: `${request.name}\n` })));
  return alone;
}

const found = /^[0-9a-f]+ (?<kind>[a-z]+) (?<size>[0-9]+)$/;

/** `<object> blob <size>`; anything else says that the path is missing or no file. */
function textOfOne(text: string): string | undefined {
  const headEnd = text.indexOf("\n");
  return found.exec(text.slice(0, headEnd))?.groups?.["kind"] === "blob" ? text.slice(headEnd + 1, -1) : undefined;
}

/** Undefined when the answers do not stand where their lengths say. */
function textsOfBatch(bytes: Buffer, requests: readonly Request[]): readonly (string | undefined)[] | undefined {
  const texts: (string | undefined)[] = [];
  let at = 0;
  for (const { name } of requests) {
    const headEnd = bytes.indexOf("\n", at);
    if (headEnd === -1) return undefined;
    const line = bytes.toString("utf8", at, headEnd);
    const head = found.exec(line)?.groups;
    if (head === undefined && line !== `${name} missing`) return undefined;
    at = headEnd + 1;
    if (head === undefined) {
      texts.push(undefined);
      continue;
    }
    const end = at + Number(head["size"]);
    if (bytes[end] !== lineFeed) return undefined;
    texts.push(head["kind"] === "blob" ? bytes.toString("utf8", at, end) : undefined);
    at = end + 1;
  }
  return at === bytes.length ? texts : undefined;
}

const lineFeed = 10;

/** `./x` and `../x` would be read from the folder git stands in. */
function isTreePath(path: string): boolean {
  return path !== "" && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
