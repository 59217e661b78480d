// Workspaces of many packages: what a bump reads and writes grows with them, and not with their square.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { aFrozen, aPackage, exited, fakePorts, memoryFiles, type MemoryFiles } from "../../../test/support/ports.ts";
import { bumpStep } from "./bump.ts";

const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
type Texts = Readonly<Record<string, string>>;

function each(file: string, make: (name: string, before: string | undefined) => string): Texts {
  return Object.fromEntries(names.map((name, index) => [`packages/${name}/${file}`, make(name, names[index - 1])]));
}

interface Counted {
  readonly files: MemoryFiles;
  readonly reads: ReadonlyMap<string, number>;
  readonly writes: readonly string[];
}

async function bump(texts: Texts, packages: readonly PlannedPackage[]): Promise<Counted> {
  const files = memoryFiles(Object.fromEntries(Object.entries(texts).map(([path, text]) => [`/work/${path}`, text])));
  const reads = new Map<string, number>();
  const writes: string[] = [];
  const counted = {
    ...files,
    readText: (file: string) => (reads.set(file, (reads.get(file) ?? 0) + 1), files.readText(file)),
    overwrite: (file: string, text: string) => (writes.push(file), files.overwrite(file, text)),
  };

  const worked = await bumpStep.perform(aFrozen({}, { packages }), {
    ...fakePorts({ files, programs: { cargo: () => exited(0) } }),
    files: counted,
  });

  assert.equal(worked.kind, "done", JSON.stringify(worked));
  return { files, reads, writes };
}

function expectEach({ files, reads, writes }: Counted, file: string): void {
  assert.equal(writes.length, names.length);
  for (const name of names) {
    const path = `/work/packages/${name}/${file}`;
    assert.equal(String(files.content.get(path)).includes("1.0.0"), false, path);
    // Once to see what it says, and once to see that it says the new version.
    assert.ok((reads.get(path) ?? 0) <= 2, `${path} was read ${reads.get(path)} times`);
  }
}

const packages = (ecosystem: "npm" | "pypi" | "crates"): readonly PlannedPackage[] =>
  names.map((name) => aPackage({ id: name, name, ecosystem, folder: `packages/${name}`, version: "1.1.0" }));

test("each package.json of a workspace is read once and written once, with all ranges in it", async () => {
  const text = (name: string, before: string | undefined): string =>
    JSON.stringify({ name, version: "1.0.0", dependencies: before === undefined ? {} : { [before]: "^1.0.0" } });
  const root = { "package.json": JSON.stringify({ private: true, workspaces: ["packages/*"] }) };

  expectEach(await bump({ ...root, ...each("package.json", text) }, packages("npm")), "package.json");
});

test("each Cargo.toml of a workspace is read once and written once, with all requirements in it", async () => {
  const text = (name: string, before: string | undefined): string =>
    `[package]\nname = "${name}"\nversion = "1.0.0"\n[dependencies]\n${before === undefined ? "" : `${before} = { version = "1.0.0", path = "../${before}" }\n`}`;
  const root = { "Cargo.toml": '[workspace]\nmembers = ["packages/*"]\n' };

  expectEach(await bump({ ...root, ...each("Cargo.toml", text) }, packages("crates")), "Cargo.toml");
});

test("each pyproject.toml is read once and written once", async () => {
  expectEach(
    await bump(
      each("pyproject.toml", (name) => `[project]\nname = "${name}"\nversion = "1.0.0"\n`),
      packages("pypi"),
    ),
    "pyproject.toml",
  );
});
