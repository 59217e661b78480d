// `verify-install` with the real cargo against the rehearsal crate registry, which has another one behind it: a library and a
// program of ours, and a crate of somebody else's that they need.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import type { Artifact } from "../../src/domain/artifact.ts";
import type { PlannedRegistry } from "../../src/domain/plan/plan.ts";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import type { RehearsalCrates } from "../../src/registries/crates/rehearsal/server.ts";
import type { Upload } from "../../src/registries/registry.ts";
import type { Worked } from "../../src/steps/step.ts";
import type { VerifyInstallInput } from "../../src/steps/verify-install/input.ts";
import { verifyInstallStep } from "../../src/steps/verify-install/verify-install.ts";
import { cratesClientOf, crateUpload, startCrates, type CrateOf } from "../support/crates.ts";
import { aFrozen, aPackage, aPlan, aPlanned, aPlannedStep, anEnvironment, aRegistry } from "../support/ports.ts";
import { never } from "../support/pypi.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const about = 'description = "A demo"\nlicense = "MIT"\n';

const outside: CrateOf = { name: "slip-outside", version: "3.0.0", files: { "src/lib.rs": "pub fn outside() -> u8 { 3 }\n" } };
const library: CrateOf = {
  name: "slip-base",
  version: "0.2.0",
  manifest: `${about}[dependencies]\nslip-outside = "3"\n`,
  files: { "src/lib.rs": "pub fn word() -> String { slip_outside::outside().to_string() }\n" },
};
const program: CrateOf = {
  name: "slip-app",
  version: "0.2.0",
  manifest: `${about}[dependencies]\nslip-base = "0.2"\n`,
  files: { "src/lib.rs": "", "src/main.rs": 'fn main() { println!("slip-app {} {}", env!("CARGO_PKG_VERSION"), slip_base::word()); }\n' },
};

interface World {
  readonly server: RehearsalCrates;
  readonly behind: RehearsalCrates;
  readonly ports: RealPorts;
  readonly artifacts: readonly Artifact[];
  readonly registry: PlannedRegistry;
}

interface Given {
  readonly planned?: Partial<PlannedRegistry>;
  readonly library?: CrateOf;
  readonly program?: CrateOf;
  /** What stands at the registry. Default: what the release has. */
  readonly shown?: readonly CrateOf[];
}

async function world(t: TestContext, given: Given = {}): Promise<World> {
  const folder = temporaryFolder(t);
  const ours = ["slip-base", "slip-app"];
  const behind = await startCrates(t, { ours: [...ours, "slip-outside"] });
  // A higher version of ours at the usual registry must not be taken for the released one.
  for (const one of [outside, { name: "slip-base", version: "0.2.9" }])
    await cratesClientOf(behind).publish(crateUpload(join(folder, "behind"), one), rehearsalCratesCredential(), never);
  const server = await startCrates(t, { ours, upstream: { indexUrl: behind.indexUrl } });
  const registry = cratesClientOf(server);
  const released = [given.library ?? library, given.program ?? program].map((one) => crateUpload(join(folder, "ours"), one));
  for (const upload of given.shown?.map((one) => crateUpload(join(folder, "shown"), one)) ?? released)
    assert.equal((await registry.publish(upload, rehearsalCratesCredential(), never)).kind, "sent");
  const ports = await realPorts(t, {
    path: [join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "bin"), "/usr/bin", "/bin"],
    registries: [registry],
    artifactFiles: Object.fromEntries(released.map((one) => [one.name, one.file])),
  });
  return {
    server,
    behind,
    ports,
    artifacts: released.map(artifactOf),
    registry: aRegistry({ name: "crates", ecosystem: "crates", ...given.planned }),
  };
}

function artifactOf({ name, sizeBytes, sha256 }: Upload): Artifact {
  return { kind: "crate", package: "workspace", name, sizeBytes, digest: sha256, maker: "build" };
}

async function verify(
  { ports, artifacts, registry }: World,
  input: Omit<VerifyInstallInput, "from"> = {},
  sinceMs = Date.now(),
): Promise<Worked> {
  const members = [
    { name: "slip-base", folder: "base" },
    { name: "slip-app", folder: "app" },
  ];
  const packages = [aPackage({ id: "workspace", ecosystem: "crates", name: "slip", version: "0.2.0", members })];
  const plan = aPlan({ environments: [anEnvironment({ name: "crates", registries: [registry] })] });
  const step = aPlannedStep({ timeoutMs: 300_000 });
  return verifyInstallStep.perform(aFrozen({ from: "crates", ...input }, { plan, step, packages, artifacts, sinceMs }), ports);
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : JSON.stringify(worked);
}

describe("verify-install with cargo", { concurrency: false }, () => {
  test("builds the library and installs the program, with everything else from behind, and leaves nothing", async (t) => {
    const given = await world(t);

    const worked = await verify(given, { version: "slip-app", run: ["slip-app"] });

    assert.equal(worked.kind, "done", failure(worked));
    const { trials } = (worked.kind === "done" ? worked.output : {}) as unknown as { readonly trials: readonly Record<string, unknown>[] };
    const { commands, ...rest } = trials[0] ?? {};
    assert.deepEqual(rest, {
      from: "crates",
      client: "cargo",
      host: "linux-x86_64",
      files: ["slip-base-0.2.0.crate", "slip-app-0.2.0.crate"],
      built: ["slip-base", "slip-app"],
      programs: ["slip-app"],
      installed: [
        { name: "slip-app", version: "0.2.0" },
        { name: "slip-base", version: "0.2.0" },
        { name: "slip-outside", version: "3.0.0" },
      ],
    });
    assert.equal((commands as readonly unknown[]).length, 2);
    assert.deepEqual(readdirSync(given.ports.scratchFolder), []);
    assert.equal(existsSync(join(given.ports.root, "home", ".cargo", "registry", "cache", "127.0.0.1")), false);
  });

  test("a registry of the file's own is asked for ours by name, with the server of the rehearsal in its place", async (t) => {
    const given = await world(t, {
      planned: { url: "http://127.0.0.1:9/api", index: "sparse+http://127.0.0.1:9/index" },
      program: { ...program, manifest: about, files: { "src/main.rs": "fn main() {}\n" } },
    });

    const worked = await verify(given, { run: "slip-app" });

    assert.equal(worked.kind, "done", failure(worked));
  });

  test("a library that does not compile for others is a finding", async (t) => {
    const given = await world(t, { library: { ...library, files: { "src/lib.rs": 'include!("../not-packed.rs");\n' } } });

    assert.match(failure(await verify(given)), /^STEP_FAILED: Cannot build with what was published: "cargo .*not-packed/s);
  });

  test("a crate that needs what nobody has is a finding, and one that is not shown yet is waited for", async (t) => {
    const needy = await world(t, { library: { ...library, manifest: `${about}[dependencies]\nslip-outside = "4"\n` } });
    const early = await world(t, { shown: [library] });

    assert.match(failure(await verify(needy)), /^STEP_FAILED: Cannot choose versions: .*slip-outside/s);
    assert.match(failure(await verify(early)), /"kind":"later".*crates does not show \\"slip-app-0.2.0.crate\\" yet/);
  });

  test("other bytes under our name end it before cargo is asked", async (t) => {
    const given = await world(t, { shown: [{ ...library, files: { "src/lib.rs": "// other\n" } }, program] });

    assert.match(failure(await verify(given)), /^REGISTRY_CONFLICT: /);
  });

  test("preflight finds cargo, and says that crates are not installed from their files", async (t) => {
    const { ports } = await world(t);
    const look = async (from: string, packages = [aPackage({ ecosystem: "crates" })]) =>
      (await verifyInstallStep.preflight(aPlanned<VerifyInstallInput>({ from }, { packages }), ports)).map(
        ({ level, id }) => `${level} ${id}`,
      );

    assert.deepEqual(await look("crates"), ["fine PF-CLIENT"]);
    assert.deepEqual(await look("artifacts"), ["blocks PF-NOT-FROM-FILES"]);
  });
});
