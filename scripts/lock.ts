// `npm run lock`: completes package-lock.json after `npm install`, where the registry at hand lacks packages for other
// platforms (scripts/support/lock.ts). `npm run check` says when it is needed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LockedPackages, missingEntries } from "./support/lock.ts";
import { root } from "./support/repository.ts";

const file = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: LockedPackages };
const missing = missingEntries(lock.packages);
const all = Object.entries({ ...lock.packages, ...missing }).toSorted(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(all) }, null, 2)}\n`);
console.log(`lock: ${Object.keys(missing).length} entries added`);
