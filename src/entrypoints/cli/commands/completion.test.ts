import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTerminal } from "../../../../test/support/terminal.ts";
import type { World } from "../../../app/world.ts";
import { buildProgram } from "../program.ts";
import { completeCommand, completionCommand } from "./completion.ts";

const { program } = buildProgram("1.0.0");

/** Outside of any project: whatever is asked of the world fails. */
const nowhere = {} as World;

async function candidates(...line: readonly string[]): Promise<readonly string[]> {
  const terminal = fakeTerminal();
  assert.equal(await completeCommand({ world: nowhere, terminal }, ["--", ...line], program), 0);
  return terminal
    .outText()
    .split("\n")
    .filter((one) => one !== "");
}

test("verbs complete, hidden ones do not", async () => {
  assert.deepEqual(await candidates("re"), ["rehearse", "reject", "retry"]);
  assert.ok(!(await candidates("")).some((one) => one.startsWith("_")));
});

test("flags complete: those of the command and those of all commands", async () => {
  assert.deepEqual(await candidates("run", "--m"), ["--mend"]);
  assert.ok((await candidates("run", "--")).includes("--json"));
  assert.deepEqual(await candidates("--fol"), ["--folder"]);
  assert.deepEqual(await candidates("run", "--tri"), [], "what is hidden in the help is not offered");
});

test("shells complete; where there is no project, runs and steps do not, without an error", async () => {
  assert.deepEqual(await candidates("completion", ""), ["bash", "zsh", "fish"]);
  assert.deepEqual(await candidates("status", ""), []);
  assert.deepEqual(await candidates("logs", ""), []);
});

test("words that count from the present version complete where a version is asked for", async () => {
  assert.deepEqual(await candidates("run", "mi"), ["minor", "minor-alpha", "minor-beta", "minor-rc"]);
  assert.deepEqual(await candidates("plan", "p"), ["patch", "pre", "patch-alpha", "patch-beta", "patch-rc"]);
});

for (const shell of ["bash", "zsh", "fish"]) {
  test(`there is a script for ${shell}, which asks the program`, async () => {
    const terminal = fakeTerminal();

    assert.equal(await completionCommand(terminal, shell, program), 0);
    assert.match(terminal.outText(), /slipway __complete -- /);
  });
}

test("another shell is refused with those there are", async () => {
  for (const shell of ["powershell", "constructor", ""]) {
    await assert.rejects(async () => completionCommand(fakeTerminal(), shell, program), { code: "USAGE", hint: "Shells: bash, zsh, fish" });
  }
});
