import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { jsonText, mannerOf, safe, safeLines, withoutSecrets, type Manner, type Surroundings, type TerminalOptions } from "./terminal.ts";

const hostile: readonly (readonly [string, string])[] = [
  ["a colour", "\u001b[31mred\u001b[0m"],
  ["a title", "\u001b]0;owned\u0007"],
  ["a control sequence in one character", "\u009b2J"],
  ["a line end that forges a line", "x\nerror[REGISTRY_CONFLICT]: forged"],
  ["a carriage return that overwrites", "evil\rgood"],
  ["a backspace", "evil\b\b\b\bgood"],
  ["letters in another order", "abc\u202ecba\u202c"],
  ["isolates", "\u2066x\u2069"],
  ["marks of direction", "\u200ex\u200f\u061c"],
  ["letters that nobody sees", "pay\u200bpal\u2060\ufeff\u00ad"],
  ["line separators", "x\u2028y\u2029z"],
  ["tags", "x\u{e0041}y"],
  ["NUL and DEL", "\u0000\u007f"],
];
for (const [what, text] of hostile) {
  test(`safe() makes ${what} visible, and leaves nothing that steers`, () => {
    const shown = safe(text);

    assert.match(shown, /^[\x20-\x7e]+$/);
    assert.match(shown, /\\u[0-9a-f]{4}/);
    assert.equal(stripVTControlCharacters(shown), shown);
  });

  test(`jsonText() writes ${what} as an escape, and the value stays`, () => {
    const json = jsonText({ text });

    assert.match(json, /^[\x20-\x7e]+$/);
    assert.deepEqual(JSON.parse(json), { text });
  });
}

test("safe() leaves text of people as it is", () => {
  for (const text of ["plain", "Ünïcödé 日本語 العربية עברית", "a\tb", "é", "→ ✓ … ─", "👍🏽"]) assert.equal(safe(text), text);
});

test("safeLines() keeps lines, and indents all but the first", () => {
  assert.equal(safeLines("built:\nerror[X]: forged\r\n\u001b[2Jmore"), "built:\n  error[X]: forged\n  \\u001b[2Jmore");
});

const quietly: TerminalOptions = { json: false, progress: "auto", color: true, verbosity: 0 };
const tty: Surroundings = { env: { TERM: "xterm" }, outIsTty: true, errIsTty: true };

const manners: readonly (readonly [string, Partial<TerminalOptions>, Partial<Surroundings>, Manner])[] = [
  ["a terminal", {}, {}, { colorOut: true, colorErr: true, progress: "tty" }],
  ["pipes", {}, { outIsTty: false, errIsTty: false }, { colorOut: false, colorErr: false, progress: "plain" }],
  ["output in a file, the rest on a terminal", {}, { outIsTty: false }, { colorOut: false, colorErr: true, progress: "tty" }],
  ["output on a terminal, the rest in a file", {}, { errIsTty: false }, { colorOut: true, colorErr: false, progress: "plain" }],
  ["NO_COLOR", {}, { env: { NO_COLOR: "1" } }, { colorOut: false, colorErr: false, progress: "tty" }],
  ["an empty NO_COLOR, which says nothing", {}, { env: { NO_COLOR: "" } }, { colorOut: true, colorErr: true, progress: "tty" }],
  ["--no-color", { color: false }, { env: { FORCE_COLOR: "1" } }, { colorOut: false, colorErr: false, progress: "tty" }],
  [
    "FORCE_COLOR into pipes",
    {},
    { env: { FORCE_COLOR: "1" }, outIsTty: false, errIsTty: false },
    { colorOut: true, colorErr: true, progress: "plain" },
  ],
  ["FORCE_COLOR=0", {}, { env: { FORCE_COLOR: "0" } }, { colorOut: false, colorErr: false, progress: "tty" }],
  ["a terminal that cannot move its cursor", {}, { env: { TERM: "dumb" } }, { colorOut: false, colorErr: false, progress: "plain" }],
  ["CI", {}, { env: { CI: "true" } }, { colorOut: true, colorErr: true, progress: "plain" }],
  ["--progress plain", { progress: "plain" }, {}, { colorOut: true, colorErr: true, progress: "plain" }],
  [
    "--progress tty into pipes",
    { progress: "tty" },
    { outIsTty: false, errIsTty: false },
    { colorOut: false, colorErr: false, progress: "tty" },
  ],
  ["--quiet", { verbosity: -1, progress: "tty" }, {}, { colorOut: true, colorErr: true, progress: "quiet" }],
];
for (const [what, options, surroundings, expected] of manners) {
  test(`colour and progress with ${what}`, () => {
    assert.deepEqual(mannerOf({ ...quietly, ...options }, { ...tty, ...surroundings }), expected);
  });
}

const redact = (text: string): string => text.replaceAll("hunter2", "«redacted»");

test("withoutSecrets() hides in text, and leaves text without a secret as it is", () => {
  assert.equal(withoutSecrets("the password hunter2 is wrong\n", redact), "the password «redacted» is wrong\n");
  assert.equal(withoutSecrets('{"a":1}\n', redact), '{"a":1}\n');
});

test("withoutSecrets() leaves names and ids of a JSON document, and what follows it, as they are", () => {
  const document = '{"hunter2":1,"id":"hunter2","message":"no hunter2 here","all":["hunter2"]}\n';

  assert.equal(withoutSecrets(document, redact), '{"hunter2":1,"id":"hunter2","message":"no «redacted» here","all":["«redacted»"]}\n');
});
