// The forge contract against the rehearsal GitHub: once with references of its own, once with a git repository behind it.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalForgeCredential } from "../../src/forges/credentials.ts";
import type { RehearsalForge } from "../../src/forges/github/rehearsal/server.ts";
import { commits, githubClient, nowhere, startForge, workflow } from "../support/forge.ts";
import { createRepository, gitTestEnvironment } from "../support/git-repository.ts";
import { createExec } from "../../src/platform/exec.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { forgeContract, type Subject, type Traits } from "./forge-suite.ts";

const traits: Traits = {
  digests: true,
  sameName: "unknown",
  environments: true,
  immutable: true,
  keepsNames: false,
  emptyAssets: false,
  latest: true,
};
const branch = { head: "slipway/changelog", base: "main" };

forgeContract("rehearsal GitHub", traits, async (t) => {
  const server = await startForge(t);
  await server.owner.pushed("refs/heads/main", commits.first);
  await server.owner.pushed(`refs/heads/${branch.head}`, commits.second);
  return {
    ...subjectOf(server),
    commit: commits.first,
    otherCommit: commits.second,
    pushTag: (name, commit) => server.owner.pushed(`refs/tags/${name}`, commit),
  };
});

forgeContract("rehearsal GitHub with a git repository behind it", traits, async (t) => {
  const { folder, git, commit, otherCommit } = bareRepository(t);
  const server = await startForge(t, { git: { folder, exec: createExec(createRedactor()), path: process.env["PATH"] ?? "" } });
  return {
    ...subjectOf(server),
    commit,
    otherCommit,
    pushTag: (name, at) => Promise.resolve(void git("tag", "-a", "-m", name, name, at)),
  };
});

/** Made once and copied: a repository takes ten processes. */
let template: ReturnType<typeof makeTemplate> | undefined;

function bareRepository(t: TestContext) {
  template ??= makeTemplate(mkdtempSync(join(tmpdir(), "slipway-forge-")));
  const folder = join(temporaryFolder(t), "git");
  cpSync(template.folder, folder, { recursive: true });
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["--git-dir", folder, ...args], { env: gitTestEnvironment, encoding: "utf8" });
  return { ...template, folder, git };
}

after(() => {
  if (template !== undefined) rmSync(dirname(template.folder), { recursive: true, force: true });
});

function makeTemplate(at: string) {
  const { folder, git, write, commit } = createRepository(at);
  write("a.txt", "a");
  const first = commit("first");
  write("b.txt", "b");
  const second = commit("second");
  git("checkout", "--quiet", "-b", branch.head);
  write("c.txt", "c");
  commit("ahead");
  git("checkout", "--quiet", "--detach");
  return { folder: join(folder, ".git"), commit: second, otherCommit: first };
}

function subjectOf(server: RehearsalForge): Omit<Subject, "commit" | "otherCommit" | "pushTag"> {
  const forge = githubClient(server);
  const credential = rehearsalForgeCredential();
  return {
    forge,
    credential,
    wrongCredential: createCredential("", "ghp_somebody-elses-token"),
    gone: githubClient(nowhere),
    branch,
    workflow: workflow.file,
    openIssue: ({ title, label }) => server.owner.openIssue({ title, labels: label === undefined ? [] : [label] }),
    endPull: async (number, how) => {
      if (!(await server.owner.endPull(number, how))) throw new Error(`pull request ${number} could not be ended`);
    },
    strangerRelease: async (tag, draft) => {
      const response = await fetch(`${server.apiUrl}/repos/${forge.repository}/releases`, {
        method: "POST",
        headers: { authorization: `Bearer ${credential.reveal()}` },
        body: JSON.stringify({ tag_name: tag, target_commitish: "main", name: "By hand", draft }),
      });
      if (response.status !== 201) throw new Error(await response.text());
    },
  };
}
