// All commits of a history, handed on one by one as git prints them, so that no history is too long for memory
// (reference/performance.md §13, row 3). NUL ends each field, so that messages and paths may hold anything.
import { SlipwayError } from "../domain/error.ts";
import type { DatedCommit } from "../domain/version/history.ts";
import type { GitRunner } from "./git-command.ts";
import { logOptions, plainLog } from "./git-log.ts";
import { requireObjectId } from "./git-read.ts";

export interface HistoryWanted {
  /** Full object id of the newest commit. */
  readonly commit: string;
  readonly paths: boolean;
  readonly onCommit: (commit: DatedCommit) => void;
}

const timeoutMs = 30 * 60_000;
/** Longest message or path, in UTF-16 units. */
const fieldLengthMax = 16 * 1024 * 1024;
const format = "--format=tformat:%x00%H %ct %P%x00%B%x00";

/** @throws SlipwayError GIT_FAILED also for a message of more than 16 MiB */
export async function readHistory(git: GitRunner, folder: string, wanted: HistoryWanted): Promise<void> {
  const names = wanted.paths ? ["--name-only"] : [];
  const args = [...plainLog, "log", "-z", "--date-order", ...logOptions, ...names, format, requireObjectId(wanted.commit), "--"];
  const reader = createHistoryReader(wanted);
  await git.read(folder, args, { timeoutMs, onText: (text) => reader.push(text) });
  reader.end();
}

/** Pure. Reads the output of `git log -z` with `format`, in pieces of any size, with or without names. */
export function createHistoryReader({ paths, onCommit }: Pick<HistoryWanted, "paths" | "onCommit">): {
  push(text: string): void;
  end(): void;
} {
  let rest = "";
  // A record is: empty, commit, message, empty, names; the first name stands on a line of its own.
  let at = 0;
  let head = "";
  let message = "";
  let names: string[] = [];

  function hand(): void {
    const [commit = "", seconds = "", ...parents] = head.split(" ");
    const found = {
      commit,
      epochSeconds: Number(seconds),
      parents: parents[0] === "" ? [] : parents,
      message: message.trimEnd(),
      paths: names,
    };
    at = 0;
    names = [];
    onCommit(found);
  }

  function take(field: string): void {
    // The empty field after the names is the first one of the next record.
    if (at >= 4 && field === "") hand();
    if (at === 1) head = field;
    else if (at === 2) message = field;
    else if (at >= 4) names.push(at === 4 ? field.replace(/^\n/, "") : field);
    at += 1;
    if (at === 4 && !paths) hand();
  }

  return {
    push(text) {
      let start = 0;
      for (let end = text.indexOf("\0"); end !== -1; end = text.indexOf("\0", start)) {
        take(rest === "" ? text.slice(start, end) : rest + text.slice(start, end));
        rest = "";
        start = end + 1;
      }
      rest += text.slice(start);
      if (rest.length > fieldLengthMax)
        throw new SlipwayError(
          "GIT_FAILED",
          `Cannot read the history: a message or a path of it is longer than ${fieldLengthMax} characters`,
        );
    },
    end() {
      if (at >= 4) hand();
    },
  };
}
