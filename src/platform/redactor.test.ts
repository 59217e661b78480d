import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SlipwayError } from "../domain/error.ts";
import { createRedactor, redactionMark } from "./redactor.ts";

const secret = 'pypi-AgEI/cHl+w=AS5 v"cm\\cC é1';

const forms: Readonly<Record<string, string>> = {
  plain: secret,
  "base64 at alignment 0": Buffer.from(secret).toString("base64"),
  "base64 at alignment 1": Buffer.from(`x${secret}yz`).toString("base64"),
  "base64 at alignment 2": Buffer.from(`xy${secret}z`).toString("base64"),
  "base64 of a basic authorization": Buffer.from(`__token__:${secret}`).toString("base64"),
  base64url: Buffer.from(`abcd:${secret}`).toString("base64url"),
  hex: Buffer.from(secret).toString("hex"),
  "upper-case hex": Buffer.from(secret).toString("hex").toUpperCase(),
  "URL component": encodeURIComponent(secret),
  "lower-case percent code": encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
  "form field": new URLSearchParams({ a: secret }).toString(),
  JSON: JSON.stringify({ a: secret }),
  "JSON in ASCII": JSON.stringify({ a: secret }).replace("é", "\\u00e9"),
  "read backwards": Array.from(secret).toReversed().join(""),
  "JSON inside JSON": JSON.stringify({ a: JSON.stringify({ b: secret }) }),
};

for (const [name, text] of Object.entries(forms)) {
  test(`redact() hides a secret in the form: ${name}`, () => {
    const redactor = createRedactor();
    redactor.add(secret);

    const shown = redactor.redact(`before ${text} after`);

    assert.match(shown, /^before .{0,40}«redacted».{0,8} after$/s);
    assert.ok(!shown.includes(text.slice(14, 26)), shown);
  });
}

test("redact() leaves text without a secret as it is", () => {
  const redactor = createRedactor();
  redactor.add(secret);

  assert.equal(redactor.redact("pypi-AgEI/cHl+w= is only a beginning"), "pypi-AgEI/cHl+w= is only a beginning");
});

test("redact() hides the first part of a secret, in any form, that was cut off before", () => {
  const redactor = createRedactor();
  redactor.add(secret);

  const shown = [secret, Buffer.from(secret).toString("base64")].map((form) => redactor.redact(`403 ${form.slice(0, 15)}… and …`));

  assert.deepEqual(shown, ["403 «redacted»… and …", "403 «redacted»… and …"]);
  assert.equal(redactor.redact("403 pypi-Ag… and so on"), "403 pypi-Ag… and so on");
});

test("redact() hides every line of a secret of several lines", () => {
  const redactor = createRedactor();
  redactor.add("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----");

  assert.equal(redactor.redact("> MIIEvQIBADANBgkqhkiG9w0B\n> -----BEGIN KEY-----"), "> «redacted»\n> -----BEGIN KEY-----");
});

test("redact() hides base64 of a long secret that was broken into lines", () => {
  const redactor = createRedactor();
  const long = Array.from({ length: 40 }, (_, i) => `word${i}`).join("-");
  redactor.add(long);
  const broken = Buffer.from(long).toString("base64").replaceAll(/.{76}/g, "$&\n");

  const shown = redactor.redact(broken);

  assert.equal(shown.split("\n").filter((line) => line.replaceAll(redactionMark, "").length > 4).length, 0, shown);
});

test("redact() makes one mark of secrets that overlap, the longer one deciding", () => {
  const redactor = createRedactor();
  redactor.add("abcdefgh");
  redactor.add("efghijkl");
  redactor.add("bcdefg");

  assert.equal(redactor.redact("--abcdefghijkl--bcdefg--"), "--«redacted»--«redacted»--");
});

test("add() refuses a secret shorter than 6 characters and does not repeat it", () => {
  const redactor = createRedactor();

  assert.throws(
    () => redactor.add("hunt5"),
    (error) => error instanceof SlipwayError && error.code === "CREDENTIAL_INVALID" && !error.message.includes("hunt5"),
  );
});

test("stream() shows at once what cannot be part of a secret, and holds the rest back", () => {
  const redactor = createRedactor();
  redactor.add("secret-one");
  const stream = redactor.stream();

  const shown = [stream.push("all secr"), stream.push("ets; sec"), stream.push("ret-one;"), stream.push(" secret-"), stream.end()];

  assert.deepEqual(shown, ["all ", "secrets; ", "«redacted»;", " ", "secret-"]);
});

test("stream() hides a secret that was added between two pieces", () => {
  const redactor = createRedactor();
  redactor.add("first-secret");
  const stream = redactor.stream();

  const first = stream.push("a ");
  redactor.add("second-secret");

  assert.equal(first + stream.push("second-") + stream.push("secret") + stream.end(), "a «redacted»");
});

test("stream() never shows a secret, however the text is cut", () => {
  const secrets = ["aaaaaa", "aabaab", "abababab", "baaaaaaab"];
  const redactor = createRedactor();
  for (const one of secrets) redactor.add(one);
  const backwards = secrets.map((one) => Array.from(one).toReversed().join(""));
  const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 }), { maxLength: 12 });

  fc.assert(
    fc.property(pieces, (cut) => {
      const stream = redactor.stream();
      const shown = cut.map((piece) => stream.push(piece)).join("") + stream.end();

      assert.equal(squeezed(shown), squeezed(hiddenByHand(cut.join(""), [...secrets, ...backwards])));
    }),
    { numRuns: 3000 },
  );
});

test("redact() finds any of a thousand secrets", () => {
  const redactor = createRedactor();
  const secrets = Array.from({ length: 1000 }, (_, i) => `token-${(i * 7919) % 100_003}-${i}-${"x".repeat(20)}`);
  for (const one of secrets) redactor.add(one);

  const shown = redactor.redact(secrets.map((one) => `<${one}>`).join("\n"));

  assert.equal(shown, secrets.map(() => `<${redactionMark}>`).join("\n"));
});

/** Where the border of two pieces falls, one secret after another may have one mark or two. */
function squeezed(text: string): string {
  return text.replaceAll(/(«redacted»)+/g, redactionMark);
}

/** The slow and obvious way: mark every character of every occurrence. */
function hiddenByHand(text: string, secrets: readonly string[]): string {
  const hidden = Array.from(text, () => false);
  for (const secretText of secrets) {
    for (let at = text.indexOf(secretText); at >= 0; at = text.indexOf(secretText, at + 1)) hidden.fill(true, at, at + secretText.length);
  }
  return [...text].map((character, i) => (hidden[i] === true ? redactionMark : character)).join("");
}
