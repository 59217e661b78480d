// What a repository at Gitea or Forgejo is. It has no environments and locks no releases, and says so.
import { refSegments } from "../address.ts";
import { lookAt, type Api } from "../api.ts";
import type { SettingReads } from "../forge.ts";
import { readFacts, readProtected } from "./read.ts";

export function settingCalls(api: Api): SettingReads {
  return {
    facts: (access) => lookAt(api, { path: [] }, { ...access, read: readFacts }),
    // Rules for tags are shown to those who may change them.
    protections: async (branch, access) => {
      const looked = await lookAt(api, { path: ["branches", ...refSegments(branch)] }, { ...access, read: readProtected });
      if (looked.kind !== "found") return looked;
      return { kind: "found", found: { branch: looked.found.isProtected ? ["protected"] : [], tags: undefined } };
    },
    immutableReleases: () =>
      Promise.resolve({ kind: "unsupported", why: `"${api.forge}" locks no releases: tag and files of a published one can be changed` }),
    environments: () =>
      Promise.resolve({
        kind: "unsupported",
        why: `"${api.forge}" has no environments and reviews no deployments: let the room or a key approve`,
      }),
  };
}
