import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exited, fakeExec, fakePorts, type Program } from "../../../test/support/ports.ts";
import { judge, type Questions } from "./judge.ts";

const none: Questions = { requirements: [], specifiers: [], licenses: [], emails: [], classifiers: [], descriptions: [] };

function portsWith(program: Program) {
  return { ...fakePorts(), exec: fakeExec({ python: program }) };
}

/** Answers as the Python program would, from the questions it was sent. */
const python: Program = (command) => {
  const asked = JSON.parse(command.input ?? "{}") as Record<string, readonly unknown[]>;
  const answers = Object.entries(asked)
    .filter(([, list]) => list.length > 0)
    .map(([kind, list]) => [
      kind,
      list.map((one) => (JSON.stringify(one).includes("bad") ? { why: "so" } : { direct: true, kind: "known" })),
    ]);
  return exited(0, JSON.stringify(Object.fromEntries(answers)));
};

describe("judge()", () => {
  it("starts no process when there is nothing to ask", async () => {
    const ports = portsWith(python);

    await judge(none, ports);

    assert.equal(ports.exec.commands.length, 0);
  });

  it("asks every distinct text once, in one isolated process", async () => {
    const ports = portsWith(python);
    const description = { type: "text/markdown", text: "# Hello" } as const;

    const answers = await judge({ ...none, requirements: ["a", "a", "bad"], descriptions: [description, { ...description }] }, ports);

    assert.equal(ports.exec.commands.length, 1);
    const [command] = ports.exec.commands;
    assert.deepEqual(command?.args.slice(0, 4), ["-I", "-B", "-X", "utf8"]);
    assert.deepEqual(JSON.parse(command?.input ?? ""), {
      ...none,
      requirements: ["a", "bad"],
      descriptions: [["text/markdown", "# Hello"]],
    });
    assert.deepEqual(answers.requirement("a"), { kind: "valid", direct: true });
    assert.deepEqual(answers.requirement("bad"), { kind: "invalid", why: "so" });
    assert.deepEqual(answers.description(description), { kind: "valid" });
  });

  it("takes what was not asked for refused, so that nothing passes unseen", async () => {
    const answers = await judge(none, portsWith(python));

    assert.equal(answers.email("a@b").kind, "invalid");
    assert.equal(answers.classifier("x").kind, "unknown");
  });

  const broken: readonly (readonly [what: string, program: Program, code: string])[] = [
    ["ends with another status", () => exited(1, "", "Traceback\nValueError: no"), "STEP_FAILED"],
    ["lacks a library", () => exited(1, "", "Traceback\nModuleNotFoundError: No module named 'packaging'"), "TOOL_MISSING"],
    ["is not there", () => ({ kind: "not-found", program: "python" }), "TOOL_MISSING"],
    ["takes too long", () => ({ kind: "timed-out", stdout: "", stderr: "" }), "TIMED_OUT"],
    ["is killed", () => ({ kind: "signalled", signal: "SIGKILL", stdout: "", stderr: "" }), "STEP_FAILED"],
    ["answers too little", () => exited(0, "{}"), "STEP_FAILED"],
    ["answers nonsense", () => exited(0, "<html>"), "STEP_FAILED"],
  ];
  for (const [what, program, code] of broken) {
    it(`throws ${code} when Python ${what}`, async () => {
      await assert.rejects(judge({ ...none, licenses: ["x"] }, portsWith(program)), { code });
    });
  }
});
