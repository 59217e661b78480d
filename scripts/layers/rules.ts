// The import rules of DESIGN §3 and the brief of the codebase, as data: each has a name, the reason that a person sees
// when it fires, and a question about one import. Cycles and start-up are questions about the whole graph, see graph.ts.
import type { Import } from "./imports.ts";
import { diamonds, isCompose, isRehearsal, isTest, type Layer, type Place, placeOf, siblings } from "./places.ts";

/** An import between two files of `src/`, both with their place. */
interface Edge {
  readonly from: Place;
  readonly to: Place;
  readonly runtime: boolean;
  /** The file that is imported touches the world itself. */
  readonly toActs: boolean;
}

interface Rule {
  readonly name: string;
  readonly why: string;
  readonly refuses: (edge: Edge) => boolean;
}

const siblingSet: ReadonlySet<Layer> = new Set(siblings);
const islands: ReadonlySet<Layer> = new Set<Layer>([...siblings, "app", "compile"]);

const edgeRules: readonly Rule[] = [
  {
    name: "layer-order",
    why: "domain <- {config, engine, steps, registries, forges, platform} <- {app, compile} <- entrypoints: who may know whom is what keeps a change small.",
    refuses: ({ from, to }) => rank(from.layer) < rank(to.layer),
  },
  {
    name: "sibling-diamond",
    why: "Siblings are islands: they meet only in each other's interface file, so that any of them can be replaced, tested and understood alone.",
    refuses: ({ from, to }) =>
      from.layer !== to.layer &&
      islands.has(from.layer) &&
      islands.has(to.layer) &&
      rank(from.layer) === rank(to.layer) &&
      !diamonds.has(to.path),
  },
  {
    name: "step-island",
    why: "No step imports a step; only the catalogue knows them all. Steps meet through artifacts and facts, never through each other's code.",
    refuses: ({ from, to }) => crossesUnits(from, to, "steps"),
  },
  {
    name: "registry-island",
    why: "No registry imports a registry; only the catalogue knows them all. Two protocols that share code share their misreadings.",
    refuses: ({ from, to }) => crossesUnits(from, to, "registries"),
  },
  {
    name: "forge-island",
    why: "No forge imports a forge; only the catalogue knows them all.",
    refuses: ({ from, to }) => crossesUnits(from, to, "forges"),
  },
  {
    name: "entrypoint-island",
    why: "No entrypoint imports an entrypoint: what two of them need is a use case and belongs in app/.",
    refuses: ({ from, to }) => crossesUnits(from, to, "entrypoints"),
  },
  {
    name: "client-and-rehearsal",
    why: "A client and its rehearsal server share only wire.ts (constants and schemas): if they shared code, one misreading of the protocol would pass its own test.",
    refuses: joinsClientAndServer,
  },
  {
    name: "loopback-for-rehearsals",
    why: "loopback/ is what rehearsal servers are made from, and those that are neither registry nor forge (the issuer of identities, Sigstore): only rehearsals and the composition know it, because a client that used it would share code with its own test.",
    refuses: ({ from, to }) =>
      (to.layer === "loopback" && from.layer !== "loopback" && !isRehearsal(from.path) && !isCompose(from.path)) ||
      (from.layer === "loopback" && to.layer !== "loopback" && to.layer !== "domain" && to.path !== "src/platform/ports.ts"),
  },
  {
    name: "journal-diamond",
    why: "The engine knows the journal by its interface alone, so that every store passes the same contract and the driver works with each.",
    refuses: ({ from, to }) =>
      from.layer === "engine" && from.unit !== "journal" && to.layer === "engine" && to.unit === "journal" && !diamonds.has(to.path),
  },
  {
    name: "compose-joins",
    why: "Ports meet their implementations in app/compose alone; a use case that builds its own world cannot be tested in another one.",
    refuses: ({ from, to, runtime, toActs }) => runtime && from.layer === "app" && !isCompose(from.path) && isImplementation(to, toActs),
  },
  {
    name: "not-a-test",
    why: "What runs in production must not need what only tests need.",
    refuses: ({ from, to }) => !from.test && to.test,
  },
];

/** Rules that need no second file of `src/`. */
export const reasons: Readonly<Record<string, string>> = {
  ...Object.fromEntries(edgeRules.map(({ name, why }) => [name, why])),
  "in-a-layer": "Every module belongs to one layer of DESIGN §3; a file beside them belongs to none and is bound by no rule.",
  "stays-inside": "src/ is what is shipped: it must not need tests, scripts or benches. Only package.json is known to it, for the version.",
  "clear-import": "An import that a reader and a tool cannot follow is an import that no rule can check.",
  "pure-layer":
    "domain/ and config/ compute: no Node module, and of packages only parsers and comparers. Everything else comes to them as a value or a port.",
  "through-ports":
    "Decisions are tested in another world than the real one, so time, files, processes and sockets reach this layer as ports.",
};

const purePackages = new Set(["zod", "yaml", "smol-toml", "semver", "@renovatebot/pep440", "toml-eslint-parser", "jsonc-parser"]);
const actingPackages = new Set(["undici", "execa", "tar", "@zip.js/zip.js", "@fastify/busboy"]);
const actingBuiltins =
  /^(?:fs|child_process|net|https?|http2|tls|dgram|dns|sqlite|worker_threads|cluster|os|process|timers|readline|repl|tty|inspector)(?:\/|$)/;

/** Paths of the files that touch the world by what they import. */
export function actingFiles(imports: readonly Import[]): ReadonlySet<string> {
  const acts = ({ to }: Import) =>
    (to.kind === "builtin" && actingBuiltins.test(to.name)) || (to.kind === "package" && actingPackages.has(to.name));
  return new Set(imports.filter((one) => one.runtime && acts(one)).map((one) => one.from));
}

/** Names the rules that one import breaks, with words about it. @param acting see `actingFiles` */
export function judge(one: Import, acting: ReadonlySet<string>): readonly { readonly rule: string; readonly message: string }[] {
  const from = placeOf(one.from);
  if (from === undefined) return [];
  const { to } = one;
  switch (to.kind) {
    case "unclear":
      return [{ rule: "clear-import", message: to.why }];
    case "builtin":
      return judgeOutside(one, from, { name: `node:${to.name}`, pure: false, acts: actingBuiltins.test(to.name) });
    case "package":
      return judgeOutside(one, from, { name: to.name, pure: purePackages.has(to.name), acts: actingPackages.has(to.name) });
    case "file":
      return judgeFile(one, from, { path: to.path, acts: acting.has(to.path) });
  }
}

function judgeOutside(one: Import, from: Place, to: { readonly name: string; readonly pure: boolean; readonly acts: boolean }) {
  if (from.test || isContract(from.path)) return [];
  if ((from.layer === "domain" || from.layer === "config") && !to.pure) {
    return [{ rule: "pure-layer", message: `${from.layer}/ must not import "${to.name}"` }];
  }
  if (one.runtime && to.acts && !mayAct(from)) {
    return [{ rule: "through-ports", message: `"${to.name}" acts on the world, which comes through a port here` }];
  }
  return [];
}

function judgeFile(one: Import, from: Place, { path, acts }: { readonly path: string; readonly acts: boolean }) {
  const to = placeOf(path);
  if (to === undefined) {
    const fine = path === "package.json" || (from.test && path.startsWith("test/support/"));
    return fine ? [] : [{ rule: "stays-inside", message: `must not import "${path}"` }];
  }
  if (from.test) return [];
  const edge = { from, to, runtime: one.runtime, toActs: acts };
  return edgeRules.filter((rule) => rule.refuses(edge)).map((rule) => ({ rule: rule.name, message: `must not import "${path}"` }));
}

function rank(layer: Layer): number {
  if (layer === "domain") return 0;
  if (layer === "loopback" || siblingSet.has(layer)) return 1;
  return layer === "entrypoints" ? 3 : 2;
}

function crossesUnits(from: Place, to: Place, layer: Layer): boolean {
  if (from.layer !== layer || to.layer !== layer || from.unit === undefined) return false;
  // What steps have in common lies in a folder that is no step.
  if (layer === "steps" && to.unit === "shared") return false;
  const catalogue = to.path === `src/${layer}/catalog.ts`;
  return catalogue || (to.unit !== undefined && to.unit !== from.unit);
}

function joinsClientAndServer({ from, to }: Edge): boolean {
  const serves = isRehearsal(from.path);
  if (!serves) return isRehearsal(to.path) && from.layer === to.layer && from.unit === to.unit;
  if (to.layer === "domain" || to.layer === "loopback" || to.path === "src/platform/ports.ts") return false;
  if (to.layer === from.layer && to.unit === from.unit) {
    return !isRehearsal(to.path) && to.path !== `src/${from.layer}/${from.unit}/wire.ts`;
  }
  return true;
}

/** A store of the journal, and whatever touches the world on behalf of a port; their pure helpers are not meant. */
function isImplementation(to: Place, acts: boolean): boolean {
  if (to.layer === "engine") return to.unit === "journal" && !diamonds.has(to.path);
  return acts && ["platform", "registries", "forges"].includes(to.layer);
}

/** The layers whose task is to touch the world; the rest is given ports. */
export function mayAct(from: Place): boolean {
  if (from.layer === "platform" || from.layer === "loopback" || from.layer === "entrypoints" || isCompose(from.path)) return true;
  if (from.layer === "registries" || from.layer === "forges") return from.unit !== undefined;
  return from.layer === "engine" && (from.unit === "journal" || /\/lock[^/]*\.ts$/.test(from.path));
}

/** Contract suites stand beside the interface they test and are run by tests only. */
function isContract(path: string): boolean {
  return path.endsWith("/contract.ts") || isTest(path);
}
