// A GitHub on loopback that stands for a real one, with a project's slipway.yaml pointed at it: for journeys of examples
// that make a release page. The door before it stays where it is when the forge behind it is exchanged.
import path from "node:path";
import { createSystemClock } from "../../src/platform/clock.ts";
import { startRehearsalForge, type RehearsalForge } from "../../src/forges/github/rehearsal/server.ts";
import type { StoredComment, StoredIssue, StoredRelease } from "../../src/forges/github/rehearsal/state.ts";
import { edit } from "./bed.ts";
import { enterprisePath, openDoor } from "./door.ts";

/** What a run is given for its release page. */
export const forgeTokens = { GH_TOKEN: "rehearsal-writer-of-a-journey" };

export interface ProjectForge {
  /** Address for `forge: { url }`, the same as long as it is open. */
  readonly url: string;
  releases(): readonly StoredRelease[];
  issues(): readonly StoredIssue[];
  comments(): readonly StoredComment[];
  /** How often each call that changes something was carried out. */
  done(): Readonly<Record<string, number>>;
  openIssue(title: string, label: string): Promise<void>;
  /** A tag as if it had been pushed to the forge. */
  pushed(tag: string, commit: string): Promise<void>;
  /** The same address, and nothing there. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** @param folder for what it holds */
export async function openProjectForge(folder: string, repository: string): Promise<ProjectForge> {
  let stores = 0;
  const start = (): Promise<RehearsalForge> =>
    startRehearsalForge({
      repository,
      defaultBranch: "main",
      clock: createSystemClock(),
      storeFolder: path.join(folder, `forge-${(stores += 1)}`),
      announced: false,
    });
  let forge = await start();
  const door = await openDoor({ to: () => forge.url, lead: enterprisePath });
  return {
    url: door.url,
    releases: () => forge.state().releases,
    issues: () => forge.state().issues,
    comments: () => forge.state().comments,
    done: () => forge.state().done,
    openIssue: async (title, label) => void (await forge.owner.openIssue({ title, labels: [label] })),
    pushed: (tag, commit) => forge.owner.pushed(`refs/tags/${tag}`, commit),
    empty: async () => {
      await forge.close();
      forge = await start();
    },
    close: async () => {
      await door.close();
      await forge.close();
    },
  };
}

/** Gives `forge:` of slipway.yaml an address; nothing else of the file changes. @throws when it has no such line */
export function pointForgeAt(project: string, url: string): void {
  edit(project, "slipway.yaml", (text) => {
    const pointed = text.replace(/^forge: \{ kind: github, /m, `forge: { kind: github, url: "${url}", `);
    if (pointed === text) throw new Error("the example names no forge");
    return pointed;
  });
}
