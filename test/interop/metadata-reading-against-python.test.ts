// What we read in METADATA and entry_points.txt, Python's packaging and configparser must read in the same way, unless we
// refuse it. Texts are made at random from a seed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseCoreMetadata } from "../../src/domain/pypi/core-metadata.ts";
import { metadataFaults, type MetadataAnswers } from "../../src/domain/pypi/core-metadata-rules.ts";
import { parseEntryPoints } from "../../src/steps/check-artifacts/entry-points.ts";
import { askPython, joined, piece, seed, texts } from "../support/metadata-oracle.ts";

describe(`reading metadata against Python's libraries (SLIPWAY_SEED=${seed})`, () => {
  it("reads entry points as configparser does, and refuses what it refuses", (t) => {
    const line = joined(
      [
        piece(
          "[console_scripts]",
          "[gui_scripts]",
          "[a.b]",
          "[",
          "]",
          "name",
          "=",
          " = ",
          "demo.cli:main",
          ":",
          " ",
          "\t",
          "#c",
          ";c",
          "x",
          "[x]",
          "é",
          "%",
        ),
      ],
      { max: 5 },
    );
    const file = fc
      .array(fc.oneof(line, piece("[console_scripts]", "name = demo:main", "other = demo:other", "", "  more")), { maxLength: 6 })
      .map((lines) => lines.join("\n"));
    const candidates = texts(file, 4_000);

    const judged = askPython("entryPoints", candidates);

    let parsedCount = 0;
    for (const [index, text] of candidates.entries()) {
      const ours = parseEntryPoints(text);
      if (ours.kind === "invalid") continue;
      parsedCount += 1;
      assert.equal(judged[index]?.error, undefined, `${JSON.stringify(text)} (seed ${seed})`);
      const named = ours.points.filter((point) => point.group !== "DEFAULT").map((point) => [point.group, point.name, point.value]);
      const theirs = Object.entries(judged[index]?.answer as Record<string, Record<string, string>>).flatMap(([group, points]) =>
        Object.entries(points).map(([name, value]) => [group, name, value]),
      );
      assert.deepEqual(
        new Map(named.map(([a, b, c]) => [`${a}/${b}`, c])),
        new Map(theirs.map(([a, b, c = ""]) => [`${a}/${b}`, c.replaceAll(/\n+/g, "\n").trim()])),
        JSON.stringify(text),
      );
    }
    const refused = candidates.length - parsedCount;
    t.diagnostic(`${parsedCount} parsed, ${refused} refused`);
    assert.ok(parsedCount > 300 && refused > 300);
  });

  it("reads METADATA as packaging does, unless it finds a fault of form", (t) => {
    const nothingWrong: MetadataAnswers = {
      requirement: () => ({ kind: "valid", direct: false }),
      specifiers: () => ({ kind: "valid" }),
      license: () => ({ kind: "valid" }),
      email: () => ({ kind: "valid" }),
      classifier: () => ({ kind: "known" }),
    };
    const line = fc.oneof(
      piece(
        "Name: demo",
        "Version: 1.0",
        "Metadata-Version: 2.4",
        "Summary: hello",
        "Summary: é",
        "Classifier: A",
        "Requires-Dist: a",
        "Author: x",
        "Keywords: a,b",
        "",
        "Description: d",
      ),
      piece(
        " continued",
        "\tcontinued",
        "  ",
        "no header",
        "From me",
        "Home-page:",
        "author: lower",
        "X-Odd: 1",
        "Project-URL: a, b",
        "Content-Type: multipart/mixed",
        "Name : x",
        ": x",
        "body: é",
      ),
    );
    const file = fc
      .array(line, { minLength: 1, maxLength: 8 })
      .chain((lines) => piece("\n", "\n", "\r\n", "\r").map((end) => lines.join(end) + end));
    const candidates = texts(file, 5_000);

    const judged = askPython("metadata", candidates);

    let compared = 0;
    for (const [index, text] of candidates.entries()) {
      const ours = parseCoreMetadata(text);
      const form = metadataFaults(ours, nothingWrong).filter((fault) =>
        ["META-SYNTAX", "META-UNKNOWN-FIELD", "META-REPEATED", "META-PROJECT-URL"].includes(fault.id),
      );
      if (form.length > 0) continue;
      compared += 1;
      const answer = judged[index]?.answer;
      assert.ok(Array.isArray(answer), `${JSON.stringify(text)}: ${judged[index]?.error}`);
      const [raw, unparsed] = answer as [Record<string, string | string[]>, Record<string, unknown>];
      assert.deepEqual(unparsed, {}, `${JSON.stringify(text)} (seed ${seed})`);
      const same = (value: unknown) => String(value).replaceAll(/\r\n|\r/g, "\n");
      for (const [name, value] of ours.headers) {
        const key = name.toLowerCase().replaceAll("-", "_");
        const theirs = raw[key] ?? raw[`${key}s`];
        if (key === "project_url" || key === "keywords") continue;
        assert.ok([theirs].flat().map(same).includes(same(value)), `${name} in ${JSON.stringify(text)} (seed ${seed})`);
      }
      assert.equal(same(raw["description"] ?? ""), same(ours.description ?? ""), JSON.stringify(text));
    }
    t.diagnostic(`${compared} of ${candidates.length} compared`);
    assert.ok(compared > 150);
  });
});
