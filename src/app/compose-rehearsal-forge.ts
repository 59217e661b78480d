// The forge of a rehearsal: one inside Slipway that answers as GitHub does, over the rehearsal's own git remote. It is
// started when a step first asks for it.
import path from "node:path";
import { rehearsalForgeCredential } from "../forges/credentials.ts";
import { githubForge } from "../forges/github/client.ts";
import { parseForgeFaults } from "../forges/github/rehearsal/faults.ts";
import { startRehearsalForge, type RehearsalForge } from "../forges/github/rehearsal/server.ts";
import type { Forge } from "../forges/forge.ts";
import { catalogueName, type Plan } from "../domain/plan/plan.ts";
import { openHttp } from "../platform/http.ts";
import type { Forges } from "./forges.ts";
import { remoteFolder } from "./run-remote.ts";
import type { World } from "./world.ts";

type Around = Pick<World, "clock" | "env" | "version" | "exec" | "git">;

export interface RehearsalForges extends Forges {
  close(): Promise<void>;
}

export interface ForgePlace {
  /** The rehearsal's folder. */
  readonly folder: string;
  /** Root of the user's repository. */
  readonly repository: string;
  /** Fault profiles of the forge, as `--faults` names them behind `forge/`. */
  readonly faults: readonly string[];
}

/** How long "absent" may be stale here: nothing stands before the server. */
const settleMs = 250;

export function rehearsalForges(world: Around, plan: Plan, place: ForgePlace): RehearsalForges {
  let started: Promise<{ readonly server: RehearsalForge; readonly forge: Forge }> | undefined;
  return {
    open: async () => (await (started ??= start(world, plan, place))).forge,
    has: async () => ({ there: true, variables: "" }),
    credential: () => Promise.resolve(rehearsalForgeCredential()),
    close: async () => {
      await (await started)?.server.close();
    },
  };
}

async function start(world: Around, plan: Plan, place: ForgePlace): Promise<{ readonly server: RehearsalForge; readonly forge: Forge }> {
  const repository = plan.forge?.repository ?? "owner/name";
  const folder = remoteFolder(place.folder, "origin");
  await world.git.clone(place.repository, folder);
  const server = await startRehearsalForge({
    repository,
    git: { folder, exec: world.exec, path: world.env["PATH"] ?? "" },
    defaultBranch: plan.source.branch ?? "main",
    workflows: workflowsOf(plan),
    faults: place.faults.flatMap(parseForgeFaults),
    clock: world.clock,
    storeFolder: path.join(place.folder, "forge"),
  });
  // The issue that tracks the release is somebody's work of today; in a rehearsal it is there.
  if (plan.tracker !== undefined) await server.owner.openIssue({ title: plan.tracker.title, labels: [plan.tracker.label] });
  const http = openHttp({ userAgent: `slipway/${world.version}`, env: {} });
  const { url: webUrl, apiUrl, uploadUrl } = server;
  const forge = githubForge({
    name: "forge",
    repository,
    world: "rehearsal",
    apiUrl,
    uploadUrl,
    webUrl,
    settleMs,
    clock: world.clock,
    http,
  });
  return { server, forge };
}

/** The workflows that the plan starts, as the forge would have them: each shows the mark that it was given. */
function workflowsOf(plan: Plan): readonly { readonly file: string; readonly inputs: readonly string[]; readonly runName: string }[] {
  return plan.steps
    .filter((step) => catalogueName(step) === "dispatch")
    .map(({ input }) => {
      const { pipeline, workflow } = input as { readonly pipeline: string; readonly workflow?: string };
      return { file: workflow ?? `${pipeline}.yml`, inputs: ["tag", "slipway"], runName: "${{ inputs.slipway }}" };
    });
}
