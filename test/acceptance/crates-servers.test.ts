// Our client of crate registries against servers that somebody else wrote: the same contract as against the rehearsal, and real
// cargo builds from what our client put there.
import assert from "node:assert/strict";
import { after, before, describe, test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import type { Registry } from "../../src/registries/registry.ts";
import { registryContract, type Subject } from "../contract/registry-suite.ts";
import { cargoAt, writeTree } from "../support/cargo.ts";
import { newGiteaOwner, startFerro, type CrateServer } from "../support/cargo-registries.ts";
import { cratesClientOf, cratesGoods, crateUpload } from "../support/crates.ts";
import { startGitea, type Gitea } from "../support/gitea.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ends: (() => unknown)[] = [];
let gitea: Gitea;

before(async () => {
  gitea = await startGitea(temporaryFolder({ after: (end) => void ends.push(end as () => unknown) }));
});

after(async () => {
  await gitea.stop();
  for (const end of ends.toReversed()) await end();
});

const common = { goods: cratesGoods, sameAgain: "unknown", hashes: true, uploadTimes: false, takenBack: "yanked" } as const;

registryContract("ferro-cargo-registry-server", { ...common, writers: "everybody" }, async (t) => subjectOf(await startFerro(t), "any"));

registryContract("Gitea's cargo registry", common, async (t) => subjectOf(await newGiteaOwner(t, gitea), `Bearer ${gitea.token}`));

describe("cargo and what our client put into other people's registries", () => {
  test("cargo builds from ferro-cargo-registry-server", async (t) => builds(t, await startFerro(t), "any"));

  test("cargo builds from Gitea", async (t) => builds(t, await newGiteaOwner(t, gitea), `Bearer ${gitea.token}`));
});

async function builds(t: TestContext, server: CrateServer, token: string): Promise<void> {
  const registry = clientOf(server);
  const credential = createCredential("", token);
  const files = { "src/lib.rs": "pub fn word() -> u8 {\n    7\n}\n" };
  const base = crateUpload(temporaryFolder(t), { name: "slip-base", version: "1.0.0", files });
  const manifest = 'description = "d"\nlicense = "MIT"\n[dependencies]\nground = { package = "slip-base", version = "1" }\n';
  const top = crateUpload(temporaryFolder(t), {
    name: "slip-top",
    version: "1.0.0",
    manifest,
    files: { "src/lib.rs": "pub use ground::word;\n" },
  });
  for (const upload of [base, top]) assert.equal((await registry.publish(upload, credential, never)).kind, "sent");
  const consumer = writeTree(t, {
    "Cargo.toml": '[package]\nname = "consumer"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nslip-top = "1"\n',
    "src/lib.rs": "pub use slip_top::word;\n",
  });

  const built = await cargoAt(t, server.indexUrl, { token }).run(consumer, "build");

  assert.equal(built.code, 0, built.output);
}

function clientOf({ indexUrl, apiUrl }: CrateServer): Registry {
  return cratesClientOf({ indexUrl }, { rules: "open", ...(apiUrl === undefined ? {} : { apiUrl }) });
}

function subjectOf(server: CrateServer, token: string): Subject {
  return {
    registry: clientOf(server),
    credential: createCredential("", token),
    wrongCredential: createCredential("", "Bearer 0123456789abcdef0123456789abcdef01234567"),
    stop: () => server.stop(),
  };
}
