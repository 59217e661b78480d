import assert from "node:assert/strict";
import { test } from "node:test";
import { buildProgram, commandNamed } from "./program.ts";

test("the command is the first word that is no option and no option's value", () => {
  const cases: readonly (readonly [readonly string[], string | undefined])[] = [
    [["plan", "--json"], "plan"],
    [["--json", "plan"], "plan"],
    [["--state", "run", "status"], "status"],
    [["-C", "plan", "--progress", "quiet", "run"], "run"],
    [["--state=run", "status"], "status"],
    [["--json"], undefined],
    [["--state"], undefined],
    [[], undefined],
  ];
  for (const [args, expected] of cases) assert.equal(commandNamed(args), expected, args.join(" "));
});

test("one command alone is defined where its name is known, and all of them otherwise", () => {
  const names = (only?: string): readonly string[] => buildProgram("1.0.0", only).program.commands.map((command) => command.name());
  const all = names();

  assert.deepEqual(names("plan"), ["plan"]);
  for (const only of ["pln", "toString", "completion", "__complete"]) assert.deepEqual(names(only), all, only);
  for (const name of all) assert.ok(names(name).includes(name), name);
});
