import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage, aPlan, aPlannedStep, anEnvironment, aRegistry } from "../../test/support/ports.ts";
import { checkJsonSchema, strictly } from "../../test/support/json-schema.ts";
import { sha256OfText } from "../../test/support/runs.ts";
import type {
  Plan,
  PlannedChangelog,
  PlannedEnvironment,
  PlannedForge,
  PlannedMember,
  PlannedPackage,
  PlannedSource,
  PlannedStep,
} from "../domain/plan/plan.ts";
import { planDocumentSchema } from "./schemas.ts";

// The types name every member that a plan may have: one that is added is missing here until the schema has it too.
const changelog: Required<PlannedChangelog> = { file: "CHANGELOG.md", required: true, by: "git-cliff", tag: "v{version}" };
const member: Required<PlannedMember> = { name: "core", folder: "core", needs: ["base"], program: "beside-library" };
const one: Required<PlannedPackage> = {
  ...aPackage(),
  importName: "demo",
  versionFile: "demo/_version.py",
  tag: "v1.0.0",
  changelog,
  members: [member],
  needs: ["base"],
  program: "alone",
  generated: ["demo/_version.py"],
  asset: "{name}-{os}-{arch}",
};
const forge: Required<PlannedForge> = {
  kind: "gitea",
  url: "http://127.0.0.1/",
  repository: "ada/demo",
  credential: { kind: "token", variable: "FORGE_TOKEN" },
};
const source: Required<PlannedSource> = {
  commit: "a".repeat(40),
  tag: "v1.0.0",
  branch: "main",
  moved: "stop",
  epochSeconds: 1,
  carried: [{ path: "uv.lock", sha256: sha256OfText("x") }, { path: "gone" }],
};
const environment: Required<PlannedEnvironment> = {
  ...anEnvironment({ registries: [aRegistry()] }),
  forge: { kind: "deploy-key", variable: "DEPLOY_KEY" },
  gate: "pypi",
  approvals: { required: 1, from: "maintainers", standing: "refused", not: "requester", withinMs: 1 },
};
const step: Required<PlannedStep> = {
  ...aPlannedStep(),
  leg: { platform: "linux" },
  environment: "pypi",
  gate: "pypi",
  reach: "irreversible",
  writesSource: true,
};
const whole: Required<Plan> = {
  ...aPlan(),
  source,
  path: { name: "hotfix", by: "ann", reason: "now", leavesOut: ["candidate"] },
  packages: [one],
  forge,
  tracker: { label: "release", title: "demo 1.0.0" },
  environments: [environment],
  steps: [step],
};

test("the plan's schema knows every member that a plan may have", () => {
  const document = { ...whole, digest: sha256OfText("p") };

  assert.deepEqual(checkJsonSchema(strictly(planDocumentSchema), document), []);
});

test("the plan's schema refuses a plan whose changelog, forge or carried file is none", () => {
  for (const wrong of [
    { ...whole, packages: [{ ...one, changelog: { file: "CHANGELOG.md" } }] },
    { ...whole, forge: { kind: "gitlab", repository: "ada/demo" } },
    { ...whole, source: { ...source, carried: [{ sha256: "x" }] } },
  ]) {
    assert.notDeepEqual(checkJsonSchema(planDocumentSchema, { ...wrong, digest: sha256OfText("p") }), []);
  }
});
