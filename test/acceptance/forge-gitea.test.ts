// The forge contract against a real Gitea, built from its sources: the second forge, and the one that no rehearsal stands for.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { createForge } from "../../src/forges/catalog.ts";
import type { Forge } from "../../src/forges/forge.ts";
import { openHttp } from "../../src/platform/http.ts";
import { forgeContract, type Traits } from "../contract/forge-suite.ts";
import { giteaRepository, startGitea, type Gitea } from "../support/gitea.ts";
import { realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const traits: Traits = {
  digests: false,
  sameName: "sent",
  environments: false,
  immutable: false,
  keepsNames: true,
  emptyAssets: true,
  latest: false,
};

const folder = mkdtempSync(join(tmpdir(), "slipway-gitea-"));
let gitea: Gitea | undefined;
let repositories = 0;

before(async () => {
  gitea = await startGitea(folder);
});

after(async () => {
  await gitea?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function client(url: string, repository: string): Forge {
  const http = openHttp({ userAgent: "slipway/0.0.0-test", timeouts: { connectMs: 2_000, answerMs: 20_000, wholeMs: 30_000 } });
  return createForge({ kind: "gitea", url, repository }, { clock: realClock, http });
}

forgeContract("Gitea 1.26", traits, async (t) => {
  if (gitea === undefined) throw new Error("Gitea was not started");
  const server = gitea;
  repositories += 1;
  const repository = await giteaRepository(server, `demo-${repositories}`, temporaryFolder(t));
  const path = `repos/${repository.name}`;
  return {
    forge: client(server.url, repository.name),
    gone: client("http://127.0.0.1:1", repository.name),
    credential: createCredential("", server.token),
    wrongCredential: createCredential("", "0123456789012345678901234567890123456789"),
    commit: repository.commit,
    otherCommit: repository.otherCommit,
    branch: repository.branch,
    workflow: repository.workflow,
    pushTag: async (name, commit) => {
      repository.git("tag", "-a", "-m", name, name, commit);
      await Promise.resolve(repository.git("push", "--quiet", "origin", name));
    },
    openIssue: async ({ title, label }) => {
      const labels = label === undefined ? [] : [await server.api("POST", `${path}/labels`, { name: label, color: "#ededed" })];
      const made = await server.api("POST", `${path}/issues`, { title, labels: labels.map(idOf) });
      return numberIn(made, "number");
    },
    endPull: async (number, how) => {
      if (how === "close") await server.api("PATCH", `${path}/pulls/${number}`, { state: "closed" });
      else await mergeWhenReady(server, `${path}/pulls/${number}/merge`);
    },
    strangerRelease: async (tag, draft) => {
      await server.api("POST", `${path}/releases`, { tag_name: tag, target_commitish: "main", name: "By hand", draft });
    },
  };
});

/** Gitea looks at a new pull request in the background and merges nothing before that. */
async function mergeWhenReady(server: Gitea, path: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const merged = await server.api("POST", path, { Do: "merge" }).then(
      () => true,
      (cause: unknown) => {
        if (attempt === 49 || !(cause instanceof Error && /405|Please try again/.test(cause.message))) throw cause;
        return false;
      },
    );
    if (merged) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function idOf(value: unknown): number {
  return numberIn(value, "id");
}

function numberIn(value: unknown, name: string): number {
  const found = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof found !== "number") throw new Error(`the answer has no ${name}`);
  return found;
}
