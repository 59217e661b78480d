// What a repository at GitHub is and how it is protected. Read only: settings are for people to change.
import { call, list, lookAt, notRead, unreadable, type Api } from "../api.ts";
import type { ReadAccess, SettingReads } from "../forge.ts";
import { unknownFailure } from "../lasting.ts";
import { parseJson, recordOf } from "../reading.ts";
import { readEnvironment, readFacts, readProtected, readRule, readRuleset } from "./read.ts";
import { pageSize } from "./wire.ts";

const environmentPagesMax = 10;

export function settingCalls(api: Api): SettingReads {
  return {
    facts: (access) => lookAt(api, { path: [] }, { ...access, read: readFacts }),
    protections: (branch, access) => protections(api, branch, access),
    immutableReleases: (access) => immutableReleases(api, access),
    environments: async (access) => {
      const pages = {
        path: ["environments"],
        query: { per_page: pageSize },
        pagesMax: environmentPagesMax,
        listIn: (value: unknown) => recordOf(value)?.["environments"],
      };
      const listed = await list(api, pages, { ...access, read: readEnvironment });
      return listed.kind === "unknown" ? listed : { kind: "listed", environments: listed.items };
    },
  };
}

/** A branch may be protected by rules, which are listed, or in the older way, of which only the fact is told. */
async function protections(api: Api, branch: string, access: ReadAccess): ReturnType<SettingReads["protections"]> {
  const looked = await lookAt(api, { path: ["branches", branch] }, { ...access, read: readProtected });
  if (looked.kind !== "found") return looked;
  const pages = { query: { per_page: pageSize }, pagesMax: rulePagesMax };
  const rules = await list(api, { ...pages, path: ["rules", "branches", branch] }, { ...access, read: readRule });
  if (rules.kind === "unknown") return rules;
  const tags = await list(
    api,
    { path: ["rulesets"], query: { per_page: pageSize, targets: "tag" }, pagesMax: rulePagesMax },
    { ...access, read: readRuleset },
  );
  if (tags.kind === "unknown") return tags;
  const named = [...new Set(rules.items)];
  const found = {
    branch: named.length === 0 && looked.found.isProtected ? ["protected"] : named,
    tags: tags.items.filter(({ holds }) => holds).map(({ name }) => name),
  };
  return { kind: "found", found };
}

const rulePagesMax = 5;

/** GitHub answers 404 both where the setting is off and to whoever may not see it; only an administrator can tell. */
async function immutableReleases(api: Api, access: ReadAccess): ReturnType<SettingReads["immutableReleases"]> {
  const reply = await call(api, { method: "GET", path: ["immutable-releases"] }, access);
  if (reply.kind === "failed") return unknownFailure(reply);
  if (reply.status === 404) return await offOrHidden(api, access);
  if (reply.status !== 200) return notRead(api, reply, access);
  const enabled = recordOf(parseJson(reply.text))?.["enabled"];
  return typeof enabled === "boolean" ? { kind: "set", enabled } : unreadable(reply);
}

async function offOrHidden(api: Api, access: ReadAccess): ReturnType<SettingReads["immutableReleases"]> {
  const facts = await lookAt(api, { path: [] }, { ...access, read: readFacts });
  if (facts.kind === "found" && facts.found.permission === "admin") return { kind: "set", enabled: false };
  return { kind: "unknown", why: `"${api.forge}" shows its setting for immutable releases to administrators only` };
}
