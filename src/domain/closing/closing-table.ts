// The closing table (S3.11): every channel of a release, with package, link, install command and digest. The end of a run,
// `status` and the text of a release page are all made from it. Pure.
import { membersOf } from "../plan/members.ts";
import type { Plan, PlannedPackage } from "../plan/plan.ts";
import { joinWords } from "../words.ts";
import { waysTo } from "./install-commands.ts";
import { pageOf, releasePage } from "./places.ts";
import type { ClosingThing, Digested } from "./things.ts";

export interface ClosingRow {
  /** Registry by name, `release page`, or `install script`. */
  readonly channel: string;
  /** Name at the registry; on the release page that of the file. */
  readonly package: string;
  readonly version: string;
  /** What it is imported as, where that is not its name. */
  readonly importName?: string;
  /** A test registry: nobody depends on what is there. */
  readonly test?: true;
  readonly link?: string;
  /** Commands, one after another. */
  readonly install: readonly string[];
  /** Other commands to the same end, each by itself. */
  readonly or: readonly string[];
  /** Movable names that lead to it. */
  readonly channels: readonly string[];
  readonly digests: readonly Digested[];
}

export const pageChannel = "release page";
export const scriptChannel = "install script";

/** Registries first, in the order of the things, then the release page with its files. */
export function closingTable(plan: Pick<Plan, "packages" | "forge">, things: readonly ClosingThing[]): readonly ClosingRow[] {
  const packages = things.filter((one) => one.kind === "package");
  const groups = Map.groupBy(packages, ({ registry, name, version }) => JSON.stringify([registry.name, name, version]));
  const rows = [...groups.values()].flatMap((group) => packageRow(plan, group, things));
  const pages = things.flatMap((one) => (one.kind === "page" ? pageRow(plan, one.tag) : []));
  const assets = things.flatMap((one) => (one.kind === "asset" ? assetRow(plan, one) : []));
  const scripts = assets.filter(({ channel }) => channel === scriptChannel);
  return [...rows, ...scripts, ...pages, ...assets.filter((row) => !scripts.includes(row))];
}

type OfKind<K extends ClosingThing["kind"]> = Extract<ClosingThing, { kind: K }>;

function packageRow(
  plan: Pick<Plan, "packages">,
  group: readonly OfKind<"package">[],
  things: readonly ClosingThing[],
): readonly ClosingRow[] {
  const [first] = group;
  if (first === undefined) return [];
  const { registry, name, version } = first;
  const digests = group.flatMap(({ file }) => file ?? []);
  const channels = things.flatMap((one) =>
    one.kind === "channel" && one.registry.name === registry.name && one.name === name ? [one.channel] : [],
  );
  // Of an image for several platforms the list that joins them comes last.
  const digest = registry.ecosystem === "oci" ? digests.at(-1)?.digest : undefined;
  const own = plan.packages.filter(({ ecosystem }) => ecosystem === registry.ecosystem);
  const ways = waysTo({
    registry,
    name,
    version,
    program: own.flatMap(membersOf).find((member) => member.name === name)?.program,
    tags: channels,
    digest,
  });
  const link = pageOf(registry, { name, version });
  return [
    {
      channel: registry.name,
      package: name,
      version,
      ...importNameOf(own, name),
      ...(registry.test ? { test: true as const } : {}),
      ...(link === undefined ? {} : { link }),
      ...ways,
      channels,
      digests: registry.ecosystem !== "oci" ? digests : digest === undefined ? [] : [{ name, digest }],
    },
  ];
}

function importNameOf(packages: readonly PlannedPackage[], name: string): Pick<ClosingRow, "importName"> {
  const importName = packages.find((one) => one.name === name)?.importName;
  return importName === undefined || importName === name ? {} : { importName };
}

function pageRow({ forge }: Pick<Plan, "forge">, tag: string): ClosingRow {
  const at = releasePage(forge, tag);
  const link = at === undefined ? {} : { link: at.page };
  return { channel: pageChannel, package: tag, version: "", ...link, install: [], or: [], channels: [], digests: [] };
}

function assetRow({ forge, packages }: Pick<Plan, "packages" | "forge">, { tag, file, of, package: id }: OfKind<"asset">): ClosingRow {
  const at = releasePage(forge, tag);
  const link = at === undefined ? undefined : `${at.files}${encodeURIComponent(file.name)}`;
  const fetch = link === undefined ? [] : [joinWords(["curl", "-fLO", link])];
  return {
    channel: of === "install-script" ? scriptChannel : pageChannel,
    package: file.name,
    version: packages.find((one) => one.id === id)?.version ?? "",
    ...(link === undefined ? {} : { link }),
    // Two commands: who reads the script before it runs can.
    install: of === "install-script" && fetch.length > 0 ? [...fetch, joinWords(["sh", file.name])] : fetch,
    or: [],
    channels: [],
    digests: [file],
  };
}
