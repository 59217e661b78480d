// What `slipway doctor` can find: one table of ids, from which the reference is made, `--only` is checked and every finding takes
// its name. An id is never given to something else: scripts ask for it (issue 6, item 5; reference/ux §4).
import type { FindingFact } from "../run/fact.ts";

/** A finding of `doctor`. A level that is not `fine` comes with a hint: the fix. */
export interface DoctorFinding extends FindingFact {
  readonly id: DoctorId;
  /** What was seen, and where: names of files, variables and hosts, never what they hold. */
  readonly evidence: string;
}

interface Entry {
  readonly about: "project" | "tools" | "source" | "state" | "credentials" | "publishers" | "windows" | "forge";
  /** What is looked at. */
  readonly looks: string;
  /** When it is more than `fine`, and what mends it. */
  readonly mend: string;
}

export const doctorCatalog = {
  "DR-PROJECT-01": { about: "project", looks: "slipway.yaml and the packages that it names", mend: "Mend what the message names" },
  "DR-TOOL-01": { about: "tools", looks: "git", mend: "Install git 2.30 or newer" },
  "DR-TOOL-02": { about: "tools", looks: "Python", mend: "Install Python 3.9 or newer" },
  "DR-TOOL-03": { about: "tools", looks: "uv, which is not needed", mend: "Install uv for quicker builds and installs" },
  "DR-TOOL-04": { about: "tools", looks: "the programs that packages of this project are built with", mend: "Install the program" },
  "DR-TOOLBOX-01": { about: "tools", looks: "Slipway's Python helpers", mend: "Mend what the message names" },
  "DR-DISK-01": { about: "tools", looks: "room where the state is kept", mend: "Make room, or move the state with --state" },
  "DR-CLOCK-01": {
    about: "tools",
    looks: "this machine's clock against a registry's: identities and windows are judged by the registry's",
    mend: "Set the clock by the network",
  },
  "DR-SOURCE-01": { about: "source", looks: "whether the clone is shallow", mend: "`git fetch --unshallow --tags`" },
  "DR-STATE-01": { about: "state", looks: "a run that is not finished", mend: "`slipway run`, or `slipway cancel`" },
  "DR-STATE-02": { about: "state", looks: "whether the journal can be read", mend: "Mend what the message names" },
  "DR-CRED-02": {
    about: "credentials",
    looks: "the stored token that slipway.yaml names for a registry, by name",
    mend: "Set the variable, or its _FILE or _FD",
  },
  "DR-PATH-01": {
    about: "credentials",
    looks: "variables that clients of a registry take a token from, beside the way that slipway.yaml names",
    mend: "Unset the variable, and revoke the token",
  },
  "DR-PATH-02": {
    about: "credentials",
    looks: "the fallback token of trusted publishing",
    mend: "Unset the variable, and revoke the token: it is for the day on which identities do not work",
  },
  "DR-BREAK-GLASS": {
    about: "credentials",
    looks: "releases for which a person let the fallback token in (`slipway break-glass`), until somebody says that the way is closed",
    mend: "Revoke and unset the token, then `slipway break-glass REGISTRY --close --reason …`",
  },
  "DR-PATH-03": {
    about: "credentials",
    looks: "the token for first versions, once every package is there",
    mend: "Unset the variable, revoke the token, and take `first:` out of slipway.yaml",
  },
  "DR-PATH-04": {
    about: "credentials",
    looks: "registries that take identities, and that slipway.yaml opens with a stored token",
    mend: "Enter a trusted publisher (`slipway doctor --publishers`), write `credentials: trusted-publishing`, revoke the token",
  },
  "DR-PATH-05": {
    about: "credentials",
    looks: "sections of .pypirc, netrc and Poetry's files",
    mend: "Revoke the token, and remove the section",
  },
  "DR-PATH-06": { about: "credentials", looks: "hosts in .npmrc files", mend: "Revoke the token, and remove the line" },
  "DR-PATH-07": { about: "credentials", looks: "registries in cargo's credentials", mend: "`cargo logout`, then revoke the token" },
  "DR-PATH-08": {
    about: "credentials",
    looks: "hosts in the files of docker and podman",
    mend: "Log out there, or use a credential helper",
  },
  "DR-PATH-09": {
    about: "credentials",
    looks: "logins of gh and glab, and what git stores in plain text",
    mend: "Use a login that may not write packages, or a helper that asks for each use",
  },
  "DR-PATH-10": {
    about: "credentials",
    looks: "the agent that can push the tag which starts a release",
    mend: "Protect the tags at the forge, or let the agent ask for each use (`ssh-add -c`)",
  },
  "DR-PATH-11": {
    about: "credentials",
    looks: "whether a registry goes on to take stored tokens beside identities: its owners alone can see it",
    mend: "Revoke what is listed there, and forbid tokens where the registry can",
  },
  "DR-PUB-01": {
    about: "publishers",
    looks: "the exact values that a registry is to trust; none shows what it was told",
    mend: "Compare them: `slipway doctor --publishers`",
  },
  "DR-PUB-02": {
    about: "publishers",
    looks: "whether the repository is known, at a forge whose identities registries take",
    mend: "Name it under `forge:`, or give a token by policy",
  },
  "DR-PUB-03": { about: "publishers", looks: "whether the registry takes identities", mend: "Write `credentials: { token: NAME }` for it" },
  "DR-PUB-04": {
    about: "publishers",
    looks: "the workflow that the registry is to trust, and others that may ask for identities",
    mend: "Name the workflow after the pipeline: registries compare its file name",
  },
  "DR-PUB-05": {
    about: "publishers",
    looks: "whether a job of it may ask for an identity",
    mend: "Write `permissions: { id-token: write }` for the job",
  },
  "DR-PUB-06": {
    about: "publishers",
    looks: "the reusable-workflow trap: registries and attestations look at different claims of a called workflow",
    mend: "Put the job that publishes into the workflow that is started",
  },
  "DR-PUB-07": {
    about: "publishers",
    looks: "the environment of the job that publishes",
    mend: "Write the job's environment as slipway.yaml has it",
  },
  "DR-PUB-08": {
    about: "publishers",
    looks: "events from which registries take no identity",
    mend: "Start the workflow by a tag, a dispatch or a published release",
  },
  "DR-PUB-09": {
    about: "publishers",
    looks: "whether the repository under `forge:` is the one of the remote",
    mend: "Name the repository that the workflow runs in",
  },
  "DR-PUB-10": {
    about: "publishers",
    looks: "whom an index let in for the newest version, where it shows it (PEP 740), against what slipway.yaml means",
    mend: "Enter the values that are meant, if the index was not told yet, and take away those of before",
  },
  "DR-FIRST-01": {
    about: "publishers",
    looks: "crates and npm packages that are not there yet: nobody can be trusted for them",
    mend: "Write `credentials: { use: trusted-publishing, first: { token: NAME } }`, and set NAME",
  },
  "DR-FIRST-02": {
    about: "publishers",
    looks: "projects of Python indexes that are not there yet: they need a pending publisher",
    mend: "Enter one (`slipway doctor --publishers`) within 30 days before the release; it reserves no name",
  },
  "DR-WINDOW-01": {
    about: "windows",
    looks: "PyPI takes new files for 14 days after a version's first",
    mend: "Finish the release, or release what is missing under the next version",
  },
  "DR-WINDOW-02": {
    about: "windows",
    looks: "a review at GitHub waits for 30 days at most, then its job fails",
    mend: "Review it, or cancel the run",
  },
  "DR-WINDOW-03": {
    about: "windows",
    looks: "how long a minted token lives (PyPI 15 min, crates 30 min) against what the registries' rate limits take",
    mend: "Publish from a job that can ask for another identity, or fewer packages at once",
  },
  "DR-FORGE-01": { about: "forge", looks: "whether the forge answers for the repository", mend: "Look at `forge:` in slipway.yaml" },
  "DR-FORGE-02": { about: "forge", looks: "the forge's credential, by name", mend: "Set the variable" },
  "DR-FORGE-03": {
    about: "forge",
    looks: "what starts a pipeline that another one starts",
    mend: "Start it by `uses: dispatch`, or with an app's token",
  },
  "DR-FORGE-04": { about: "forge", looks: "rules of the branch and of tags", mend: "Write `or: pull-request` for the step that pushes" },
} as const satisfies Record<string, Entry>;

export type DoctorId = keyof typeof doctorCatalog;

export const doctorIds = Object.keys(doctorCatalog) as readonly DoctorId[];
