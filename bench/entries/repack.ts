// Packs the npm packages with the version after the last one, for registries that take a version once.
//   repack FOLDER
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npmTarballs } from "../data/released.ts";

const [folder = ""] = process.argv.slice(2);
const counter = join(folder, "last");
const patch = existsSync(counter) ? Number.parseInt(readFileSync(counter, "utf8"), 10) + 1 : 0;
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "manifest.json"), JSON.stringify(npmTarballs(folder, `1.0.${patch}`)));
writeFileSync(counter, String(patch));
