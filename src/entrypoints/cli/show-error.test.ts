import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTerminal } from "../../../test/support/terminal.ts";
import { errorCatalog, type ErrorCode } from "../../domain/error-catalog.ts";
import { SlipwayError } from "../../domain/error.ts";
import { errorDocument, showError, unknownError } from "./show-error.ts";

test("an error is its code, its message and what to do next", () => {
  const error = new SlipwayError("CONFIG_MISSING", 'Cannot find "slipway.yaml" in "/x"', { hint: "Run `slipway init`" });

  assert.equal(showError(error, fakeTerminal()), 'error[CONFIG_MISSING]: Cannot find "slipway.yaml" in "/x"\n\nhint: Run `slipway init`\n');
});

test("every code has something to do next, without a hint of its own", () => {
  for (const code of Object.keys(errorCatalog) as ErrorCode[]) {
    const error = new SlipwayError(code, "Cannot go on");
    assert.match(showError(error, fakeTerminal()), /\nhint: \S/, code);
    assert.ok(errorDocument(error).hint !== "", code);
  }
});

test("several problems are each told with their place and the line they are in", () => {
  const problems = [
    {
      code: "CONFIG_INVALID",
      message: "Unknown key",
      hint: "Did you mean steps?",
      place: { file: "slipway.yaml", line: 3, column: 1 },
      frame: "3 | step: {}\n  | ^^^^",
    },
    { code: "CONFIG_INVALID", message: "Other" },
  ] as const;

  const text = showError(new SlipwayError("CONFIG_INVALID", "Cannot read slipway.yaml", { problems }), fakeTerminal());

  assert.equal(
    text,
    "error[CONFIG_INVALID]: Unknown key\n  --> slipway.yaml:3:1\n3 | step: {}\n  | ^^^^\n\nhint: Did you mean steps?\n\nerror[CONFIG_INVALID]: Other\n",
  );
});

test("without colour nothing is lost: text and meaning are the same", () => {
  const error = new SlipwayError("USAGE", "Cannot read it");
  const colored = showError(error, fakeTerminal({ color: true }));

  // eslint-disable-next-line no-control-regex -- colours are what is taken out
  assert.equal(colored.replace(/\u001b\[[0-9;]*m/g, ""), showError(error, fakeTerminal()));
  assert.notEqual(colored, showError(error, fakeTerminal()));
});

test("a fault of ours is said as such; its trace is shown to those who ask twice for more", () => {
  const error = new TypeError("x is not a function");

  assert.match(showError(error, fakeTerminal()), /^error\[INTERNAL_ASSERTION\]: Cannot go on: x is not a function\n\nhint: /);
  assert.doesNotMatch(showError(error, fakeTerminal({ verbosity: 1 })), /at .*show-error\.test/);
  assert.match(showError(error, fakeTerminal({ verbosity: 2 })), /at .*show-error\.test/);
  assert.equal(unknownError("text").message, "Cannot go on: text");
});

test("an answer that finds no room is told as that, not as a fault of ours", () => {
  const full = unknownError(Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }));
  assert.deepEqual([full.code, full.exitCode], ["STORAGE_FAILED", 5]);
});

test("hostile text in messages, hints and places is shown as escapes, and forges no line", () => {
  const evil = "x\u001b[2J\u202e\nerror[USAGE]: forged";
  const problems = [{ code: "CONFIG_INVALID", message: evil, hint: evil, place: { file: evil, line: 1, column: 1 } }] as const;

  for (const error of [new SlipwayError("USAGE", evil, { hint: evil }), new SlipwayError("CONFIG_INVALID", evil, { problems })]) {
    const text = showError(error, fakeTerminal());
    assert.doesNotMatch(text, /\u001b|\u202e/);
    assert.equal(text.match(/^error\[/gm)?.length, 1, text);
  }
});

test("the document of an error has all that scripts need", () => {
  const error = new SlipwayError("PLAN_STALE", "Cannot go on", { details: { changes: [{ field: "source.commit" }] } });

  assert.deepEqual(errorDocument(error), {
    schema: "slipway-error/1",
    code: "PLAN_STALE",
    message: "Cannot go on",
    hint: errorCatalog.PLAN_STALE.next,
    exitCode: 7,
    problems: [],
    details: { changes: [{ field: "source.commit" }] },
  });
});
