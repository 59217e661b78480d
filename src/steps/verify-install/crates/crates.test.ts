import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aFrozen,
  aPackage,
  aPlan,
  aRegistry,
  anArtifact,
  anEnvironment,
  digestOf,
  exited,
  fakeArchives,
  fakePorts,
  fakeRegistry,
  memoryFiles,
  type FakePorts,
} from "../../../../test/support/ports.ts";
import type { Worked } from "../../step.ts";
import { verifyInstallStep } from "../verify-install.ts";
import { cargoEnvironment, configurationFor } from "./cargo.ts";
import { scratchManifest, scratchSource } from "./scratch-project.ts";

test("configurationFor() leaves cargo's default alone, and puts a rehearsal in the place of the registry it stands for", () => {
  const at = { indexUrl: "http://127.0.0.1:1/index/", isRehearsed: false };
  const usual = aRegistry({ name: "crates", ecosystem: "crates" });
  const own = { ...usual, name: "own", index: "sparse+https://own.example/index" };

  assert.equal(configurationFor(usual, at), undefined);
  assert.match(
    configurationFor(usual, { ...at, isRehearsed: true }) ?? "",
    /^\[source\.crates-io\]\nreplace-with = "slipway-rehearsed"\n\[source\.slipway-rehearsed\]\nregistry = "sparse\+http:\/\/127\.0\.0\.1:1\/index\/"\n$/,
  );
  assert.equal(configurationFor(own, at), '[registries.slipway-under-test]\nindex = "sparse+https://own.example/index/"\n');
  assert.match(configurationFor(own, { ...at, isRehearsed: true }) ?? "", /own\.example\/index\/"\nreplace-with = "slipway-rehearsed"/);
});

test("cargoEnvironment() has a home of the trial's own and nothing of the user's but the way to the network", () => {
  const ports = fakePorts({
    env: {
      CARGO_HOME: "/home/.cargo",
      CARGO_REGISTRY_TOKEN: "x",
      CARGO_BUILD_TARGET: "x",
      CARGO_HTTP_CAINFO: "/ca",
      RUSTUP_HOME: "/rustup",
    },
  });

  const env = cargoEnvironment({ ports, folder: "/scratch/trial-1" });

  assert.equal(env["CARGO_HOME"], "/scratch/trial-1/cargo");
  assert.deepEqual([env["CARGO_REGISTRY_TOKEN"], env["CARGO_BUILD_TARGET"]], [undefined, undefined]);
  assert.deepEqual([env["CARGO_HTTP_CAINFO"], env["RUSTUP_HOME"]], ["/ca", "/rustup"]);
});

test("scratchManifest() asks for exactly the released versions, from the registry under test where it has a name", () => {
  const crates = [{ name: "slip-base", version: "0.2.0-rc.1" }];

  assert.match(scratchManifest(crates, undefined), /\[workspace\]\n\n\[dependencies\]\n"slip-base" = \{ version = "=0\.2\.0-rc\.1" \}\n$/);
  assert.match(scratchManifest(crates, "own"), /\{ version = "=0\.2\.0-rc\.1", registry = "own" \}/);
  assert.equal(scratchSource([{ library: "slip_base" }, {}]), "extern crate slip_base as _;\n");
});

const crate = anArtifact("crate", "slip-base-1.0.0.crate");

interface Machine {
  /** cargo's command that fails. */
  readonly failing?: readonly string[];
  /** What cargo finds under our name. */
  readonly bytes?: string;
  readonly archive?: Readonly<Record<string, string>>;
}

/** A machine with a cargo that fetches one file. */
function machine({ failing = [], bytes = crate.name, archive }: Machine = {}): FakePorts {
  const files = memoryFiles();
  const members = archive ?? { "slip-base-1.0.0/Cargo.toml": '[package]\nname = "slip-base"', "slip-base-1.0.0/src/lib.rs": "" };
  return fakePorts({
    files,
    archives: fakeArchives({ [`/store/${crate.digest}`]: members }),
    programs: {
      cargo: ({ args }) => {
        if (args.includes("build")) files.content.set(`/scratch/trial-1/cargo/registry/cache/index-1/${crate.name}`, bytes);
        return exited(failing.some((word) => args.includes(word)) ? 101 : 0, "", "error: words");
      },
    },
    registries: [fakeRegistry("crates", { ecosystem: "crates", observe: async () => ({ kind: "present", evidence: { how: "index" } }) })],
  });
}

async function verify(ports: FakePorts, from = "crates"): Promise<Worked> {
  const packages = [aPackage({ ecosystem: "crates", name: "slip-base" })];
  const plan = aPlan({ environments: [anEnvironment({ registries: [aRegistry({ name: "crates", ecosystem: "crates" })] })] });
  return verifyInstallStep.perform(aFrozen({ from }, { packages, plan, artifacts: [crate], sinceMs: ports.clock.nowMs() }), ports);
}

function told(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind === "later" ? `later: ${worked.why}` : worked.kind;
}

test("verify-install of crates: a version that cargo does not choose is waited for only while cargo does not know ours", async () => {
  assert.equal(told(await verify(machine())), "done");
  assert.match(told(await verify(machine({ failing: ["generate-lockfile", "info"] }))), /^later: Cannot choose versions/);
  assert.match(told(await verify(machine({ failing: ["generate-lockfile"] }))), /^STEP_FAILED: Cannot choose versions/);
  assert.match(told(await verify(machine({ failing: ["build"] }))), /^STEP_FAILED: Cannot build with what was published/);
});

test("verify-install of crates: other bytes in cargo's own cache are a conflict, and none are a finding", async () => {
  assert.match(
    told(await verify(machine({ bytes: "other" }))),
    new RegExp(`^REGISTRY_CONFLICT: .*with the sha256 ${digestOf("other")}, and ours is ${crate.digest}`),
  );
  const nothing = { "slip-base-1.0.0/Cargo.toml": '[package]\nname = "slip-base"' };
  assert.match(told(await verify(machine({ archive: nothing }))), /^STEP_FAILED: .*cargo fetched no file of it/);
});

test("verify-install of crates: says that frozen files cannot be installed, and that cargo is missing", async () => {
  assert.match(told(await verify(machine(), "artifacts")), /^ARTIFACT_SET: .*nothing that can be installed from the frozen files/);
  assert.match(told(await verify({ ...machine(), exec: fakePorts().exec })), /^TOOL_MISSING: .*cargo is not on the PATH/);
});
