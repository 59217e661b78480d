// Writes docs/reference from the code, so that the two cannot say different things; `--check` fails where they do.
// A page whose source is not there yet is left out, and must not be there itself.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cliPage } from "./reference/cli.ts";
import { documentPages } from "./reference/documents.ts";
import { errorsPage, exitCodesPage } from "./reference/errors.ts";
import { doctorPage } from "./reference/doctor.ts";
import { faultsPage } from "./reference/faults.ts";
import type { Page } from "./reference/page.ts";
import { schemaPage } from "./reference/schema.ts";
import { stepsPage } from "./reference/steps.ts";
import { root } from "./support/repository.ts";

const pages: readonly Page[] = [cliPage, ...documentPages, errorsPage, exitCodesPage, faultsPage, doctorPage, schemaPage, stepsPage];

/** Text of a page; undefined if what it is made from is not there, an error if it cannot be made. */
async function textOf(page: Page): Promise<string | undefined | Error> {
  if (!existsSync(join(root, page.source))) return undefined;
  return page.make().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

/** Brings one page up to date, or says what is wrong with it. */
async function settle(page: Page, check: boolean): Promise<{ readonly good: boolean; readonly say: string }> {
  const file = join(root, page.path);
  const is = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const text = await textOf(page);
  if (text instanceof Error) return { good: false, say: `cannot be made from ${page.source}: ${text.message}` };
  if (is === text) return { good: true, say: text === undefined ? `${page.source} is not there yet` : "up to date" };
  if (check) {
    if (text === undefined) return { good: false, say: `is there, but ${page.source} is not; remove it, or bring the source back` };
    return { good: false, say: `is not what ${page.source} says; run \`npm run docs\`` };
  }
  mkdirSync(dirname(file), { recursive: true });
  if (text === undefined) rmSync(file);
  else writeFileSync(file, text);
  return { good: true, say: text === undefined ? "removed" : "written" };
}

const check = process.argv.includes("--check");
for (const page of pages) {
  const { good, say } = await settle(page, check);
  console.log(`${page.path}: ${say}`);
  if (!good) process.exitCode = 1;
}
