// Records on the release pages of the forge: what another machine of this project released stands there, with the digests of its
// files. Asked only for a version that no run on this machine knows. What a page says counts for the very bytes that it names.
import path from "node:path";
import { readReleaseRecord, releaseRecordBytesMax, releaseRecordName, type ReleaseRecordFile } from "../../domain/release-record.ts";
import type { PlannedForge } from "../../domain/plan/plan.ts";
import type { ReadAccess, ReadForge, Release } from "../../forges/forge.ts";
import { planForge } from "../forges.ts";
import type { Project } from "../project.ts";
import type { World } from "../world.ts";

export interface PageRecords {
  /** Records of published pages whose tag or title names the version; none where the forge does not answer. */
  naming(version: string): Promise<readonly ReleaseRecordFile[]>;
}

/** Pages that may hold the record of one version. */
const pagesMax = 20;

export function openPageRecords(world: World, project: Project): PageRecords {
  let pages: Promise<Pages | undefined> | undefined;
  const read = new Map<number, Promise<ReleaseRecordFile | undefined>>();
  return {
    naming: async (version) => {
      pages ??= openPages(world, project).catch(() => undefined);
      const opened = await pages;
      if (opened === undefined) return [];
      const named = opened.releases.filter(({ tag, title }) => tag.includes(version) || title.includes(version)).slice(0, pagesMax);
      const records = await Promise.all(
        named.map((release) => {
          const one = read.get(release.id) ?? recordOn(world, project, { ...opened, release }).catch(() => undefined);
          read.set(release.id, one);
          return one;
        }),
      );
      return records.flatMap((record) => record ?? []);
    },
  };
}

interface Pages {
  readonly forge: ReadForge;
  readonly access: ReadAccess;
  readonly releases: readonly Release[];
}

async function openPages(world: World, { configuration, look }: Project): Promise<Pages | undefined> {
  const planned = await planForge(configuration, look);
  if (planned === undefined) return undefined;
  const forges = await world.realForges();
  const [forge, access] = [await forges.open(planned), await accessTo(world, planned)];
  const listed = await forge.releases.published(access);
  return listed.kind === "listed" ? { forge, access, releases: listed.releases } : undefined;
}

/** With the credential where there is one, else as anybody sees it. */
async function accessTo(world: World, planned: PlannedForge): Promise<ReadAccess> {
  const forges = await world.realForges();
  const signal = AbortSignal.any([world.interrupted, world.deadline(30_000)]);
  if (!(await forges.has(planned, planned.credential)).there) return { signal };
  return { signal, credential: await forges.credential(planned, planned.credential) };
}

async function recordOn(
  world: World,
  project: Project,
  { forge, access, release }: Pages & { readonly release: Release },
): Promise<ReleaseRecordFile | undefined> {
  const listed = await forge.releases.assets(release.id, access);
  const asset = listed.kind === "found" ? listed.found.find(({ name }) => name === releaseRecordName) : undefined;
  if (asset === undefined || asset.sizeBytes > releaseRecordBytesMax) return undefined;
  const file = path.join(project.folder, "watch", `record-${release.id}.json`);
  try {
    const got = await forge.releases.download(asset, file, access);
    const record = got.kind === "downloaded" ? readReleaseRecord(await world.files.readText(file)) : undefined;
    return record?.kind === "record" ? record.record : undefined;
  } finally {
    await world.files.remove(file);
  }
}
