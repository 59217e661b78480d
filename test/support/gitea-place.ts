// An example in a repository at a real Gitea: cloned and pushed over http, its release page there, and Gitea's own PyPI
// registry of two owners as its indexes. For the acceptance tier.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TestContext } from "node:test";
import { edit, makeBed, pointAt, startProgram, type Bed, type BedOptions, type Ended } from "./bed.ts";
import { giteaUser, pushSeen, type Gitea } from "./gitea.ts";

export interface GiteaPlace {
  readonly bed: Bed;
  /** `owner/name` */
  readonly repository: string;
  /** Owners whose registries stand for the two indexes. */
  readonly owners: { readonly testpypi: string; readonly pypi: string };
  /** What may write to the repository and its pages, what may read them, and what may upload. */
  readonly tokens: { readonly forge: string; readonly reader: string; readonly packages: string };
  /** Runs git at the remote's own address. */
  lsRemote(): ReadonlyMap<string, string>;
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  pages(): Promise<readonly GiteaPage[]>;
  /** Names, digests and uploaded copies of a package version's files in an owner's registry. */
  registryFiles(owner: string, name: string, version: string): Promise<readonly { readonly name: string; readonly sha256: string }[]>;
  /** A second machine: nothing of the first but the address of the repository. */
  otherMachine(name: string): OtherMachine;
}

export interface OtherMachine {
  /** Everything that is kept there. */
  readonly folder: string;
  slipway(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended>;
}

export interface GiteaPage {
  readonly id: number;
  readonly tag: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly body: string;
  /** By name: each copy's address. */
  readonly assets: readonly { readonly name: string; readonly url: string }[];
}

export interface GiteaPlaceOptions {
  readonly gitea: Gitea;
  readonly example: "two-pipelines" | "tag-driven";
  readonly prepare?: BedOptions["prepare"];
}

let places = 0;

const workflowText = `name: publish
run-name: \${{ inputs.slipway }}
on:
  workflow_dispatch:
    inputs:
      tag: { type: string, required: true }
      slipway: { type: string, required: true }
jobs:
  publish:
    runs-on: nowhere
    steps: [{ run: "true" }]
`;

/** Makes the repository and the owners, pushes the example's first commit; all of it is the test's own. */
export async function openGiteaPlace(context: TestContext, options: GiteaPlaceOptions): Promise<GiteaPlace> {
  const { gitea } = options;
  const suffix = `${options.example}-${(places += 1)}`;
  const repository = `${giteaUser}/${suffix}`;
  const owners = { testpypi: `test-${suffix}`, pypi: `final-${suffix}` };
  await gitea.api("POST", "user/repos", { name: suffix, default_branch: "main", private: false });
  for (const owner of Object.values(owners)) await gitea.api("POST", "orgs", { username: owner });
  const tokens = {
    forge: await gitea.tokenFor(["write:repository", "write:issue"]),
    reader: await gitea.tokenFor(["read:repository"]),
    packages: await gitea.tokenFor(["write:package"]),
  };
  const bed = makeBed({
    example: options.example,
    prepare: (project) => {
      pointAt(project, { testpypi: registryOf(gitea, owners.testpypi), pypi: registryOf(gitea, owners.pypi) });
      edit(project, "slipway.yaml", (text) => text.replaceAll("_TOKEN }", `_TOKEN, user: ${giteaUser} }`));
      pointForge(project, gitea, repository);
      mkdirSync(path.join(project, ".gitea", "workflows"), { recursive: true });
      writeFileSync(path.join(project, ".gitea", "workflows", "publish.yml"), workflowText);
      options.prepare?.(project);
    },
  });
  context.after(() => bed.remove());
  keepCredentials(bed, gitea, tokens.forge);
  const address = `${gitea.url}/${repository}.git`;
  bed.git("remote", "add", "origin", address);
  bed.git("push", "--quiet", "--set-upstream", "origin", "main");
  await pushSeen(gitea, `repos/${repository}`, "main");
  const api = (method: string, at: string, body?: unknown): Promise<unknown> => gitea.api(method, `repos/${repository}/${at}`, body);
  return {
    bed,
    repository,
    owners,
    tokens,
    api,
    lsRemote: () => refsIn(execFileSync("git", ["ls-remote", address], { encoding: "utf8", env: bed.env })),
    pages: async () => itemsOf(await api("GET", "releases?limit=50")).map(pageOf),
    registryFiles: async (owner, name, version) => {
      const listed = await gitea.api("GET", `packages/${owner}/pypi/${name}/${version}/files`);
      return itemsOf(listed).map((one) => ({ name: textIn(one, "name"), sha256: textIn(one, "sha256") }));
    },
    otherMachine: (name) => otherMachine(bed, address, name),
  };
}

function registryOf(gitea: Gitea, owner: string): { readonly url: string; readonly index: string } {
  const root = `${gitea.url}/api/packages/${owner}/pypi`;
  return { url: root, index: `${root}/simple` };
}

function pointForge(project: string, gitea: Gitea, repository: string): void {
  edit(project, "slipway.yaml", (text) => {
    const pointed = text.replace(/^forge: .*$/m, `forge: { kind: gitea, url: "${gitea.url}", repository: ${repository} }`);
    if (pointed === text) throw new Error("the example names no forge");
    return pointed;
  });
}

/** As a person keeps them who pushes over http: in the store of git's own helper, in no address and in no argument. */
function keepCredentials(bed: Bed, gitea: Gitea, token: string): void {
  const home = bed.env["HOME"] ?? "";
  const store = path.join(home, "git-credentials");
  writeFileSync(store, `${gitea.url.replace("://", `://${giteaUser}:${token}@`)}\n`, { mode: 0o600 });
  bed.git("config", "--global", "credential.helper", `store --file=${store}`);
}

function otherMachine(bed: Bed, address: string, name: string): OtherMachine {
  const root = path.join(bed.folder, name);
  const home = path.join(root, "home");
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, ".gitconfig"), "[user]\n\tname = bob\n\temail = bob@example.org\n");
  const env = { ...bed.env, HOME: home, TMPDIR: root };
  const clone = path.join(root, "clone");
  execFileSync("git", ["clone", "--quiet", address, clone], { env, stdio: ["ignore", "pipe", "pipe"] });
  const words = ["--state", path.join(root, "state")];
  return { folder: root, slipway: (args, more) => startProgram([...words, ...args], { cwd: clone, env: { ...env, ...more } }).ended };
}

function refsIn(told: string): ReadonlyMap<string, string> {
  const lines = told.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => line.split("\t") as [string, string]).map(([object, ref]) => [ref, object]));
}

function pageOf(one: object): GiteaPage {
  return {
    id: Number(Reflect.get(one, "id")),
    tag: textIn(one, "tag_name"),
    draft: Reflect.get(one, "draft") === true,
    prerelease: Reflect.get(one, "prerelease") === true,
    body: textIn(one, "body"),
    assets: itemsOf(Reflect.get(one, "assets")).map((asset) => ({
      name: textIn(asset, "name"),
      url: textIn(asset, "browser_download_url"),
    })),
  };
}

/** Items of a list that an API answered. @throws when it is none */
export function itemsOf(value: unknown): readonly object[] {
  if (!Array.isArray(value)) throw new Error(`the answer is no list: ${JSON.stringify(value).slice(0, 200)}`);
  return value.filter((one): one is object => typeof one === "object" && one !== null);
}

/** A text of an answer. @throws when there is none */
export function textIn(of: object, name: string): string {
  const found: unknown = Reflect.get(of, name);
  if (typeof found !== "string") throw new Error(`the answer has no ${name}`);
  return found;
}

/** What anybody gets who downloads it: Gitea tells no digest. */
export async function digestAt(url: string): Promise<string> {
  return createHash("sha256")
    .update(await bytesAt(url))
    .digest("hex");
}

/** @param token of somebody who may see it, where not everybody may */
export async function bytesAt(url: string, token?: string): Promise<Uint8Array> {
  const answer = await fetch(url, token === undefined ? {} : { headers: { authorization: `token ${token}` } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
