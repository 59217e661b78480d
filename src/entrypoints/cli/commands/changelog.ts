// `slipway changelog`: the changelog of the whole history on standard output, each release as soon as it is read.
import { tellHistory, type HistoryHead } from "../../../app/tell-history.ts";
import type { ReleaseSection } from "../../../domain/changelog/by-release.ts";
import { dayOf, newChangelog } from "../../../domain/changelog/write.ts";
import type { Context } from "../context.ts";
import { jsonText, type Terminal } from "../terminal.ts";

export interface ChangelogOptions {
  readonly package?: string;
  readonly released?: boolean;
}

export const changelogSchema = "slipway-changelog/1";

export async function changelogCommand({ world, terminal }: Context, options: ChangelogOptions): Promise<number> {
  const released = options.released === true;
  const shown = terminal.json ? asJson(terminal) : asMarkdown(terminal);
  let head: HistoryHead | undefined;
  let hasUnreleased = false;
  await tellHistory(
    world,
    { package: options.package, released },
    {
      onHead(one) {
        head = one;
        shown.begin(one);
      },
      onSection(section) {
        hasUnreleased ||= section.release === undefined;
        shown.section(section);
      },
    },
  );
  shown.end();
  for (const note of notesOn(head, hasUnreleased)) terminal.err(`${terminal.style("yellow", "note")} ${note}\n`);
  return 0;
}

/** Pure. What a person should know who keeps what was printed. */
export function notesOn(head: Pick<HistoryHead, "complete" | "generated"> | undefined, hasUnreleased: boolean): readonly string[] {
  const twice = "what is not released yet is written again when it is released (`by: git-cliff`); `--released` leaves it out";
  return [
    ...(head?.complete === false ? ["this clone is shallow, and older commits are not told: run `git fetch --unshallow --tags`"] : []),
    ...(head?.generated === true && hasUnreleased ? [twice] : []),
  ];
}

interface Shown {
  begin(head: HistoryHead): void;
  section(section: ReleaseSection): void;
  end(): void;
}

function asMarkdown(terminal: Pick<Terminal, "out">): Shown {
  const out = inBlocks(terminal);
  return {
    begin: () => out.write(newChangelog),
    section: ({ release, text }) => {
      const title = release === undefined ? "Unreleased" : `${release.version} - ${dayOf(release.epochSeconds)}`;
      out.write(`\n## ${title}\n\n${text}\n`);
    },
    end: out.end,
  };
}

/** One document on one line, as the other commands print it; only that it comes piece by piece. */
function asJson(terminal: Pick<Terminal, "out">): Shown {
  const out = inBlocks(terminal);
  let separator = "";
  return {
    begin({ project, package: id, commit, complete }) {
      const head = jsonText({ schema: changelogSchema, project, ...(id === undefined ? {} : { package: id }), commit, complete });
      out.write(`${head.slice(0, -1)},"sections":[`);
    },
    section({ release, count, text }) {
      const date = release === undefined ? {} : { date: dayOf(release.epochSeconds) };
      const named = release === undefined ? {} : { version: release.version, tag: release.tag, commit: release.commit };
      out.write(`${separator}${jsonText({ ...named, ...date, count, text })}`);
      separator = ",";
    },
    end() {
      out.write("]}\n");
      out.end();
    },
  };
}

const blockLength = 64 * 1024;

/** Fewer writes than sections, and a small part of a long text in memory. */
function inBlocks(terminal: Pick<Terminal, "out">): { write(text: string): void; end(): void } {
  let waiting = "";
  const flush = (): void => {
    if (waiting !== "") terminal.out(waiting);
    waiting = "";
  };
  return {
    write(text) {
      waiting += text;
      if (waiting.length >= blockLength) flush();
    },
    end: flush,
  };
}
