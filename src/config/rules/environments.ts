// Environments: which registries they hold, what opens them, and who must consent first.
import type { EnvironmentConfiguration, PeopleGroup, RegistryUse } from "../../domain/configuration.ts";
import { complain, complainAtKey, type Judging, namesAt, requireKnown } from "../judging.ts";
import { type Path, pathText, quoted } from "../phrases.ts";
import type { WrittenEnvironment } from "../schema.ts";
import { members } from "../resolve/members.ts";
import { declaredUnder, environmentNames, type Judged, registryNames, stepNames } from "./rule.ts";

export function judgeEnvironments(judging: Judging, judged: Judged): void {
  for (const { name, value } of members(judged.written.environments)) {
    const path = ["environments", name];
    judgeForms(judging, path, value);
    judgeForge(judging, path, value);
    judgeVariables(judging, path, value);
    judgeApprovals(judging, { ...judged, path, name });
    judgeGate(judging, path, value);
    judgeTrial(judging, { ...judged, path, name });
  }
  for (const environment of judged.configuration.environments) judgeUses(judging, judged, environment);
}

/** `registry` with its neighbours, or `registries`. */
function judgeForms(judging: Judging, path: Path, written: WrittenEnvironment): void {
  const { registry, registries, credentials, test } = written;
  if (registry !== undefined && registries !== undefined) {
    complainAtKey(judging, [...path, "registry"], () => ({
      message: `Cannot use "registry" and "registries" together in ${pathText(path)}`,
      hint: "Move the one registry to the others",
    }));
  }
  if (registry === undefined && !judging.isFaulty([...path, "registry"]) && !judging.hasForeignKey(path)) {
    const stray = credentials === undefined ? (test === undefined ? undefined : "test") : "credentials";
    if (stray === undefined) return;
    const hint = registries === undefined ? "Add `registry: NAME`" : "Move it to the registry that it is for";
    complainAtKey(judging, [...path, stray], () => ({
      message: `Cannot tell which registry "${stray}" of ${pathText(path)} is for: "registry" is missing`,
      hint,
    }));
  }
  if (registry !== undefined && credentials === undefined && !judging.isFaulty([...path, "credentials"]) && !judging.hasForeignKey(path)) {
    complainAtKey(judging, path, () => ({
      message: `Cannot open the registry ${quoted(registry)} of ${pathText(path)}: "credentials" is missing`,
      hint: "Write `credentials: trusted-publishing`, `credentials: { token: VARIABLE }` or `credentials: none`",
    }));
  }
}

function judgeForge(judging: Judging, path: Path, { forge }: WrittenEnvironment): void {
  const isOne = (forge?.["deploy-key"] === undefined) !== (forge?.token === undefined);
  if (forge === undefined || isOne || judging.isFaulty([...path, "forge"])) return;
  complain(judging, [...path, "forge"], () => ({
    message: `Cannot read ${pathText([...path, "forge"])}: expected one of "deploy-key" and "token"`,
  }));
}

function judgeVariables(judging: Judging, path: Path, { variables, secrets }: WrittenEnvironment): void {
  for (const name of Object.keys(variables ?? {})) {
    const at = [...path, "variables", name];
    if (secrets?.includes(name) === true) {
      complainAtKey(judging, at, () => ({
        message: `Cannot use ${quoted(name)} as a variable and as a secret of ${pathText(path)}`,
        hint: "Keep one of the two",
      }));
    }
    if (name.startsWith("SLIPWAY_")) {
      complainAtKey(judging, at, () => ({
        message: `Cannot set the variable ${quoted(name)}: names with SLIPWAY_ are Slipway's own`,
        hint: "Choose another name",
      }));
    }
  }
}

interface EnvironmentAt extends Judged {
  readonly path: Path;
  readonly name: string;
}

function judgeApprovals(judging: Judging, { configuration, path, name }: EnvironmentAt): void {
  const environment = configuration.environments.find((one) => one.name === name);
  const rule = environment?.approvals;
  if (rule === undefined) return;
  const at = [...path, "approvals"];
  requirePeople(judging, rule.from, [...at, "from"]);
  const group = configuration.people.find((one) => one.name === rule.from);
  const most = rule.required + (rule.moreWhen === undefined ? 0 : 1);
  if (group?.kind === "names" && new Set(group.names).size < most) tooFew(judging, at, { group, required: most });
  if (typeof rule.note !== "object") return;
  const known = [...new Set([...stepNames(judging), ...environmentNames(judging)])];
  requireKnown(judging, [...at, "note", "names"], { what: "step or environment", name: rule.note.names, known, from: "in the file" });
}

function tooFew(
  judging: Judging,
  path: Path,
  { group, required }: { readonly group: PeopleGroup & { readonly kind: "names" }; readonly required: number },
): void {
  complain(judging, [...path, "required"], () => ({
    message: `Cannot get ${required} approvals for ${pathText(path)}: "people.${group.name}" has ${group.names.length === 1 ? "1 name" : `${group.names.length} names`}`,
    hint: "Ask for fewer approvals, or add people to the group",
  }));
}

export function requirePeople(judging: Judging, name: string, path: Path): void {
  requireKnown(judging, path, { what: "group of people", name, known: namesAt(judging, ["people"]), from: declaredUnder("people") });
}

function judgeGate(judging: Judging, path: Path, { gate, approvals }: WrittenEnvironment): void {
  if (gate === undefined) return;
  if (approvals !== undefined) {
    complainAtKey(judging, [...path, "gate"], () => ({
      message: `Cannot use "gate" and "approvals" together in ${pathText(path)}: it shares a gate or has its own`,
      hint: "Keep one of the two",
    }));
    return;
  }
  requireGate(judging, gate, [...path, "gate"]);
}

/** A gate is the `approvals` of an environment, named after it. */
export function requireGate(judging: Judging, gate: string, path: Path): void {
  if (
    !requireKnown(judging, path, { what: "environment", name: gate, known: environmentNames(judging), from: declaredUnder("environments") })
  )
    return;
  const owner = ["environments", gate];
  if (namesAt(judging, owner).includes("approvals") || judging.isFaulty(owner)) return;
  complain(judging, path, () => ({
    message: `Cannot share the gate that ${pathText(path)} names: the environment ${quoted(gate)} has no "approvals"`,
    hint: `Add \`approvals\` to ${pathText(owner)}, or delete the line`,
  }));
}

function judgeTrial(judging: Judging, { configuration, path, name }: EnvironmentAt): void {
  const environment = configuration.environments.find((one) => one.name === name);
  if (environment?.trialOf === undefined) return;
  const at = [...path, "trial-of"];
  const known = environmentNames(judging).filter((other) => other !== name);
  requireKnown(judging, at, { what: "environment", name: environment.trialOf, known, from: declaredUnder("environments") });
  const real = environment.registries.find((use) => !use.test);
  if (real === undefined) return;
  complain(judging, at, () => ({
    message: `Cannot use ${pathText(path)} for trials: its registry ${quoted(real.registry)} is no test index`,
    hint: "Name a test index, or add `test: true` if it is one",
  }));
}

function judgeUses(judging: Judging, judged: Judged, environment: EnvironmentConfiguration): void {
  const path = ["environments", environment.name];
  const written = judged.written.environments?.[environment.name];
  for (const use of environment.registries) {
    const isShort = written?.registry === use.registry;
    const at = isShort ? [...path, "registry"] : [...path, "registries", use.registry];
    const from = `${declaredUnder("registries")} or known by name`;
    requireKnown(judging, at, { what: "registry", name: use.registry, known: registryNames(judging), from });
    const base = isShort ? path : at;
    judgeTest(judging, [...base, "test"], { use, said: isShort ? written.test : written?.registries?.[use.registry]?.test });
    judgeFallback(judging, judged, { use, path: [...base, "credentials", "fallback"] });
  }
}

function judgeTest(judging: Judging, path: Path, { use, said }: { readonly use: RegistryUse; readonly said: boolean | undefined }): void {
  if (said !== false || !use.test) return;
  complain(judging, path, () => ({
    message: `Cannot use ${quoted(use.registry)} as anything but a test index: ${pathText(path)} says false`,
    hint: "Delete the line",
  }));
}

function judgeFallback(
  judging: Judging,
  { configuration }: Judged,
  { use, path }: { readonly use: RegistryUse; readonly path: Path },
): void {
  const fallback = use.credentials.kind === "trusted-publishing" ? use.credentials.fallback : undefined;
  if (fallback === undefined) return;
  requirePeople(judging, fallback.by, [...path, "by"]);
  if (fallback.tell === undefined || configuration.tracker !== undefined || judging.isFaulty(["tracker"])) return;
  complain(judging, [...path, "tell"], () => ({
    message: `Cannot tell the tracker about ${pathText(path)}: the file has no "tracker"`,
    hint: "Add `tracker`, or delete the line",
  }));
}
