import assert from "node:assert/strict";
import { test } from "node:test";
import { pep440 } from "../version/pep440.ts";
import { readVersion } from "../version/scheme.ts";
import { notesOf } from "./notes.ts";
import { readChangelog, sectionOf } from "./read.ts";
import { plainText, utf8Bytes } from "./safe-text.ts";

const python = { scheme: pep440, names: [] };

function notes(text: string, bytesMax?: number): string {
  const changelog = readChangelog(text, python);
  const section = sectionOf(changelog, readVersion(pep440, "1.0"), python);
  assert.ok(section !== undefined);
  return notesOf(changelog, section, { file: "CHANGELOG.md", ...(bytesMax === undefined ? {} : { bytesMax }) });
}

test("notes bring the definitions that they use, each once, and no others", () => {
  const text =
    '## [1.0]\n\nSee [Docs], [text][two  words] and [own].\n\n[own]: here\n\n## 0.9\n\n[docs]: https://d.example\n[docs]: again\n[Two Words]: https://t.example "title"\n[1.0]: https://r.example\n[own]: there\n';

  assert.equal(
    notes(text),
    'See [Docs], [text][two  words] and [own].\n\n[own]: here\n\n[docs]: https://d.example\n[Two Words]: https://t.example "title"',
  );
});

test("notes hold nothing that moves a cursor or turns letters around", () => {
  assert.equal(
    notes("## 1.0\r\n\r\n- \u001b[31mred\u001b[0m\u0007 \u001b]8;;x\u0007link \u202eabc\u0000\u0085\r\n- tab\there"),
    "- red link abc\n- tab\there",
  );
  assert.equal(plainText("\u001b]0;never ended"), "");
  assert.equal(plainText("a\ud800b"), "a\ufffdb");
});

test("notes close what they open", () => {
  assert.equal(notes("## 1.0\n\n```py\ncode"), "```py\ncode\n```");
  assert.equal(notes("## 1.0\n\n<!-- open\ntext"), "&lt;!-- open\ntext");
  assert.equal(notes("## 1.0\n\n<!-- closed --> text"), "<!-- closed --> text");
});

test("notes that are too long are cut at a line, closed, and say where the rest is", () => {
  const cut = notes(`## 1.0\n\n\`\`\`\n${"é".repeat(500)}\n${"line\n".repeat(20_000)}`, 4096);

  assert.ok(utf8Bytes(cut) <= 4096, String(utf8Bytes(cut)));
  assert.match(cut, /\nline\n```\n\n… \(the rest is in CHANGELOG\.md\)$/);
  assert.ok(utf8Bytes(notes(`## 1.0\n${"x".repeat(100_000)}`)) <= 64 * 1024);
});

test("the size of a text is that of its UTF-8", () => {
  for (const text of ["", "abc", "é", "…", "🦀", "a\u0000b"]) assert.equal(utf8Bytes(text), Buffer.byteLength(text), text);
});
