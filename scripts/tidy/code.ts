// House rules about one TypeScript file that no linter has: sizes, the comment at the top, honest tests, and no way
// around the types or the ports. Sizes: conventions MODULE; the rest: conventions PURITY, TESTS, COMMENTS.
import type { Node } from "oxc-parser";
import { isTest, placeOf } from "../layers/places.ts";
import { mayAct } from "../layers/rules.ts";
import type { Finding } from "../support/finding.ts";
import type { SourceFile } from "../support/repository.ts";
import { dotted, lineOf, parse, type Parsed, walk } from "../support/syntax.ts";

/** Casts by way of another type that the whole of `src/` may have. */
export const doubleCastsMax = 10;

export const codeReasons: Readonly<Record<string, string>> = {
  "file-length": "A file over 400 lines holds more than one thing; aim at 100.",
  "function-length": "A function over 70 lines is the orchestrator in the making; keep decide, observe, perform and record apart.",
  "top-comment": "Each module starts with a comment: what it is, why it exists, where the rule comes from.",
  barrel: "An index.ts hides who needs what, and loads everything for one thing.",
  "open-end": "Write TODO(#issue), so that somebody can find out what is open and why.",
  "honest-test": "A test that is skipped, marked as to do, or alone in running says nothing, and nobody sees that it says nothing.",
  "way-around":
    "A way around the types or the linter is a bug that waits; where one is right, `oxlint-disable-next-line rule -- reason` says why.",
  "double-cast": `\`as unknown as\` is for the border to a library without types; the whole of src/ has at most ${doubleCastsMax}.`,
  "world-leak": "Time, chance, environment and network reach this layer as ports, so that a seed and a commit reproduce any failure.",
  "bundle-place": "The bundle stands in another folder than the source, so that a path made from import.meta leads nowhere there.",
};

const linesMax = 400;
const functionLinesMax = 70;

export function checkCode(file: SourceFile): readonly Finding[] {
  const parsed = parse(file);
  const test = isTest(file.path) || file.path.startsWith("test/");
  const always = [...checkTop(file), ...checkComments(parsed), ...checkTree(parsed, honest)];
  return test ? always : [...always, ...checkSize(parsed), ...checkTree(parsed, soundIn(file.path))];
}

function checkTop(file: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  if (!isTest(file.path) && !/^(?:#!.*\n)?\/[/*]/.test(file.text))
    findings.push({ path: file.path, line: 1, rule: "top-comment", message: "starts without a comment" });
  if (/(?:^|\/)index\.ts$/.test(file.path)) findings.push({ path: file.path, line: 0, rule: "barrel", message: "is an index.ts" });
  return findings;
}

function checkComments({ file, comments }: Parsed): readonly Finding[] {
  return comments.flatMap((comment) => {
    const at = { path: file.path, line: lineOf(file.text, comment.start) };
    const findings: Finding[] = [];
    const open = /\b(?:TODO(?!\(#\d+\))|FIXME|XXX|HACK)\b/.exec(comment.value);
    if (open !== null) findings.push({ ...at, rule: "open-end", message: `says ${open[0]} without (#issue)` });
    if (/^\s*@ts-(?:ignore|nocheck|expect-error)/.test(comment.value))
      findings.push({ ...at, rule: "way-around", message: "silences the compiler" });
    if (/\b(?:oxlint|eslint)-disable/.test(comment.value) && !/disable-next-line \S.* -- \S/.test(comment.value)) {
      findings.push({ ...at, rule: "way-around", message: "silences the linter without a rule, a single line and a reason" });
    }
    return findings;
  });
}

function checkSize({ file, program }: Parsed): readonly Finding[] {
  const findings: Finding[] = [];
  const lines = file.text.split("\n").length - 1;
  if (lines > linesMax)
    findings.push({ path: file.path, line: 0, rule: "file-length", message: `has ${lines} lines, at most ${linesMax}` });
  walk(program, (node) => {
    if (!functions.has(node.type)) return;
    const line = lineOf(file.text, node.start);
    const length = lineOf(file.text, node.end) - line + 1;
    if (length > functionLinesMax)
      findings.push({ path: file.path, line, rule: "function-length", message: `has ${length} lines, at most ${functionLinesMax}` });
  });
  return findings;
}

const functions = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

type Judge = (node: Node) => { readonly rule: string; readonly message: string } | undefined;

function checkTree({ file, program }: Parsed, judge: Judge): readonly Finding[] {
  const findings: Finding[] = [];
  walk(program, (node) => {
    const broken = judge(node);
    if (broken !== undefined) findings.push({ path: file.path, line: lineOf(file.text, node.start), ...broken });
  });
  return findings;
}

function honest(node: Node): ReturnType<Judge> {
  if (node.type === "TSAsExpression" && node.typeAnnotation.type === "TSAnyKeyword") return { rule: "way-around", message: "casts to any" };
  if (node.type !== "CallExpression") return undefined;
  const callee = dotted(node.callee) ?? "";
  if (/^(?:it|test|describe|suite|t|context)\.(?:skip|only|todo)$/.test(callee))
    return { rule: "honest-test", message: `calls ${callee}()` };
  if (!/^(?:it|test|describe|suite|t\.test)$/.test(callee)) return undefined;
  const option = node.arguments.flatMap((argument) => (argument.type === "ObjectExpression" ? argument.properties : [])).find(isSkipping);
  return option === undefined ? undefined : { rule: "honest-test", message: `gives ${callee}() the option skip, only or todo` };
}

function isSkipping(property: Node): boolean {
  return property.type === "Property" && property.key.type === "Identifier" && /^(?:skip|only|todo)$/.test(property.key.name);
}

/** What code that is shipped must not do, by the layer it stands in. */
function soundIn(path: string): Judge {
  const place = placeOf(path);
  if (place === undefined) return () => undefined;
  // Registries and forges speak to the network themselves, so that their layers are judged by their imports alone.
  const given = !mayAct(place) && place.layer !== "registries" && place.layer !== "forges";
  return (node) => {
    if (node.type === "MetaProperty") return { rule: "bundle-place", message: "uses import.meta" };
    if (node.type === "TSAsExpression" && node.expression.type === "TSAsExpression")
      return { rule: "double-cast", message: "casts by way of another type" };
    const leak = given ? leaks(node) : undefined;
    return leak === undefined ? undefined : { rule: "world-leak", message: `uses ${leak} in ${place.layer}/` };
  };
}

const leakingCalls =
  /^(?:Date\.now|Math\.random|performance\.now|crypto\.(?:randomUUID|getRandomValues|randomBytes)|randomUUID|randomBytes|AbortSignal\.timeout|setTimeout|setInterval|setImmediate|fetch)$/;
const leakingMembers = /^process\.(?:env|cwd|argv|exit|stdout|stderr|stdin|hrtime|platform|arch)$/;

function leaks(node: Node): string | undefined {
  if (node.type === "NewExpression" && dotted(node.callee) === "Date" && node.arguments.length === 0) return "new Date()";
  const name = node.type === "CallExpression" ? dotted(node.callee) : node.type === "MemberExpression" ? dotted(node) : undefined;
  if (name === undefined) return undefined;
  return (node.type === "CallExpression" ? leakingCalls : leakingMembers).test(name) ? name : undefined;
}
