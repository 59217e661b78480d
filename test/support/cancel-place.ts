// The example tag-driven as a final version, with two indexes and a forge on loopback behind doors that can be held: for
// journeys that cancel a run somewhere and ask the servers themselves what they hold. What is held is asked of the servers
// with requests of this file's own, so that no reading of Slipway's can agree with itself.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSystemClock } from "../../src/platform/clock.ts";
import { startRehearsalForge, type RehearsalForge } from "../../src/forges/github/rehearsal/server.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { edit, makeBed, pointAt, startIndex, type Bed } from "./bed.ts";
import { enterprisePath, openDoor, type Door, type Visit } from "./door.ts";
import { forgeTokens, pointForgeAt } from "./project-forge.ts";

export const indexNames = ["testpypi", "pypi"] as const;
const serviceNames = [...indexNames, "forge"] as const;
export type ServiceName = (typeof serviceNames)[number];

const ours = "slipway-example-tide";
const repository = "example/tide";
export const cancelTokens = { TESTPYPI_TOKEN: "pypi-test-token-of-cancels", PYPI_TOKEN: "pypi-token-of-cancels", ...forgeTokens };

/** What stands at one of the services, by the name that people give it. */
export interface Held {
  /** Anybody can see it, without a credential. */
  readonly public: boolean;
  readonly sha256?: string;
}

/** Visits that are to be held, until `release`. */
export interface Hold {
  readonly service: ServiceName;
  readonly matches: (visit: Visit) => boolean;
  /** Before it reaches the server, or once the server has done it and before anybody is told. */
  readonly when: "before" | "reply";
}

export interface CancelPlace {
  readonly bed: Bed;
  /** The project's tests wait while this is shut; `true` once they do. */
  readonly patience: { shut(): void; open(): void; isWaited(): boolean };
  /** Holds visits from now on. @returns how many are held, and how to let them go */
  hold(hold: Hold): { count(): number; release(): void };
  /** Everything that stands at the indexes and the forge, asked of them. */
  held(): Promise<ReadonlyMap<string, Held>>;
  /** How often something was sent anywhere that is more than a question. */
  sent(): number;
  /** The same addresses, with nothing behind them, and a folder for the state of a new run. @returns it */
  empty(): Promise<string>;
  close(): Promise<void>;
}

interface Servers {
  testpypi: RehearsalPypi;
  pypi: RehearsalPypi;
  forge: RehearsalForge;
}

export async function openCancelPlace(): Promise<CancelPlace> {
  const folder = path.join(tmpdir(), `slipway-cancel-${process.pid}-${Math.random().toString(36).slice(2)}`);
  mkdirSync(folder, { recursive: true });
  let stores = 0;
  const start = async (): Promise<Servers> => {
    const at = (name: string): string => path.join(folder, `${name}-${(stores += 1)}`);
    const [testpypi, pypi] = [await startIndex(at("testpypi"), { ours: [ours] }), await startIndex(at("pypi"), { ours: [ours] })];
    const forge = { repository, defaultBranch: "main", clock: createSystemClock(), storeFolder: at("forge"), announced: false };
    return { testpypi, pypi, forge: await startRehearsalForge(forge) };
  };
  let servers = await start();
  const held = holding();
  const doors = await openDoors(() => servers, held);
  const patience = patienceIn(folder);
  const bed = makeBed({
    example: "tag-driven",
    tag: "v0.2.0",
    prepare: (project) => prepare(project, { doors, patience: patience.script }),
  });
  const closeServers = (): Promise<unknown> => Promise.all(serviceNames.map((name) => servers[name].close()));
  return {
    bed,
    patience,
    hold: held.hold,
    held: () => heldAt(servers, new URL(doors.forge.url).host),
    sent: () => serviceNames.flatMap((name) => doors[name].visits()).filter(({ method }) => method !== "GET" && method !== "HEAD").length,
    empty: async () => {
      await closeServers();
      servers = await start();
      for (const name of serviceNames) doors[name].forget();
      return path.join(folder, `state-${(stores += 1)}`);
    },
    close: async () => {
      await Promise.all(serviceNames.map((name) => doors[name].close()));
      await closeServers();
      bed.remove();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A final version at both indexes, so that the plan has everything above and below the line; built without an environment of its own, which would take a second each time. */
function prepare(
  project: string,
  { doors, patience }: { readonly doors: Readonly<Record<ServiceName, Door>>; readonly patience: string },
): void {
  pointAt(project, { testpypi: { url: `${doors.testpypi.url}/legacy/` }, pypi: { url: `${doors.pypi.url}/legacy/` } });
  pointForgeAt(project, doors.forge.url);
  edit(project, "pyproject.toml", (text) => text.replace('version = "0.2.0rc1"', 'version = "0.2.0"'));
  edit(project, "slipway.yaml", (text) =>
    text
      .replace(", candidate: tried }", " }")
      .replace("[testpypi, try, candidate]", "[testpypi, try]")
      .replace("build: { uses: build-wheel }", "build: { uses: build-wheel, with: { isolation: false } }"),
  );
  writeFileSync(path.join(project, "tests", "test_patience.py"), patience);
}

/** A test of the project that takes as long as somebody wants it to, and not for ever. */
function patienceIn(folder: string): CancelPlace["patience"] & { readonly script: string } {
  const [shut, waited] = [path.join(folder, "shut"), path.join(folder, "waited")];
  return {
    shut: () => writeFileSync(shut, ""),
    open: () => [shut, waited].forEach((file) => rmSync(file, { force: true })),
    isWaited: () => existsSync(waited),
    script: `import os, time, unittest


class Patience(unittest.TestCase):
    def test_waits_while_it_is_shut(self):
        for _ in range(1200):
            if not os.path.exists(${JSON.stringify(shut)}):
                return
            open(${JSON.stringify(waited)}, "w").close()
            time.sleep(0.05)
        self.fail("it stayed shut")
`,
  };
}

interface Holding {
  hold: CancelPlace["hold"];
  pass(service: ServiceName, when: Hold["when"], visit: Visit): Promise<void>;
}

function holding(): Holding {
  let current: { readonly hold: Hold; count: number; readonly released: Promise<void> } | undefined;
  return {
    hold: (hold) => {
      const { promise: released, resolve } = Promise.withResolvers<void>();
      const mine = { hold, count: 0, released };
      current = mine;
      const release = (): void => {
        current = undefined;
        resolve();
      };
      return { count: () => mine.count, release };
    },
    pass: async (service, when, visit) => {
      if (current?.hold.service !== service || current.hold.when !== when || !current.hold.matches(visit)) return;
      current.count += 1;
      await current.released;
    },
  };
}

async function openDoors(servers: () => Servers, { pass }: Holding): Promise<Readonly<Record<ServiceName, Door>>> {
  const open = (name: ServiceName): Promise<Door> =>
    openDoor({
      to: () => servers()[name].url,
      ...(name === "forge" ? { lead: enterprisePath } : {}),
      before: (visit) => pass(name, "before", visit),
      beforeReply: (visit) => pass(name, "reply", visit),
    });
  return { testpypi: await open("testpypi"), pypi: await open("pypi"), forge: await open("forge") };
}

async function heldAt(servers: Servers, forgeHost: string): Promise<ReadonlyMap<string, Held>> {
  const held = new Map<string, Held>();
  for (const name of indexNames) {
    for (const file of await filesAt(servers[name].url))
      held.set(`${file.filename} at ${name}`, { public: true, sha256: file.hashes.sha256 });
  }
  const everybody = await releasesAt(servers.forge.url, {});
  for (const release of await releasesAt(servers.forge.url, { authorization: `Bearer ${forgeTokens.GH_TOKEN}` })) {
    const isPublic = everybody.some(({ id }) => id === release.id);
    if (isPublic === release.draft) throw new Error(`the forge shows the draft ${release.tag_name} to everybody, or hides a page`);
    held.set(`draft of ${release.tag_name}`, { public: isPublic });
    if (isPublic) held.set(`release page ${release.tag_name}`, { public: true });
    for (const { name, digest } of release.assets)
      held.set(`${name} at ${forgeHost}`, { public: isPublic, sha256: digest.replace(/^sha256:/, "") });
  }
  return held;
}

interface IndexFile {
  readonly filename: string;
  readonly hashes: { readonly sha256: string };
}

async function filesAt(url: string): Promise<readonly IndexFile[]> {
  const answer = await fetch(`${url}/simple/${ours}/`, { headers: { accept: "application/vnd.pypi.simple.v1+json" } });
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw new Error(`the index answers ${answer.status}`);
  return ((await answer.json()) as { readonly files: readonly IndexFile[] }).files;
}

interface ForgePage {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly assets: readonly { readonly name: string; readonly digest: string }[];
}

async function releasesAt(url: string, headers: Readonly<Record<string, string>>): Promise<readonly ForgePage[]> {
  const answer = await fetch(`${url}/repos/${repository}/releases`, { headers });
  if (answer.status !== 200) throw new Error(`the forge answers ${answer.status}`);
  return (await answer.json()) as readonly ForgePage[];
}
