// What a child's own home keeps of this machine's caches.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { prepareChildHome } from "../../../src/platform/child-home.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("Go's caches are those of this machine where it has them, and none is made", async (t) => {
  const user = temporaryFolder(t);
  const told = async (env: Readonly<Record<string, string>>): Promise<readonly (string | undefined)[]> => {
    const { variables } = await prepareChildHome(join(temporaryFolder(t), "home"), { HOME: user, ...env });
    return [variables["GOCACHE"], variables["GOMODCACHE"]];
  };
  const before = await told({ XDG_CACHE_HOME: join(user, "cache") });
  mkdirSync(join(user, "named"));
  mkdirSync(join(user, "go", "pkg", "mod"), { recursive: true });

  const after = await told({ GOCACHE: join(user, "named") });

  assert.deepEqual(before, [undefined, undefined]);
  assert.deepEqual(after, [join(user, "named"), join(user, "go", "pkg", "mod")]);
});
