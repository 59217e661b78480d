// Whatever `twine check --strict` refuses, we refuse, and for a fault of the metadata: over mistakes that people make and
// over random mixtures of good and bad lines. We may refuse more (PyPI does too); how much is printed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { checkFiles, distributionOf, writeAll } from "../support/check-ports.ts";
import { rawTarGz } from "../support/raw-tar.ts";
import { seeded } from "../support/seeded.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testTool } from "../support/test-tools.ts";
import type { BuiltFile } from "../support/wheel.ts";
import { zip } from "../support/zip.ts";

const seed = Number(process.env["SLIPWAY_SEED"] ?? 20261121);

/** Runs twine's own check on each file; an exception is a refusal, as on its command line. */
const program = `
import contextlib, io, json, logging, sys
from twine.commands.check import check
import twine
logging.disable(logging.CRITICAL)

def refuses(path):
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return bool(check([path], strict=True))
        except Exception as error:
            return type(error).__name__

json.dump({"version": twine.__version__, "refused": [refuses(path) for path in json.load(sys.stdin)]}, sys.stdout)
`;

function askTwine(files: readonly string[]): readonly boolean[] {
  const output = execFileSync(testTool("python"), ["-I", "-c", program], {
    input: JSON.stringify(files),
    maxBuffer: 16 * 1024 * 1024,
    timeout: 300_000,
  });
  const { version, refused } = JSON.parse(output.toString("utf8")) as {
    readonly version: string;
    readonly refused: readonly (boolean | string)[];
  };
  assert.equal(version, "7.0.0");
  return refused.map((one) => one !== false);
}

/** A wheel that is right in everything but what its METADATA may say. */
function wheelOf(name: string, metadata: string): Pick<BuiltFile, "name" | "bytes"> {
  const distInfo = `${name}-1.0.dist-info`;
  const members = [
    { path: `${name}.py`, content: "x = 1\n" },
    { path: `${distInfo}/METADATA`, content: Buffer.from(metadata, "latin1") },
    { path: `${distInfo}/WHEEL`, content: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n" },
  ];
  const rows = members.map(
    ({ path, content }) => `${path},sha256=${createHash("sha256").update(content).digest("base64url")},${Buffer.byteLength(content)}\n`,
  );
  const record = { path: `${distInfo}/RECORD`, content: `${rows.join("")}${distInfo}/RECORD,,\n` };
  return { name: `${name}-1.0-py3-none-any.whl`, bytes: zip([...members, record]) };
}

function sdistOf(name: string, metadata: string): Pick<BuiltFile, "name" | "bytes"> {
  const top = `${name}-1.0`;
  const bytes = rawTarGz([
    { path: `${top}/PKG-INFO`, content: Buffer.from(metadata, "latin1") },
    { path: `${top}/pyproject.toml`, content: "" },
  ]);
  return { name: `${top}.tar.gz`, bytes };
}

interface Sides {
  readonly both: number;
  readonly oursAlone: number;
  readonly neither: number;
}

async function compare(t: { after(work: () => void): void }, texts: readonly ((name: string) => string)[]): Promise<Sides> {
  const built = texts.map((text, index) => (index % 4 === 3 ? sdistOf : wheelOf)(`case${index}`, text(`case${index}`)));
  const files = writeAll(temporaryFolder(t), built);
  const twine = askTwine(files);
  const ours = await checkFiles(
    files.map((file, index) => distributionOf(file, { planned: { id: `case${index}`, name: `case${index}`, version: "1.0" } })),
  );
  const sides = { both: 0, oursAlone: 0, neither: 0 };
  for (const [index, checked] of ours.entries()) {
    const refused = checked.findings.some((one) => one.level === "error" && /^(?:META|IDENTITY)-/.test(one.id));
    const text = texts[index]?.(`case${index}`) ?? "";
    assert.ok(
      refused || twine[index] !== true,
      `twine refuses and we do not (seed ${seed}):\n${text}\n${JSON.stringify(checked.findings)}`,
    );
    if (refused && twine[index] === true) sides.both += 1;
    else if (refused) sides.oursAlone += 1;
    else sides.neither += 1;
  }
  return sides;
}

const head = (name: string) => `Metadata-Version: 2.4\nName: ${name}\nVersion: 1.0\nSummary: x\n`;
const markdown = "Description-Content-Type: text/markdown\n\n# Hello\n";

/** Headers between the head and the description, each a mistake that someone made once. */
const mistakes: readonly string[] = [
  "X-Custom: 1", "Summary: twice", "Author: a\nAuthor: b", "Keywords: a\nKeywords: b", "Requires-Python: 3", "Requires-Python: >=3.x", "Requires-Python: >=3.9,",
  "Requires-Dist: ", "Requires-Dist: a b", "Requires-Dist: a>=", "Requires-Dist: a; python_version", "Requires-Dist: a[", "Requires-Dist: a @", "Requires-Dist: a>=1.0.*",
  "Requires-Dist: a (==1.0)", "Requires-Dist: a; extra == 'x'", "Provides-Extra: -", "Provides-Extra: a b", "Provides-Extra: Ok", "License-Expression: MIT OR", "License-Expression: mit",
  "License-Expression: Unknown-1", "License-Expression: LicenseRef-x", "License-Expression: ", "License-File: ../x", "License-File: a*", "License-File: /x", "License-File: a\\b",
  "License-File: C:\\x", "License-File: C:/x", "License-File: a//b", "License-File: ./x", "Dynamic: Name", "Dynamic: Version", "Dynamic: Metadata-Version", "Dynamic: Foo", "Dynamic: Requires-Dist",
  "Import-Name: a", "Project-URL: a", "Project-URL: a, https://x\nProject-URL: a, https://y", "Description: header", "Description-Content-Type: text/html", "Content-Type: multipart/mixed",
  "Home-page: nowhere", "Author-email: nobody", "Classifier: Unheard :: Of", "Platform: any\nPlatform: all", "no header at all", " continued", "Obsoletes: a", "Requires-External: C", "Maintainer: é",
]; // prettier-ignore

const whole: readonly ((name: string) => string)[] = [
  () => "",
  () => "\n\n",
  () => "Metadata-Version: 2.4\n",
  (name) => `Name: ${name}\nVersion: 1.0\n\nHello\n`,
  (name) => `Metadata-Version: 9.9\nName: ${name}\nVersion: 1.0\n${markdown}`,
  (name) => `Metadata-Version: 2.0\nName: ${name}\nVersion: 1.0\n${markdown}`,
  (name) => `Metadata-Version: 1.0\nName: ${name}\nVersion: 1.0\nClassifier: A\n${markdown}`,
  (name) => `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\nLicense-File: x\n${markdown}`,
  (name) => `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\nDynamic: License\n${markdown}`,
  (name) => `Metadata-Version: 2.4\nName: ${name} \nVersion: 1.0\n${markdown}`,
  (name) => `Metadata-Version: 2.4\nName: ${name}\nVersion: one\n${markdown}`,
  (name) => `Metadata-Version: 2.4\nName: ${name}\n${markdown}`,
  (name) => `Metadata-Version: 2.4\nVersion: 1.0\nSummary: ${name}\n${markdown}`,
  (name) => `${head(name)}Description-Content-Type: text/markdown\n`,
  (name) => `${head(name)}Description-Content-Type: text/markdown\n\nUNKNOWN\n`,
  (name) => `${head(name)}\n# No content type\n`,
  (name) => `${head(name)}Description-Content-Type: text/x-rst\n\nTitle\n==\n\n\`broken\n`,
  (name) => `${head(name)}Description-Content-Type: text/x-rst\n\n.. unknown::\n`,
  (name) => `${head(name)}Description-Content-Type: text/x-rst\n\n   \n`,
  (name) => `${head(name)}Description-Content-Type: text/x-rst\n\nFine\n====\n`,
  (name) => `${head(name)}Description-Content-Type: text/markdown; variant=Other\n\nHello\n`,
  (name) => `${head(name)}Description-Content-Type: text/plain; charset=latin1\n\nHello\n`,
  (name) => `${head(name)}Summary2: \xe9\n${markdown}`,
  (name) => `${head(name)}Author: \xe9\n${markdown}`,
  (name) => `${head(name)}Description-Content-Type: text/markdown\n\n\xff\xfe\n`,
  (name) => `${head(name)}Summary : spaced\n${markdown}`,
  (name) => `${head(name).replaceAll("\n", "\r\n")}${markdown}`,
  (name) => `${head(name)}${markdown}`,
]; // prettier-ignore

describe(`check-artifacts against twine 7.0.0 (SLIPWAY_SEED=${seed})`, () => {
  it("refuses every mistake that twine's strict check refuses", async (t) => {
    const texts = [...whole, ...mistakes.map((line) => (name: string) => `${head(name)}${line}\n${markdown}`)];

    const { both, oursAlone, neither } = await compare(t, texts);

    t.diagnostic(`${both} refused by both, ${oursAlone} by us alone, ${neither} by neither`);
    assert.ok(both >= 45 && neither >= 8, `${both} ${oursAlone} ${neither}`);
  });

  it("refuses every random mixture that twine's strict check refuses", async (t) => {
    const chance = seeded(seed);
    const good = [
      "Author: Ann",
      "Requires-Dist: a>=1",
      "License-Expression: MIT",
      "Provides-Extra: x",
      "Project-URL: A, https://host/",
      "Requires-Python: >=3.9",
      "Keywords: a,b",
    ];
    const bodies = [
      markdown,
      markdown,
      "Description-Content-Type: text/x-rst\n\nHello\n",
      "Description-Content-Type: text/x-rst\n\n`x\n",
      "\nplain\n",
      "",
    ];
    const pick = (list: readonly string[]) => list[chance.below(list.length)] ?? "";
    const texts = Array.from({ length: 250 }, () => {
      const lines = Array.from({ length: 1 + chance.below(4) }, () => pick(chance.below(5) === 0 ? mistakes : good));
      const body = pick(bodies);
      return (name: string) => `${head(name)}${lines.join("\n")}\n${body}`;
    });

    const { both, oursAlone, neither } = await compare(t, texts);

    t.diagnostic(`${both} refused by both, ${oursAlone} by us alone, ${neither} by neither`);
    assert.ok(both > 50 && neither > 20, `${both} ${oursAlone} ${neither}`);
  });
});
