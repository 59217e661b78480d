// Every stored token that slipway.yaml or this process's environment could still open a registry with, while the file means
// identities: whoever has such a token publishes past all gates (systems S1.11; trust §8, G15). Names only; nothing is read.
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import type { FallbackRule, TokenRule } from "../../domain/configuration.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import { isTokenless, someOf, whereOf, type Around, type FindingMaker, type Place } from "./around.ts";
import { standingOf } from "./first-names.ts";

export const tokenPathFindings: FindingMaker = async (around) => {
  const named = await Promise.all(around.places.map((place) => rulesOf(around, place)));
  return [...named.flat(), ...(await variableFindings(around)), ...around.places.flatMap(unseenFindings)];
};

// --- what slipway.yaml names --------------------------------------------------------------------

async function rulesOf(around: Around, place: Place): Promise<readonly DoctorFinding[]> {
  const rule = place.registry.credentials;
  switch (rule.kind) {
    case "none":
    case "forge":
      return [];
    // What stands in a client's file is found there.
    case "client":
      return closableFinding(place, "client");
    case "token":
      return [await storedFinding(around, place, rule), ...closableFinding(place, `{ token: ${rule.variable} }`)];
    case "trusted-publishing": {
      const fallback = rule.fallback === undefined ? [] : [await fallbackFinding(around, place, rule.fallback)];
      const first = rule.first === undefined ? [] : await firstFindings(around, place, rule.first);
      return [...fallback, ...first];
    }
  }
}

async function storedFinding({ world }: Around, place: Place, { variable }: TokenRule): Promise<DoctorFinding> {
  const id = "DR-CRED-02";
  const where = whereOf(place);
  const evidence = `${variable}, ${variable}_FILE and ${variable}_FD of this process's environment`;
  if (!(await world.secrets.has(variable))) {
    const hint = `Set ${variable}, ${variable}_FILE or ${variable}_FD before \`slipway run\``;
    return { id, level: "warns", message: `${where}: ${variable} is not set`, evidence, hint };
  }
  return { id, level: "fine", message: `${where}: ${variable} is set${reachOf(world.env, variable)}`, evidence };
}

/** On one account, only what was handed over by a descriptor is out of reach of project code: it is read before that runs. */
function reachOf(env: Around["world"]["env"], variable: string): string {
  return (env[`${variable}_FD`] ?? "") === "" ? ", within reach of every program of this account, project code too" : "";
}

/** Indexes of one's own may know no identities at all, so that only what is known to take them is told. */
function closableFinding(place: Place, rule: string): readonly DoctorFinding[] {
  const { registry, opened, names } = place;
  if (!isKnown(registry) || opened?.login === undefined) return [];
  return [
    {
      id: "DR-PATH-04",
      level: "warns",
      message: `${whereOf(place)} publishes ${someOf(names)} with a stored token, and takes identities: whoever has the token publishes past every gate`,
      evidence: `slipway.yaml: \`credentials: ${rule}\``,
      hint: "Enter a trusted publisher (`slipway doctor --publishers` tells the values), write `credentials: trusted-publishing`, revoke the token",
    },
  ];
}

async function fallbackFinding({ world }: Around, place: Place, { variable, by }: FallbackRule): Promise<DoctorFinding> {
  const id = "DR-PATH-02";
  const evidence = `slipway.yaml: \`fallback: { token: ${variable} }\`; ${variable}, ${variable}_FILE and ${variable}_FD of this process's environment`;
  if (!(await world.secrets.has(variable)))
    return {
      id,
      level: "fine",
      message: `${whereOf(place)}: the fallback for ${by} is declared, and ${variable} is not set here`,
      evidence,
    };
  return {
    id,
    level: "warns",
    message: `${whereOf(place)}: the fallback token ${variable} is set, which opens ${someOf(place.names)} without an identity`,
    evidence,
    hint: `Unset ${variable}, and revoke the token at "${place.registry.name}": it is for the one publish that a person asks for`,
  };
}

/** The token for first versions is a way in for as long as it lives, and wanted only until every package is there. */
async function firstFindings(around: Around, place: Place, { variable }: TokenRule): Promise<readonly DoctorFinding[]> {
  const standings = await standingOf(around, place);
  if (standings.absent.length > 0 || standings.unknown.length > 0) return [];
  const id = "DR-PATH-03";
  const evidence = `slipway.yaml: \`first: { token: ${variable} }\`; "${place.registry.name}" knows ${someOf(place.names)}`;
  const isSet = await around.world.secrets.has(variable);
  if (!isSet) return [{ id, level: "fine", message: `${whereOf(place)}: ${variable} is needed no more, and is not set here`, evidence }];
  return [
    {
      id,
      level: "warns",
      message: `${whereOf(place)}: ${variable} is set, and was for first versions: every package is there`,
      evidence,
      hint: `Unset ${variable}, revoke the token at "${place.registry.name}", and take \`first:\` out of slipway.yaml`,
    },
  ];
}

// --- what clients take from the environment -----------------------------------------------------

async function variableFindings({ world, places }: Around): Promise<readonly DoctorFinding[]> {
  const ruled = new Set(places.flatMap(({ registry }) => variablesOf(registry)));
  const found = places.filter(isPublishing).map((place): DoctorFinding | undefined => {
    const names = clientVariables(place.registry, world.env).filter((name) => isSet(world.env, name) && !ruled.has(name));
    if (names.length === 0) return undefined;
    const way = isTokenless(place) ? "without a token" : "another way";
    return {
      id: "DR-PATH-01",
      level: "warns",
      message: `${names.join(", ")} ${names.length === 1 ? "is" : "are"} set: clients publish ${someOf(place.names)} to ${whereOf(place)} with ${names.length === 1 ? "it" : "them"}, and slipway.yaml means ${way}`,
      evidence: `this process's environment: ${names.join(", ")}`,
      hint: "Unset it, and revoke the token",
    };
  });
  return found.filter((one) => one !== undefined);
}

/** A registry that nothing of this project goes to is no path to it; one without packages of its kind has none. */
function isPublishing({ registry, names }: Place): boolean {
  return registry.ecosystem !== "binary" && names.length > 0;
}

/** Those that slipway.yaml itself names have findings of their own. */
function variablesOf({ credentials }: PlannedRegistry): readonly string[] {
  if (credentials.kind === "token") return [credentials.variable];
  if (credentials.kind !== "trusted-publishing") return [];
  return [credentials.fallback, credentials.first].flatMap((rule) => (rule === undefined ? [] : [rule.variable]));
}

function isSet(env: Around["world"]["env"], name: string): boolean {
  return env[name] !== setupNodeFiller && ["", "_FILE", "_FD"].some((ending) => (env[`${name}${ending}`] ?? "") !== "");
}

/** What GitHub's action that sets up Node writes into NODE_AUTH_TOKEN where nobody gave a token. */
const setupNodeFiller = "XXXXX-XXXXX-XXXXX-XXXXX";

/** Variables in which clients look for a token, and those that people use by custom. */
function clientVariables(registry: PlannedRegistry, env: Around["world"]["env"]): readonly string[] {
  const own = registry.name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  switch (registry.ecosystem) {
    case "pypi":
      return [...pythonVariables, `POETRY_PYPI_TOKEN_${own}`, `${own}_TOKEN`, `${own}_API_TOKEN`];
    case "crates":
      return [...(isKnown(registry) ? ["CARGO_REGISTRY_TOKEN"] : []), `CARGO_REGISTRIES_${own}_TOKEN`, `${own}_TOKEN`];
    case "npm":
      return ["NODE_AUTH_TOKEN", "NPM_TOKEN", ...Object.keys(env).filter(isNpmSecret)];
    case "oci":
      return ["DOCKER_AUTH_CONFIG", "CR_PAT", `${own}_TOKEN`];
    case "binary":
      return [];
  }
}

/** twine, uv, flit, hatch, pdm, maturin. */
const pythonVariables: readonly string[] = [
  "TWINE_PASSWORD",
  "UV_PUBLISH_TOKEN",
  "UV_PUBLISH_PASSWORD",
  "FLIT_PASSWORD",
  "HATCH_INDEX_AUTH",
  "PDM_PUBLISH_PASSWORD",
  "MATURIN_PYPI_TOKEN",
  "MATURIN_PASSWORD",
];

/** npm takes every setting from the environment: `npm_config_//registry.example/:_authToken`. */
function isNpmSecret(name: string): boolean {
  return /^npm_config_.{0,300}_(?:authToken|auth|password)$/i.test(name);
}

export function isKnown({ url, index }: Pick<PlannedRegistry, "url" | "index">): boolean {
  return url === undefined && index === undefined;
}

// --- what only the registry's owners see ----------------------------------------------------------

/** A registry that trusts a publisher goes on to take tokens until its owners forbid it; nothing of that is public. */
function unseenFindings(place: Place): readonly DoctorFinding[] {
  const { registry, opened, names } = place;
  if (!isTokenless(place) || !isKnown(registry) || opened?.login === undefined || names.length === 0) return [];
  const way = forbidding[registry.ecosystem] ?? "Revoke what is listed there";
  return [
    {
      id: "DR-PATH-11",
      level: "cannot-be-tried",
      message: `Whether "${registry.name}" takes stored tokens for ${someOf(names)} beside identities: its owners alone see it`,
      evidence: `the registry shows no tokens; the page is ${opened.login.settings(names[0] ?? "")}`,
      hint: way,
    },
  ];
}

const forbidding: Readonly<Record<string, string>> = {
  pypi: "Remove API tokens of the project and of its maintainers: the index cannot forbid them",
  crates: 'Switch on "Require trusted publishing" on each crate\'s settings page, and revoke its tokens',
  npm: 'Choose "Require two-factor authentication and disallow tokens" on each package\'s access page',
};
