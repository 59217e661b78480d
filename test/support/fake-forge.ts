// An in-memory forge for unit tests of steps: it holds releases, issues and workflow runs, judges by the same pure rules as
// the real clients, and fails when a test says so.
import type {
  Asset,
  Forge,
  Issue,
  Release,
  ReleaseReads,
  SettingReads,
  Unknown,
  WantedRelease,
  WorkflowRun,
} from "../../src/forges/forge.ts";
import { judgeDraft, judgePublished, searchReleases } from "../../src/forges/judge.ts";
import { carriesMark, withMark } from "../../src/forges/mark.ts";
import { digestOf } from "./ports.ts";

export interface FakeForge extends Forge {
  readonly held: {
    releases: Release[];
    /** By release id; `bytes` is what a download gives. */
    readonly assets: Map<number, (Asset & { readonly bytes: string })[]>;
    issues: (Issue & { readonly comments: string[] })[];
    runs: (WorkflowRun & { readonly inputs: Readonly<Record<string, string>> })[];
    /** Of the release that is shown as the latest. */
    latest: number | undefined;
    /** Where tags lead. */
    readonly tags: Map<string, string>;
    /** What was called, in order. */
    readonly calls: string[];
  };
}

const at = "2026-01-01T00:00:00Z";

export function fakeForge(
  parts: {
    readonly silent?: boolean | "lasting";
    readonly write?: (to: string, bytes: string) => Promise<void>;
    readonly settings?: Partial<SettingReads>;
    readonly latest?: ReleaseReads["latest"];
  } = {},
): FakeForge {
  const held: FakeForge["held"] = { releases: [], assets: new Map(), issues: [], runs: [], latest: undefined, tags: new Map(), calls: [] };
  let ids = 0;
  const isSilent = parts.silent !== undefined && parts.silent !== false;
  const unknown: Unknown = {
    kind: "unknown",
    why: "the forge does not answer",
    ...(parts.silent === "lasting" ? { lasting: true } : {}),
  };
  const find = (wanted: Pick<WantedRelease, "tag" | "mark">) => (isSilent ? unknown : searchReleases(held.releases, wanted));
  const assetsOf = (id: number) => held.assets.get(id) ?? [];
  const change = (id: number, to: Partial<Release>): void => {
    held.releases = held.releases.map((one) => (one.id === id ? { ...one, ...to } : one));
  };
  const textsOf = (wanted: WantedRelease) => ({
    title: wanted.title,
    notes: withMark(wanted.notes, wanted.mark),
    prerelease: wanted.prerelease,
  });
  const sent = { kind: "sent", warnings: [] } as const;
  return {
    held,
    name: "forge",
    kind: "github",
    world: "rehearsal",
    repository: "slip/demo",
    settleMs: 100,
    locate: () => "https://forge.example/slip/demo",
    releases: {
      refusals: () => [],
      latest: parts.latest ?? { kind: "told" },
      published: async () => (isSilent ? unknown : { kind: "listed", releases: held.releases.filter(({ draft }) => !draft) }),
      find: async (wanted) => find(wanted),
      observeDraft: async (wanted) => judgeDraft(find(wanted), wanted),
      observePublished: async (wanted) => judgePublished(find(wanted), wanted, { kind: "found", found: wanted.commit }),
      observeAsset: async (wanted, asset) => {
        const page = find(wanted);
        if (page.kind !== "ours") return page.kind === "unknown" ? page : { kind: "absent" };
        const there = assetsOf(page.found.id).find((one) => one.name === asset.name);
        if (there === undefined) return { kind: "absent" };
        if (there.state === "broken" || there.sha256 !== asset.sha256) return { kind: "damaged", how: "other bytes" };
        return { kind: "present", evidence: { how: "read back", sha256: asset.sha256 } };
      },
      assets: async (id) => ({ kind: "found", found: assetsOf(id) }),
      download: async (asset, file) => {
        const found = [...held.assets.values()].flat().find((one) => one.handle === asset.handle);
        if (found === undefined) return { kind: "absent" };
        if (file !== undefined) await parts.write?.(file, found.bytes);
        return { kind: "downloaded", sha256: digestOf(found.bytes), sizeBytes: found.bytes.length };
      },
      survey: async (wanted, names) => {
        const page = find(wanted);
        if (page.kind === "unknown") return page;
        if (page.kind === "theirs") return { kind: "surveyed", strangers: [{ target: "forge", name: `release ${wanted.tag}` }] };
        const extra = page.kind === "ours" ? assetsOf(page.found.id).filter(({ name }) => !names.includes(name)) : [];
        return { kind: "surveyed", strangers: extra.map(({ name }) => ({ target: "forge", name })) };
      },
      tagCommit: async (tag) => {
        const commit = held.tags.get(tag);
        return commit === undefined ? { kind: "absent" } : { kind: "found", found: commit };
      },
      createDraft: async (wanted) => {
        held.calls.push(`create ${wanted.tag}`);
        const id = (ids += 1);
        held.releases.push({
          id,
          tag: wanted.tag,
          draft: true,
          url: `https://forge.example/${wanted.tag}`,
          author: "ann",
          createdAt: at,
          ...textsOf(wanted),
        });
        return sent;
      },
      update: async ({ id }, wanted) => {
        held.calls.push(`update ${wanted.tag}`);
        change(id, textsOf(wanted));
        return sent;
      },
      publish: async (id, wanted) => {
        held.calls.push(`publish ${wanted.tag}`);
        change(id, { draft: false, publishedAt: at });
        if (wanted.latest) held.latest = id;
        return sent;
      },
      hide: async (id) => {
        held.calls.push(`hide ${id}`);
        change(id, { draft: true });
        return sent;
      },
      remove: async (id) => {
        held.calls.push(`remove ${id}`);
        held.releases = held.releases.filter((one) => one.id !== id);
        return sent;
      },
      upload: async (release, { name, sha256, sizeBytes, mediaType }) => {
        held.calls.push(`upload ${name} as ${mediaType}`);
        const asset = {
          id: (ids += 1),
          name,
          sizeBytes,
          sha256,
          state: "whole",
          url: "",
          handle: String(ids),
          uploadedAt: at,
          bytes: name,
        } as const;
        held.assets.set(release, [...assetsOf(release), asset]);
        return sent;
      },
      clear: async (release, name) => {
        held.calls.push(`clear ${name}`);
        held.assets.set(
          release,
          assetsOf(release).filter((one) => one.name !== name),
        );
        return sent;
      },
    },
    issues: {
      find: async (query) =>
        isSilent
          ? unknown
          : {
              kind: "listed",
              issues: held.issues.filter(
                (one) =>
                  (query.title === undefined || one.title === query.title) &&
                  (query.label === undefined || one.labels.includes(query.label)) &&
                  (query.state === "all" || one.state === query.state),
              ),
            },
      get: async (number) => {
        const found = held.issues.find((one) => one.number === number);
        return found === undefined ? { kind: "absent" } : { kind: "found", found };
      },
      observeComment: async (number, mark) => {
        const comments = held.issues.find((one) => one.number === number)?.comments ?? [];
        return comments.some((text) => carriesMark(text, mark)) ? { kind: "present", evidence: { how: "read back" } } : { kind: "absent" };
      },
      observeClosed: async (number) =>
        held.issues.find((one) => one.number === number)?.state === "closed"
          ? { kind: "present", evidence: { how: "read back" } }
          : { kind: "absent" },
      comment: async (number, { text, mark }) => {
        held.calls.push(`comment ${number}`);
        held.issues.find((one) => one.number === number)?.comments.push(withMark(text, mark));
        return sent;
      },
      close: async (number) => {
        held.calls.push(`close ${number}`);
        held.issues = held.issues.map((one) => (one.number === number ? { ...one, state: "closed" } : one));
        return sent;
      },
    },
    pullRequests: {
      find: async () => ({ kind: "absent" }),
      get: async () => ({ kind: "absent" }),
      observe: async () => ({ kind: "absent" }),
      open: async () => sent,
    },
    workflows: {
      run: async () => ({ kind: "absent" }),
      findRuns: async ({ mark }) => (isSilent ? unknown : { kind: "listed", runs: held.runs.filter(({ title }) => title.includes(mark)) }),
      observeRun: async () => ({ kind: "absent" }),
      dispatch: async ({ workflow, ref, inputs }) => {
        held.calls.push(`dispatch ${workflow} at ${ref}`);
        const id = (ids += 1);
        held.runs.push({
          id,
          title: inputs["slipway"] ?? "",
          state: "queued",
          commit: "c".repeat(40),
          url: `https://forge.example/runs/${id}`,
          createdAt: at,
          inputs,
        });
        return sent;
      },
    },
    settings: {
      facts: async () => ({ kind: "absent" }),
      protections: async () => ({ kind: "absent" }),
      immutableReleases: async () => ({ kind: "unsupported", why: "a fake" }),
      environments: async () => ({ kind: "unsupported", why: "a fake" }),
      ...parts.settings,
    },
  };
}
