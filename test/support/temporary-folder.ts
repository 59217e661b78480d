// A folder of a test's own, gone when the test ends. Its real path is given, since git and Python report real paths.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** @returns absolute path of an empty folder; its name has a space and letters outside ASCII, as users' folders do */
export function temporaryFolder(t: Pick<TestContext, "after">): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway tëst ")));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
