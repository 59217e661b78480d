// `bump` on manifests that nobody here wrote: sdists from PyPI as they are, and crates' manifests as their authors wrote
// them; each also with CRLF, with a BOM and without a final newline. git says what changed: the version and nothing else.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { before, describe, test, type TestContext } from "node:test";
import { readCargoManifest } from "../../src/domain/manifest/cargo-manifest.ts";
import { editsFor, splice, type Edit, type Statement } from "../../src/domain/manifest/edit.ts";
import { adaptRequirement } from "../../src/domain/manifest/requirement.ts";
import { verifyEdits } from "../../src/domain/manifest/verify.ts";
import { sayInSemver } from "../../src/domain/version/logical.ts";
import { nextVersion } from "../../src/domain/version/next.ts";
import { pep440 } from "../../src/domain/version/pep440.ts";
import { readVersion } from "../../src/domain/version/scheme.ts";
import { bumpStep } from "../../src/steps/bump/bump.ts";
import type { BumpInput } from "../../src/steps/bump/input.ts";
import { createRepository } from "../support/git-repository.ts";
import { aFrozen, aPackage, aPlannedStep } from "../support/ports.ts";
import { fetchCrateManifests, type RealCrate } from "../support/real-crates.ts";
import { realPorts } from "../support/real-ports.ts";
import { fetchSdists, unpackSdist, type RealSdist } from "../support/real-sdists.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wordDiff } from "../support/word-diff.ts";

interface Project extends RealSdist {
  /** Files that have to say the new version; none: the version comes from the tag, or the bump is refused. */
  readonly files: readonly string[];
  /** What a refusal says: only running code would tell the version, or two manifests disagree. */
  readonly refused?: RegExp;
}

interface Rest extends Partial<Pick<Project, "files" | "refused">> {
  readonly sha256: string;
  /** Name in the file's name, where it is another. */
  readonly form?: string;
}

const sdist = (name: string, version: string, { sha256, form = name, files = [], refused }: Rest): Project => ({
  name,
  version,
  sha256,
  file: `${form}-${version}.tar.gz`,
  files,
  ...(refused === undefined ? {} : { refused }),
});

const projects: readonly Project[] = [
  sdist("cachetools", "5.5.1", {
    sha256: "70f238fbba50383ef62e55c6aff6d9673175fe59f7c6782c7a0b9e38f4a9df95",
    files: ["src/cachetools/__init__.py"],
  }),
  sdist("chardet", "5.2.0", { sha256: "1b3b6ff479a8c414bc3fa2c0852995695c4a026dcd6d0633b2dd092ca39c1cf7", files: ["chardet/version.py"] }),
  sdist("click", "8.1.8", { sha256: "ed53c9d8990d83c2a27deae68e4ee337473f6330c040a31d4225c9574d16096a", files: ["src/click/__init__.py"] }),
  sdist("colorama", "0.4.6", {
    sha256: "08695f5cb7ed6e0531a20572697297273c47b8cae5a63ffc6d6ed5c201be6e44",
    files: ["colorama/__init__.py"],
  }),
  sdist("dep-logic", "0.4.10", {
    form: "dep_logic",
    sha256: "d2fe0626ae5700c5d3788f7105015a291bd1f4e4ae83287e7094e2feb503f859",
    files: ["pyproject.toml"],
  }),
  sdist("fastcrc", "0.3.2", {
    sha256: "22362bb54e1bafc4f3e35544e40162481b2822c48ede1f5c2784820afad2c561",
    refused: /package\.version is "0\.3\.1", and "0\.3\.2" is what pyproject\.toml:3:12 says \(Cargo\.toml:3:12\)/,
  }),
  sdist("flask", "3.1.0", { sha256: "5f873c5184c897c8d9d1b05df1e3d01b14910ce69607a117bd3277098a5836ac", files: ["pyproject.toml"] }),
  sdist("httpx", "0.28.1", { sha256: "75e98c5f16b0f35b567856f597f06ff2270a374470a5c2392242528e3e3e42fc", files: ["httpx/__version__.py"] }),
  sdist("idna", "3.10", {
    sha256: "12f65c9b470abda6dc35cf8e63cc574b1c52b11df2c86030af0ac09b01b13ea9",
    refused: /none of idna\/__init__\.py, .* says it plainly/,
  }),
  sdist("isort", "5.13.2", { sha256: "48fdfcb9face5d58a4f6dde2e72a1fb8dcaf8ab26f95ab49fab84c2ddefb0109", files: ["pyproject.toml"] }),
  sdist("markupsafe", "3.0.2", { sha256: "ee55d3edf80167e48ea11a923c7386f4669df67d7994554387f84e7d8b0a2bf0", files: ["pyproject.toml"] }),
  sdist("packaging", "24.2", {
    sha256: "c228a6dc5e932d346bc5739379109d49e8853dd8223571c7c5b55260edc0b97f",
    files: ["src/packaging/__init__.py"],
  }),
  sdist("pefile", "2024.8.26", {
    sha256: "3ff6c5d8b43e8c37bb6e6dd5085658d658a7a0bdcd20b6a07b1fcfc1c4e9d632",
    refused: /setup\.py computes the version/,
  }),
  sdist("platformdirs", "4.3.6", { sha256: "357fb2acbc885b0419afd3ce3ed34564c13c9b95c89360cd9563f73aa5e2b907", files: [] }),
  sdist("pydantic", "2.10.6", {
    sha256: "ca5daa827cce33de7a42be142548b0096bf05a7e7b365aebfa5f8eeec7128236",
    files: ["pydantic/version.py"],
  }),
  sdist("rich", "13.9.4", { sha256: "439594978a49a09530cff7ebc4b5c7103ef57baf48d5ea3184f21d9a2befa098", files: ["pyproject.toml"] }),
  sdist("rpds-py", "0.22.3", {
    form: "rpds_py",
    sha256: "e32fee8ab45d3c2db6da19a5323bc3362237c8b653c70194414b892fd06a080d",
    files: ["Cargo.lock", "Cargo.toml"],
  }),
  sdist("simplejson", "3.19.3", {
    sha256: "8e086896c36210ab6050f2f9f095a5f1e03c83fa0e7f296d6cba425411364680",
    files: ["setup.py", "simplejson/__init__.py"],
  }),
  sdist("six", "1.17.0", {
    sha256: "ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81",
    refused: /setup\.py computes the version/,
  }),
  sdist("tomlkit", "0.13.2", {
    sha256: "fff5fe59a87295b278abd31bec92c15d9bc4a06885ab12bcea52c71119392e79",
    files: ["pyproject.toml", "tomlkit/__init__.py"],
  }),
  sdist("typer", "0.15.1", {
    sha256: "a0588c0a7fa68a1978a069818657778f86abe6ff5ea6abf472f940a08bfe4f0a",
    files: ["pyproject.toml", "typer/__init__.py"],
  }),
  sdist("wheel", "0.45.1", {
    sha256: "661e1abd9198507b1409a20c02106d9670b2576e916d58f520316666abca6729",
    files: ["setup.py", "src/wheel/__init__.py"],
  }),
];

const crates: readonly RealCrate[] = [
  { name: "anyhow", version: "1.0.98" },
  { name: "bitflags", version: "2.9.1" },
  { name: "clap", version: "4.5.38" },
  { name: "either", version: "1.15.0" },
  { name: "itoa", version: "1.0.15" },
  { name: "log", version: "0.4.27" },
  { name: "rand", version: "0.9.1" },
  { name: "regex", version: "1.11.1" },
  { name: "semver", version: "1.0.26" },
  { name: "serde", version: "1.0.219" },
  { name: "smallvec", version: "1.15.0" },
  { name: "thiserror", version: "2.0.12" },
  { name: "toml", version: "0.8.22" },
];

const variants: readonly (readonly [name: string, make: (text: string) => string])[] = [
  ["as it is", (text) => text],
  ["with CRLF", (text) => text.replaceAll(/\r?\n/g, "\r\n")],
  ["with a BOM", (text) => `\ufeff${text.replace(/^\ufeff/, "")}`],
  ["without a final newline", (text) => text.replace(/(?:\r?\n)+$/, "")],
  ["with blanks at the ends of lines", (text) => text.replaceAll(/(["\]}])(\r?\n)/g, "$1 \t$2")],
];

async function bump(t: TestContext, one: Project, version: string) {
  const ports = await realPorts(t, { path: (process.env["PATH"] ?? "").split(delimiter) });
  const folder = join(ports.root, "project");
  await unpackSdist(one, folder);
  const repository = createRepository(folder);
  repository.git("config", "core.autocrlf", "false");
  repository.commit("as published");
  const packages = [aPackage({ name: one.name, version })];
  const step = aPlannedStep({ timeoutMs: 120_000 });
  const worked = await bumpStep.perform(aFrozen<BumpInput>({}, { packages, step }), { ...ports, workFolder: folder });
  return { worked, folder, repository };
}

describe("sdists of PyPI", () => {
  before(() => fetchSdists(projects));

  for (const one of projects) {
    const what = one.refused === undefined ? one.files.join(", ") || "the version comes from the tag" : "refused";
    test(`${one.name} ${one.version}: ${what}`, async (t) => {
      const version = candidateAfter(one.version);
      const { worked, folder, repository } = await bump(t, one, version);

      const changed = repository.git("diff", "--name-only").split("\n");
      assert.deepEqual(changed.filter((path) => path !== "").toSorted(), one.files.toSorted());
      if (one.refused !== undefined) return assert.match(worked.kind === "failed" ? worked.message : worked.kind, one.refused);
      assert.equal(worked.kind, "done", JSON.stringify(worked));
      const { removed, added } = wordDiff([], folder);
      assert.ok(removed.length === added.length && removed.length >= one.files.length);
      for (const text of removed) assert.equal(text, one.version);
      for (const text of added) assert.ok([version, spelledInSemver(version)].includes(text), text);
      t.diagnostic(`${removed.length} places, ${one.version} -> ${[...new Set(added)].join(" and ")}`);
    });
  }
});

describe("manifests of crates, as their authors wrote them", () => {
  let texts: readonly string[] = [];
  before(async () => {
    texts = await fetchCrateManifests(crates);
  });

  for (const [index, { name, version }] of crates.entries()) {
    for (const [how, make] of variants) {
      test(`${name} ${version} ${how}`, (t) => {
        const text = make(texts[index] ?? "");
        const { edits, names } = editsOf(text, version);

        const after = splice(text, edits);

        assert.ok(after !== undefined);
        assert.deepEqual(verifyEdits("toml", { before: text, after }, edits), { kind: "as-meant" });
        assertOnlyVersions(temporaryFolder(t), { before: text, after, edits });
        t.diagnostic(names.join(", "));
      });
    }
  }
});

/** The package's version, and what it asks for of packages that carry the same version. */
function editsOf(text: string, version: string): { readonly edits: readonly Edit[]; readonly names: readonly string[] } {
  const read = readCargoManifest(text);
  assert.ok(read.kind === "cargo", JSON.stringify(read));
  const own = read.manifest.package?.version;
  assert.ok(typeof own === "object" && own.version === version);
  const to = spelledInSemver(candidateAfter(version));
  const edits: Edit[] = [];
  const names = [own.name];
  const change = (statement: Statement, fresh: string): void => {
    const made = editsFor(text, { kind: "read", statements: [statement] }, fresh);
    assert.ok(made.kind === "edits");
    edits.push(...made.edits);
  };
  change(own, to);
  for (const { requirement } of read.manifest.local) {
    if (requirement === undefined) continue;
    const adapted = adaptRequirement({ requirement: requirement.version, from: version, to, dialect: "cargo" });
    if (adapted.kind !== "write") continue;
    const [start, end] = [requirement.start + adapted.start, requirement.start + adapted.end];
    change({ name: requirement.name, version: text.slice(start, end), start, end }, adapted.text);
    names.push(requirement.name);
  }
  return { edits, names };
}

interface Changed {
  readonly before: string;
  readonly after: string;
  readonly edits: readonly Edit[];
}

/** Byte for byte outside of the edits, and word for word as git sees it. */
function assertOnlyVersions(folder: string, { before: text, after, edits }: Changed): void {
  const bytes = Buffer.from(after);
  let at = 0;
  let from = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start)) {
    const kept = Buffer.from(text.slice(from, edit.start));
    assert.ok(bytes.subarray(at, at + kept.length).equals(kept));
    at += kept.length + Buffer.byteLength(edit.text);
    from = edit.end;
  }
  assert.ok(bytes.subarray(at).equals(Buffer.from(text.slice(from))));
  writeFileSync(join(folder, "before.toml"), text);
  writeFileSync(join(folder, "after.toml"), after);
  const { removed, added } = wordDiff(["--no-index", "--", "before.toml", "after.toml"], folder);
  assert.deepEqual(removed.toSorted(), edits.map((edit) => text.slice(edit.start, edit.end)).toSorted());
  assert.deepEqual(added.toSorted(), edits.map((edit) => edit.text).toSorted());
}

/** The next version that is spelled in two ways: a candidate. */
function candidateAfter(version: string): string {
  const next = nextVersion(readVersion(pep440, version), { kind: "pre", size: "minor" });
  assert.ok(next.kind === "next");
  return next.version;
}

function spelledInSemver(version: string): string {
  const said = sayInSemver(readVersion(pep440, version));
  return said.kind === "refused" ? version : said.text;
}
