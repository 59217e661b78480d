// Our client of image registries against distribution's registry (Debian's `docker-registry`), which most registries descend
// from: open and with deletions, and with a password and without them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { imageRegistryContract, type ImageSubject } from "../contract/image-registry-suite.ts";
import { systemProgram } from "../support/image-programs.ts";
import { ociClientOf } from "../support/oci.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { freePort, startServer } from "../support/test-tools.ts";

const remedy = "apt-get install --no-install-recommends docker-registry";
const password = "not-the-rehearsal";
/** bcrypt of the password, for the user `u`. */
const hashed = "u:$2b$05$Z28Du1yJECDzdA9.hp4hwuqAoH/QhCJ3qdodQw2TQ0sBq./L1VUCu\n";

// Release 2.8 deletes manifests by digest, which takes all tags of it along, but no single tag.
imageRegistryContract("distribution", { deletesTags: false, sparse: "unknown", lists: "clients" }, (t) =>
  open(t, { deletes: true, locked: false }),
);

imageRegistryContract("distribution with a password", { deletesTags: false, sparse: "unknown", lists: "clients" }, (t) =>
  open(t, { deletes: false, locked: true }),
);

async function open(t: TestContext, how: { readonly deletes: boolean; readonly locked: boolean }): Promise<ImageSubject> {
  const folder = temporaryFolder(t);
  const port = await freePort();
  mkdirSync(join(folder, "store"));
  writeFileSync(join(folder, "passwords"), hashed);
  writeFileSync(
    join(folder, "registry.yml"),
    JSON.stringify({
      version: "0.1",
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: join(folder, "store") }, delete: { enabled: how.deletes } },
      http: { addr: `127.0.0.1:${port}` },
      ...(how.locked ? { auth: { htpasswd: { realm: "tests", path: join(folder, "passwords") } } } : {}),
    }),
  );
  const program = systemProgram("docker-registry", remedy);
  const { stop } = await startServer(t, { program, args: ["serve", join(folder, "registry.yml")], port, cwd: folder });
  const credential = how.locked ? createCredential("u", password) : createCredential("", "");
  const registry = ociClientOf({ url: `http://127.0.0.1:${port}` }, { world: "real", readAs: () => Promise.resolve(credential) });
  return { registry, credential, ...(how.locked ? { wrongCredential: createCredential("u", "a-wrong-password") } : {}), stop };
}
