// Publishes npm tarballs that lie ready: `engine`, as a run does it, or `client`, the sends alone, which is what others do.
//   publish MODE MANIFEST URL FOLDER [TOKEN [rehearsal]]
import { readFileSync } from "node:fs";
import type { Released } from "../data/released.ts";
import { publishByClient, publishByEngine, type ToPublish } from "./support/publishing.ts";

const [mode, manifest = "", url = "", folder = "", token, world] = process.argv.slice(2);
const released = JSON.parse(readFileSync(manifest, "utf8")) as Released;
const what: ToPublish = {
  ecosystem: "npm",
  url,
  released,
  ...(token === undefined ? {} : { token }),
  ...(world === "rehearsal" ? { world } : {}),
};
const complete = mode === "engine" ? await publishByEngine(what, folder) : await publishByClient(what);
console.log(complete ? `${released.files.length} files are published` : "not everything was published");
process.exitCode = complete ? 0 : 1;
