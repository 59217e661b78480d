// From the written form to `Configuration`: short forms written out, words to shapes, defaults filled in.
// It is total: what cannot be read is complained about and left out, so that the rules see all the rest.
import type { Configuration, PackageConfiguration, PathRule, PeopleGroup, PlaceOf } from "../../domain/configuration.ts";
import type { Judging } from "../judging.ts";
import type { WrittenFile } from "../schema.ts";
import { defined } from "./defined.ts";
import { resolveEnvironments } from "./environments.ts";
import { members } from "./members.ts";
import { resolvePipelines } from "./pipelines.ts";
import { resolveVersion } from "./version.ts";

export function resolveFile(judging: Judging, written: WrittenFile, places: PlaceOf): Configuration {
  return {
    project: written.project,
    packages: members(written.packages).map(resolvePackage),
    versions: written.versions ?? "one",
    version: resolveVersion(judging, written.version ?? { from: "manifest" }, ["version"]),
    source: defined({ branch: written.source?.branch, moved: written.source?.moved ?? "stop", carry: written.source?.carry ?? [] }),
    people: members(written.people).map(resolvePeople),
    paths: members(written.paths).map(resolvePath),
    ...defined({ tracker: written.tracker, logs: written.logs, forge: written.forge === undefined ? undefined : defined(written.forge) }),
    registries: members(written.registries).map(({ name, value }) => ({ name, ...defined(value) })),
    environments: resolveEnvironments(judging, written),
    pipelines: resolvePipelines(judging, written),
    places,
  };
}

type Member<Map> = { readonly name: string; readonly value: NonNullable<Map>[keyof NonNullable<Map>] };

function resolvePackage({ name, value }: Member<WrittenFile["packages"]>): PackageConfiguration {
  const {
    path,
    ecosystem,
    name: registryName,
    import: importName,
    members: all,
    tag,
    "version-file": versionFile,
    asset,
    changelog,
    generated,
  } = value;
  const told =
    changelog === undefined ? undefined : defined({ file: changelog.file, required: changelog.required ?? false, by: changelog.by });
  return {
    id: name,
    path,
    ...defined({ ecosystem, name: registryName, importName, members: all, tag, versionFile, generated, asset, changelog: told }),
  };
}

function resolvePeople({ name, value }: Member<WrittenFile["people"]>): PeopleGroup {
  if (Array.isArray(value)) return { name, kind: "names", names: value };
  if ("forge-team" in value) return { name, kind: "forge-team", team: value["forge-team"] };
  return { name, kind: "room-group", group: value["room-group"] };
}

function resolvePath({ name, value }: Member<WrittenFile["paths"]>): PathRule {
  return { name, leavesOut: value["leaves-out"], by: value.by, reason: value.reason ?? "required" };
}
