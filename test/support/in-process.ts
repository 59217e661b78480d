// `slipway run --no-wait` in this process, for journeys that need another clock or other time-outs than the program has:
// use case, engine, journal, git, child processes and the PyPI client are the real ones, composed anew for each command.
import assert from "node:assert/strict";
import { composeWorld } from "../../src/app/compose.ts";
import { decideRun, type Saying } from "../../src/app/decide-run.ts";
import { lookAtRun } from "../../src/app/look-at-run.ts";
import type { Forges } from "../../src/app/forges.ts";
import type { Registries } from "../../src/app/registries.ts";
import { runRelease, type RunEnd } from "../../src/app/run-release.ts";
import { withdrawTag, type WithdrawOptions } from "../../src/app/withdraw-tag.ts";
import type { World } from "../../src/app/world.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { openHttp, type HttpTimeouts } from "../../src/platform/http.ts";
import { pypiRegistry } from "../../src/registries/pypi/client.ts";
import type { Registry } from "../../src/registries/registry.ts";
import type { Bed } from "./bed.ts";

export interface Addresses {
  readonly uploadUrl: string;
  readonly indexUrl: string;
}

export interface InProcess {
  readonly bed: Pick<Bed, "env" | "project">;
  /** `--state`. */
  readonly state: string;
  readonly clock: Clock;
  /** By name in slipway.yaml. */
  readonly registries: Readonly<Record<string, Addresses>>;
  /** Secrets by name of the registry; all get the same where it is one. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly client: { readonly settleMs: number; readonly timeouts?: Partial<HttpTimeouts> };
  /** `--pipeline`, and the version that is asked for. */
  readonly pipeline?: string;
  readonly version?: string;
  /** In the place of the PyPI clients of the addresses: registries of other ecosystems. */
  readonly opened?: Registries;
  /** In the place of the forge that the plan names. */
  readonly forges?: Forges;
  /** More variables than the bed's. */
  readonly env?: Readonly<Record<string, string>>;
}

const quiet = (): void => {};
const observer = { onHistory: quiet, onRecorded: quiet, onMove: quiet, onLine: quiet };

/** @throws SlipwayError as the program would print it */
export async function runInProcess(options: InProcess): Promise<RunEnd> {
  const asked = { pipeline: options.pipeline, version: options.version, inputs: {}, path: undefined, mayAssumeTag: false };
  return await runRelease(worldOf(options), { asked, observer, waitForPeople: false, mend: false, filesFolder: undefined });
}

/** `slipway withdraw TAG --everything` in this process. @throws SlipwayError as the program would print it */
export async function withdrawInProcess(
  options: InProcess,
  said: Pick<WithdrawOptions, "tags" | "confirm" | "reason">,
): ReturnType<typeof withdrawTag> {
  return await withdrawTag(worldOf(options), { ...said, page: false, everything: true, observer });
}

/** What a person says, as `slipway approve`, `cancel` and the others do. @throws SlipwayError as the program would print it */
export function decideInProcess(options: InProcess, run: string, saying: Saying): ReturnType<typeof decideRun> {
  return decideRun(worldOf(options), run, saying);
}

/** `slipway status RUN`. */
export function lookInProcess(options: InProcess, run: string): ReturnType<typeof lookAtRun> {
  return lookAtRun(worldOf(options), run);
}

function worldOf(options: InProcess): World {
  const composed = composeWorld({
    env: { ...options.bed.env, ...options.env },
    folder: options.bed.project,
    stateRoot: options.state,
    interrupted: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet },
  });
  const { forges } = options;
  return {
    ...composed,
    clock: options.clock,
    realRegistries: () => Promise.resolve(options.opened ?? registriesAt(options)),
    ...(forges === undefined ? {} : { realForges: () => Promise.resolve(forges) }),
  };
}

function registriesAt({ registries, tokens, clock, client }: InProcess): Registries {
  const { settleMs, timeouts = {} } = client;
  const http = openHttp({ userAgent: "slipway/0.0.0-test", timeouts });
  const opened = new Map<string, Registry>(
    Object.entries(registries).map(([name, { uploadUrl, indexUrl }]) => [
      name,
      pypiRegistry({ name, uploadUrl, indexUrl, world: "real", rules: "pypi", clock, http, settleMs }),
    ]),
  );
  return {
    world: "real",
    identity: { kind: "none", why: "a test has no identity" },
    signer: () => assert.fail("a test signs nothing"),
    open: ({ name }) => {
      const found = opened.get(name);
      assert.ok(found !== undefined, `the test has no registry "${name}"`);
      return found;
    },
    credential: async ({ name }) => ({
      credential: createCredential("__token__", tokens[name] ?? "pypi-token-of-a-test"),
      how: { kind: "token", variable: "PYPI_TOKEN" },
    }),
  };
}
