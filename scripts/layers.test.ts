// The import check is attacked: each forbidden import below must be refused by the named rule, each allowed one must
// pass. Files are virtual.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkImports } from "./layers.ts";
import { findPublicHosts } from "./layers/public-hosts.ts";

/** Files that touch the world, for those that must not import such. */
const world = [
  { path: "src/platform/clock.ts", text: `import { setTimeout } from "node:timers/promises";` },
  { path: "src/registries/pypi/client.ts", text: `const { request } = await import("undici");` },
];

/** Rules broken by one file that holds one line; the files it imports need not exist. */
function broken(path: string, text: string): readonly string[] {
  const others = world.filter((file) => file.path !== path);
  return checkImports([{ path, text }, ...others]).map((finding) => finding.rule);
}

const forbidden: readonly (readonly [rule: string, path: string, text: string])[] = [
  ["layer-order", "src/domain/version.ts", `import { load } from "../config/load.ts";`],
  ["layer-order", "src/domain/plan/plan.ts", `import type { Clock } from "../../platform/ports.ts";`],
  ["layer-order", "src/domain/gate.ts", `export { step } from "../steps/step.ts";`],
  ["layer-order", "src/config/load.ts", `import { plan } from "../app/plan.ts";`],
  ["layer-order", "src/engine/driver.ts", `const { compile } = await import("../compile/github-actions.ts");`],
  ["layer-order", "src/app/run.ts", `import { colours } from "../entrypoints/cli/colours.ts";`],
  ["layer-order", "src/platform/exec.ts", `type Main = typeof import("../entrypoints/cli/main.ts");`],
  ["sibling-diamond", "src/config/load.ts", `import { clock } from "../platform/ports-real.ts";`],
  ["sibling-diamond", "src/engine/driver.ts", `import { catalog } from "../steps/catalog.ts";`],
  ["sibling-diamond", "src/steps/publish/publish.ts", `import { client } from "../../registries/pypi/client.ts";`],
  ["sibling-diamond", "src/registries/pypi/client.ts", `import { exec } from "../../platform/exec.ts";`],
  ["sibling-diamond", "src/platform/files.ts", `import { fold } from "../engine/fold.ts";`],
  ["sibling-diamond", "src/app/run.ts", `import { workflow } from "../compile/workflow.ts";`],
  ["step-island", "src/steps/publish/publish.ts", `import { build } from "../build-wheel/build-wheel.ts";`],
  ["step-island", "src/steps/publish/publish.ts", `export * from "../catalog.ts";`],
  ["registry-island", "src/registries/npm/client.ts", `import { wire } from "../pypi/wire.ts";`],
  ["registry-island", "src/registries/npm/client.ts", `import { byName } from "../catalog.ts";`],
  ["forge-island", "src/forges/gitea/releases.ts", `import { mark } from "../github/releases.ts";`],
  ["entrypoint-island", "src/entrypoints/server/main.ts", `import { main } from "../cli/main.ts";`],
  ["client-and-rehearsal", "src/registries/pypi/rehearsal/server.ts", `import { normalize } from "../client.ts";`],
  ["client-and-rehearsal", "src/registries/pypi/rehearsal/form.ts", `import type { Registry } from "../../registry.ts";`],
  ["client-and-rehearsal", "src/registries/pypi/client.ts", `import { texts } from "./rehearsal/texts.ts";`],
  ["client-and-rehearsal", "src/registries/pypi/client.ts", `import { serve } from "./rehearsal.ts";`],
  ["loopback-for-rehearsals", "src/registries/pypi/client.ts", `import { readFaults } from "../../loopback/faults.ts";`],
  ["loopback-for-rehearsals", "src/loopback/faults.ts", `import type { Journal } from "../engine/journal/journal.ts";`],
  ["journal-diamond", "src/engine/driver.ts", `import { openSqlite } from "./journal/sqlite.ts";`],
  ["compose-joins", "src/app/run.ts", `import { realClock } from "../platform/clock.ts";`],
  ["compose-joins", "src/app/verify.ts", `import { pypi } from "../registries/pypi/client.ts";`],
  ["compose-joins", "src/app/status.ts", `import { openSqlite } from "../engine/journal/sqlite.ts";`],
  ["not-a-test", "src/domain/gate.ts", `import { sample } from "./words.test.ts";`],
  ["in-a-layer", "src/helpers.ts", ``],
  ["in-a-layer", "src/util/strings.ts", ``],
  ["stays-inside", "src/platform/exec.ts", `import { root } from "../../scripts/support/repository.ts";`],
  ["stays-inside", "src/app/run.ts", `import { wheel } from "../../test/support/wheel.ts";`],
  ["clear-import", "src/app/run.ts", `const name = "./x.ts"; await import(name);`],
  ["clear-import", "src/app/run.ts", `import { fold } from "../engine/fold";`],
  ["clear-import", "src/platform/files.ts", `import fs from "fs";`],
  ["clear-import", "src/platform/files.ts", `const fs = process.getBuiltinModule("node:fs");`],
  ["clear-import", "src/platform/files.ts", `const { x } = require("./x.ts");`],
  ["clear-import", "src/platform/files.ts", `import { from "./x.ts";`],
  ["pure-layer", "src/domain/digest.ts", `import { createHash } from "node:crypto";`],
  ["pure-layer", "src/domain/digest.ts", `import type { Hash } from "node:crypto";`],
  ["pure-layer", "src/config/load.ts", `import { readFileSync } from "node:fs";`],
  ["pure-layer", "src/config/load.ts", `import { request } from "undici";`],
  ["through-ports", "src/steps/run/run.ts", `import { spawn } from "node:child_process";`],
  ["through-ports", "src/engine/driver.ts", `import { setTimeout } from "node:timers/promises";`],
  ["through-ports", "src/steps/publish/publish.ts", `const { request } = await import("undici");`],
  ["through-ports", "src/app/run.ts", `import { readFile } from "node:fs/promises";`],
];

const allowed: readonly (readonly [path: string, text: string])[] = [
  ["src/domain/plan/plan.ts", `import { sha256 } from "../digest.ts"; import semver from "semver";`],
  ["src/config/load.ts", `import { z } from "zod"; import { words } from "../domain/words.ts";`],
  ["src/steps/step.ts", `import type { Registry } from "../registries/registry.ts"; import type { Log } from "../platform/ports.ts";`],
  [
    "src/steps/publish/publish.ts",
    `import type { Step } from "../step.ts"; import { key } from "./key.ts"; import { words } from "../words.ts";`,
  ],
  ["src/steps/catalog.ts", `import { publish } from "./publish/publish.ts"; import { run } from "./run/run.ts";`],
  ["src/registries/pypi/client.ts", `import { fields } from "./wire.ts"; const { request } = await import("undici");`],
  [
    "src/registries/pypi/rehearsal/server.ts",
    `import { fields } from "../wire.ts"; import http from "node:http"; import { a } from "./a.ts";`,
  ],
  ["src/registries/npm/rehearsal/server.ts", `import { listenOnLoopback } from "../../../loopback/listen.ts";`],
  ["src/engine/journal/sqlite.ts", `import { DatabaseSync } from "node:sqlite"; import type { Journal } from "./journal.ts";`],
  ["src/engine/journal/contract.ts", `import { it } from "node:test"; import type { Journal } from "./journal.ts";`],
  ["src/app/compose.ts", `import { exec } from "../platform/exec.ts"; import { serve } from "../registries/pypi/rehearsal/server.ts";`],
  ["src/app/run.ts", `import { revealed } from "../platform/credential.ts"; import { names } from "../registries/pypi/names.ts";`],
  ["src/app/run.ts", `import { byName } from "../steps/catalog.ts"; import type { Exec } from "../platform/exec.ts";`],
  [
    "src/entrypoints/cli/main.ts",
    `import { version } from "../../platform/program-version.ts"; const { run } = await import("../../app/run.ts");`,
  ],
  ["src/platform/program-version.ts", `import manifest from "../../package.json" with { type: "json" };`],
  ["src/steps/publish/publish.test.ts", `import fs from "node:fs"; import { wheel } from "../../../test/support/wheel.ts";`],
];

describe("the import check", () => {
  for (const [rule, path, text] of forbidden) {
    it(`refuses by ${rule}: ${path} with ${text || "any content"}`, () => {
      assert.deepEqual([...new Set(broken(path, text))], [rule]);
    });
  }

  for (const [path, text] of allowed) {
    it(`allows ${path} with ${text}`, () => {
      assert.deepEqual(broken(path, text), []);
    });
  }

  it("names a cycle once, with its way", () => {
    const findings = checkImports([
      { path: "src/domain/a.ts", text: `import { b } from "./b.ts";` },
      { path: "src/domain/b.ts", text: `export * from "./c.ts";` },
      { path: "src/domain/c.ts", text: `const { a } = await import("./a.ts");` },
    ]);

    assert.deepEqual(
      findings.map(({ rule, message }) => [rule, message]),
      [["no-cycle", "src/domain/a.ts -> src/domain/b.ts -> src/domain/c.ts -> src/domain/a.ts"]],
    );
  });

  it("finds a file that imports itself", () => {
    assert.deepEqual(broken("src/domain/a.ts", `import { a } from "./a.ts";`), ["no-cycle"]);
  });

  it("allows a cycle of types", () => {
    const findings = checkImports([
      { path: "src/domain/a.ts", text: `import type { B } from "./b.ts";` },
      { path: "src/domain/b.ts", text: `import { a } from "./a.ts";` },
    ]);

    assert.deepEqual(findings, []);
  });

  it("refuses a heavy module on the way of every start, and names the way", () => {
    const [finding, ...more] = checkImports([
      { path: "src/entrypoints/cli/main.ts", text: `import { publish } from "../../app/publish.ts";` },
      { path: "src/app/publish.ts", text: `export * from "../registries/catalog.ts";` },
      { path: "src/registries/catalog.ts", text: `import { client } from "./pypi/client.ts";` },
      { path: "src/registries/pypi/client.ts", text: `import { request } from "undici";` },
    ]);

    assert.equal(finding?.rule, "starts-light");
    assert.match(finding.message, /"undici".*main\.ts -> src\/app\/publish\.ts -> .*client\.ts$/);
    assert.deepEqual(more, []);
  });

  it("allows a heavy module behind import()", () => {
    const findings = checkImports([
      { path: "src/entrypoints/cli/main.ts", text: `const { publish } = await import("../../app/publish.ts");` },
      { path: "src/app/publish.ts", text: `import { client } from "../registries/catalog.ts";` },
      { path: "src/registries/catalog.ts", text: `export { client } from "./pypi/client.ts";` },
      { path: "src/registries/pypi/client.ts", text: `import { request } from "undici";` },
    ]);

    assert.deepEqual(findings, []);
  });
});

describe("the public host check", () => {
  const host = ["pypi", "org"].join(".");
  const images = ["ghcr", "io"].join(".");

  for (const text of [`https://${host}/simple`, `upload.${host}`, `see ${host.toUpperCase()}.`, `docker pull ${images}/a/b`]) {
    it(`refuses ${text.replaceAll(".", " . ")}`, () => {
      const findings = findPublicHosts([{ path: "docs/guide/any.md", text: `first line\n${text}` }]);

      assert.deepEqual(
        findings.map(({ path, line, rule }) => ({ path, line, rule })),
        [{ path: "docs/guide/any.md", line: 2, rule: "public-host" }],
      );
    });
  }

  it("allows them in the one file that is for them", () => {
    assert.deepEqual(findPublicHosts([{ path: "src/domain/known-services.ts", text: host }]), []);
  });

  it("does not take part of another name for one", () => {
    assert.deepEqual(findPublicHosts([{ path: "a.md", text: `my${host} and ${host}anization and ${host}-x` }]), []);
  });
});
