// Style as a test: the house rules that no linter knows (shared/design/conventions, in CONTRIBUTING.md in short). A rule
// that was broken twice comes here.
import { errorCatalog } from "../src/domain/error-catalog.ts";
import { importsOf } from "./layers/imports.ts";
import { type Finding, report } from "./support/finding.ts";
import { readAll, repositoryFiles, type SourceFile, typeScriptFiles } from "./support/repository.ts";
import { checkCode, codeReasons, doubleCastsMax } from "./tidy/code.ts";
import { checkAdrMentions, checkAdrs, checkLinks, checkWords, documentReasons } from "./tidy/documents.ts";
import { checkGolden, checkNames, checkSizes, nameReasons } from "./tidy/names.ts";
import { checkErrorCodes, checkLock, checkManifest, checkRequirements, type Manifest, promiseReasons } from "./tidy/promises.ts";

const textual = /\.(?:ts|cjs|js|md|json|ya?ml|txt|py|toml)$/;

/** All house rules over the files of a repository. */
function checkAll(paths: readonly string[]): readonly Finding[] {
  const files = readAll(paths.filter((path) => textual.test(path) || path.includes("/golden/")));
  const code = files.filter((file) => typeScriptFiles([file.path]).length > 0 && !/\/(?:fixtures|golden)\//.test(file.path));
  return [
    ...checkNames(paths),
    ...checkSizes(paths),
    ...files.flatMap(checkGolden),
    ...withinBudget(code.flatMap(checkCode)),
    ...checkDocuments(paths, files),
    ...checkPromises(files),
  ];
}

/** Leaves out the casts that the budget allows; all are shown once there are too many. */
function withinBudget(findings: readonly Finding[]): readonly Finding[] {
  const casts = findings.filter((one) => one.rule === "double-cast");
  return casts.length > doubleCastsMax ? findings : findings.filter((one) => one.rule !== "double-cast");
}

function checkDocuments(paths: readonly string[], files: readonly SourceFile[]): readonly Finding[] {
  const documents = files.filter(({ path }) => path.endsWith(".md") && !/\/(?:fixtures|golden)\//.test(path));
  const adrs = documents.filter(({ path }) => /^docs\/adr\/\d{4}-/.test(path));
  const numbers = new Set(adrs.map(({ path }) => path.slice("docs/adr/".length).slice(0, 4)));
  const texts = new Map([...paths.map((path): [string, string] => [path, ""]), ...textByPath(files)]);
  return [
    ...checkAdrs(adrs),
    ...documents.flatMap((file) => checkLinks(file, texts)),
    ...documents.flatMap(checkWords),
    ...files.filter(({ path }) => /\.(?:ts|js|cjs|md)$/.test(path)).flatMap((file) => checkAdrMentions(file, numbers)),
  ];
}

function checkPromises(files: readonly SourceFile[]): readonly Finding[] {
  const texts = textByPath(files);
  const sources = files.filter(({ path }) => path.startsWith("src/") && path.endsWith(".ts") && !path.endsWith(".test.ts"));
  const shipped = sources.flatMap(importsOf).flatMap((one) => (one.to.kind === "package" && one.runtime ? [one.to.name] : []));
  const adrs = files.filter(({ path }) => path.startsWith("docs/adr/"));
  return [
    ...checkErrorCodes(Object.keys(errorCatalog), texts),
    ...checkManifest(JSON.parse(texts.get("package.json") ?? "{}") as Manifest, new Set(shipped), adrs),
    ...files.filter(({ path }) => path === "package-lock.json").flatMap(checkLock),
    ...files.filter(({ path }) => path.endsWith("requirements.txt")).flatMap(checkRequirements),
  ];
}

function textByPath(files: readonly SourceFile[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, text }) => [path, text]));
}

if (process.argv[1] === import.meta.filename) {
  report("tidy", checkAll(repositoryFiles()), { ...codeReasons, ...nameReasons, ...documentReasons, ...promiseReasons });
}
