// Which folders a pnpm-workspace.yaml names (pnpm's documentation of the file). Its other settings are pnpm's own affair. The
// reader of YAML is loaded where there is such a file: a plan is computed all the time.
import { refuseAt, type Refusal } from "./edit.ts";

/** Longest file that is read, in UTF-16 units. */
const lengthMax = 1024 * 1024;

/** @returns undefined for a file that holds settings alone */
export async function readPnpmPackages(text: string): Promise<readonly string[] | Refusal | undefined> {
  if (text.length > lengthMax) return refuseAt(text, 0, `it is longer than ${lengthMax} characters`);
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) return refuseAt(text, error.pos[0], error.message.split("\n", 1)[0] ?? "it is no YAML");
  const packages: unknown = document.get("packages");
  if (packages === undefined || packages === null) return undefined;
  const plain: unknown = document.toJS({ maxAliasCount: 100 });
  const named: unknown = typeof plain === "object" && plain !== null && "packages" in plain ? plain.packages : undefined;
  if (Array.isArray(named) && named.every((one) => typeof one === "string")) return named;
  return refuseAt(text, 0, "`packages` is no list of texts");
}
