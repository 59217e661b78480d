// GitHub's own OpenAPI description of its API, as a judge of what is sent and what is answered. It is 400 MB on disk, so
// that it is installed into the user's cache when the acceptance tier first needs it, and is no dependency of the project.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const packages = ["@octokit/openapi@23.0.2", "ajv@8.20.0", "ajv-formats@3.0.1"];
/** In pieces, because the name is that of a public host. */
const file = ["api", "github", "com", "json"].join(".");
const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "slipway", "github-description");

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: { readonly type?: string; readonly enum?: readonly unknown[]; readonly maxLength?: number };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

type Validate = ((value: unknown) => boolean) & { readonly errors?: readonly unknown[] | null };

export interface Exchange {
  readonly method: string;
  /** As the API has it: `/repos/o/r/releases`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly requestType: string;
  readonly requestText: string;
  readonly status: number;
  readonly responseType: string;
  readonly responseText: string;
}

export interface Description {
  /** What of one exchange is not as described, in words. */
  judge(exchange: Exchange): readonly string[];
  /** Operations that were judged: `get /repos/{owner}/{repo}/releases`. */
  readonly seen: ReadonlySet<string>;
}

export async function githubDescription(): Promise<Description> {
  const modules = install();
  const document = JSON.parse(readFileSync(join(modules, "@octokit", "openapi", "generated", file), "utf8")) as Document;
  const compile = await compilerOf(modules, document);
  const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ template, method, operation, pattern: patternOf(template) })),
  );
  const seen = new Set<string>();
  return {
    seen,
    judge(exchange) {
      const fitting = operations
        .filter((one) => one.method === exchange.method.toLowerCase() && one.pattern.test(exchange.path))
        .toSorted((a, b) => placeholders(a.template) - placeholders(b.template));
      const [found] = fitting;
      const title = `${exchange.method} ${exchange.path}`;
      if (found === undefined) return [`${title}: no such operation`];
      seen.add(`${found.method} ${found.template}`);
      const at = `gh#/paths/${pointer(found.template)}/${found.method}`;
      const wrong = [
        ...queryFaults(document, found.operation, exchange.query),
        ...requestFaults(found.operation, exchange, (type) => compile(`${at}/requestBody/content/${pointer(type)}/schema`)),
        ...responseFaults(document, found.operation, { exchange, compile, at }),
      ];
      return wrong.map((fault) => `${title}: ${fault}`);
    },
  };
}

function install(): string {
  const modules = join(folder, "node_modules");
  if (packages.every((name) => existsSync(join(modules, name.replace(/@[^@]*$/, ""), "package.json")))) return modules;
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", ...packages], { stdio: "ignore" });
  return modules;
}

async function compilerOf(modules: string, document: Document): Promise<(ref: string) => Validate> {
  const { Ajv } = (await import(pathToFileURL(join(modules, "ajv", "dist", "ajv.js")).href)) as { Ajv: new (options: object) => AjvLike };
  const { default: formats } = (await import(pathToFileURL(join(modules, "ajv-formats", "dist", "index.js")).href)) as {
    default: { default: (ajv: AjvLike) => void };
  };
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false });
  formats.default(ajv);
  ajv.addSchema({ ...(withNulls(document) as object), $id: "gh" });
  const known = new Map<string, Validate>();
  return (ref) => {
    const validate = known.get(ref) ?? ajv.compile({ $ref: ref });
    known.set(ref, validate);
    return validate;
  };
}

/** `nullable` beside no `type` is OpenAPI's way to say "or null"; JSON Schema says it with a choice. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withNulls(one)]));
  if (members["nullable"] !== true || "type" in members) return members;
  const { nullable: _nullable, ...rest } = members;
  return { anyOf: [rest, { type: "null" }] };
}

interface AjvLike {
  addSchema(schema: object): void;
  compile(schema: object): Validate;
}

function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  // A reference may have slashes in it; everything else is one segment.
  return new RegExp(`^${escaped.replace(/\{ref\}$/, ".+").replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

function placeholders(template: string): number {
  return template.split("{").length;
}

function pointer(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function queryFaults(document: Document, operation: Operation, query: URLSearchParams): readonly string[] {
  const described = (operation.parameters ?? []).map((one) => resolve(document, one)).filter((one) => one.in === "query");
  const missing = described.filter((one) => one.required === true && !query.has(one.name)).map((one) => `query "${one.name}" is missing`);
  const wrong = [...query].flatMap(([name, value]) => {
    const parameter = described.find((one) => one.name === name);
    if (parameter === undefined) return [`query "${name}" is not described`];
    const { type, enum: values } = parameter.schema;
    if (type === "integer" && !/^\d+$/.test(value)) return [`query "${name}" is no number`];
    return values !== undefined && !values.includes(value) ? [`query "${name}" may not be "${value}"`] : [];
  });
  return [...missing, ...wrong];
}

function requestFaults(operation: Operation, exchange: Exchange, schemaOf: (type: string) => Validate): readonly string[] {
  const types = Object.keys(operation.requestBody?.content ?? {});
  if (exchange.requestText === "") return [];
  if (types.includes("application/octet-stream")) return [];
  if (!types.includes(exchange.requestType)) return [`a body of type "${exchange.requestType}" is not described`];
  return faultsOf(schemaOf(exchange.requestType), exchange.requestText, "request");
}

/** Answers that any operation may give, described or not. */
const everywhere = new Set([400, 401, 403, 404, 422, 429]);

function responseFaults(
  document: Document,
  operation: Operation,
  { exchange, compile, at }: { readonly exchange: Exchange; readonly compile: (ref: string) => Validate; readonly at: string },
): readonly string[] {
  const { status, responseType, responseText } = exchange;
  const written = operation.responses[String(status)];
  if (written === undefined) return everywhere.has(status) ? [] : [`status ${status} is not described`];
  const described = resolve(document, written);
  const type = responseType.split(";")[0] ?? "";
  const types = Object.keys(described.content ?? {});
  if (types.length === 0 || responseText === "") return [];
  if (!types.includes(type)) return [`an answer of type "${type}" is not described`];
  const place = written.$ref === undefined ? `${at}/responses/${status}` : `gh${written.$ref}`;
  return faultsOf(compile(`${place}/content/${pointer(type)}/schema`), responseText, `response ${status}`);
}

function faultsOf(validate: Validate, text: string, what: string): readonly string[] {
  return validate(JSON.parse(text)) ? [] : (validate.errors ?? []).slice(0, 5).map((error) => `${what}: ${JSON.stringify(error)}`);
}

function resolve<T extends { readonly $ref?: string }>(document: Document, value: T): T {
  if (value.$ref === undefined) return value;
  let at: unknown = document;
  for (const part of value.$ref.replace(/^#\//, "").split("/"))
    at = Reflect.get(at as object, part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return at as T;
}
