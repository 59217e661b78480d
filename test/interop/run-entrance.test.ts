// `in:` of `run` with programs of this machine's PATH that stand in for nix and pixi, which cannot be had here: they read
// their words as the real ones do, by their documentation, and what is run in the end gets each word as it was written.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import type { RunInput } from "../../src/steps/run/input.ts";
import { runStep } from "../../src/steps/run/run.ts";
import { aFrozen, aPlanned } from "../support/ports.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";

/** `nix … develop … --command PROGRAM ARGS`, `nix-shell --run TEXT`, `pixi run [--locked] PROGRAM ARGS`. */
const programs = {
  nix: 'case " $* " in *" develop "*) ;; *) exit 64 ;; esac\nwhile [ "$1" != --command ]; do shift; done\nshift\nENTERED=nix exec "$@"',
  "nix-shell": '[ "$1" = --run ] && [ $# = 2 ] || exit 64\nENTERED=nix-shell exec bash -c "$2"',
  pixi: '[ "$1 $2" = "run --locked" ] || exit 64\nshift 2\nENTERED=pixi exec "$@"',
};

const words = ["it's", "$HOME", "a b", "`id`", ";", "*", '"', "A=b", "\\", "", "ü", "two\nlines"];
// Each word between signs that none of them has; then how it was entered.
const shown = `import os, sys; print("|".join(sys.argv[1:]).replace(chr(10), "↵"), os.environ.get("ENTERED"))`;

async function place(t: TestContext, files: readonly string[], found: readonly (keyof typeof programs)[]): Promise<RealPorts> {
  const ports = await realPorts(t, { path: ["/usr/bin", "/bin"] });
  const folder = path.join(ports.root, "programs");
  mkdirSync(folder);
  for (const name of found) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${programs[name]}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  for (const file of files) writeFileSync(path.join(ports.workFolder, file), "");
  return { ...ports, env: { ...ports.env, PATH: `${folder}${path.delimiter}${ports.env["PATH"] ?? ""}` } };
}

for (const [into, files, by] of [
  ["nix", ["flake.nix"], "nix"],
  ["nix", ["shell.nix"], "nix-shell"],
  ["pixi", ["pixi.toml", "pixi.lock"], "pixi"],
] as const) {
  test(`in: ${into} with ${files[0]} hands every word on as it was written`, async (t) => {
    const ports = await place(t, files, ["nix", "nix-shell", "pixi"]);
    const input: RunInput = { commands: [["/usr/bin/python3", "-c", shown, ...words]], in: into };

    assert.deepEqual(await runStep.preflight(aPlanned<RunInput>(input), ports), []);
    const worked = await runStep.perform(aFrozen<RunInput>(input), ports);

    assert.equal(worked.kind, "done", ports.printed.join("\n"));
    assert.equal(ports.printed.at(-1), `${words.join("|").replace("\n", "↵")} ${by}`);
  });
}

test("in: with a command that is not on the PATH fails with its name", async (t) => {
  const ports = await place(t, ["pixi.toml", "pixi.lock"], []);

  const worked = await runStep.perform(aFrozen<RunInput>({ commands: [["true"]], in: "pixi" }), ports);

  assert.equal(worked.kind === "failed" && worked.code, "TOOL_MISSING");
  assert.match(worked.kind === "failed" ? worked.message : "", /there is no program "pixi"/);
});
