// The completion script as bash itself runs it. Names of steps come from slipway.yaml: nothing in them is a command.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Command } from "commander";
import { completionCommand } from "../../src/entrypoints/cli/commands/completion.ts";
import { fakeTerminal } from "../support/terminal.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("bash runs nothing of a candidate, and gets it quoted", async (t) => {
  const terminal = fakeTerminal();
  await completionCommand(terminal, "bash", new Command());
  const trap = join(temporaryFolder(t), "ran");
  const candidates = [`tests[v=$(touch ${trap})]`, `tests[v=\`touch ${trap}\`]`, "build"];
  const script = `${terminal.outText()}
slipway() { [ "$*" = "__complete -- retry " ] && printf '%s\n' "$@" >/dev/null && printf '%s\n' "\${given[@]}"; }
given=("$@")
COMP_WORDS=(slipway retry ""); COMP_CWORD=2
_slipway
for one in "\${COMPREPLY[@]}"; do eval "printf '%s\\n' $one"; done
`;
  const read = execFileSync("bash", ["-c", script, "bash", ...candidates], { encoding: "utf8" });
  assert.deepEqual(read.trimEnd().split("\n"), candidates, "what is put into the line reads as the candidate");
  assert.equal(existsSync(trap), false, "a candidate was run");
});
