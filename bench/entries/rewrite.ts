// Reads every manifest of a workspace and writes the same bytes again: the least that a bump could do.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", name = ""] = process.argv.slice(2);
const packages = join(folder, "packages");
for (const one of readdirSync(packages)) {
  const file = join(packages, one, name);
  writeFileSync(file, readFileSync(file));
}
