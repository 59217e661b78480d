import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { anArtifact, aPackage, digestOf, fakeArchives, fakeRegistry } from "../../../test/support/ports.ts";
import type { Archives, ArchiveOpened } from "../../platform/ports.ts";
import type { ListedFile, Registry } from "../../registries/registry.ts";
import { compareWithPublished, counterpart, versionBefore, type Built } from "./published.ts";

const listed = (name: string): ListedFile => ({ name, url: `http://127.0.0.1:1/${name}` });

const befores: readonly (readonly [string, readonly string[], string, string | undefined])[] = [
  ["the newest below ours", ["1.0", "1.1", "2.0"], "1.2", "1.1"],
  ["a final one before a newer candidate", ["1.0", "1.1rc1"], "1.1", "1.0"],
  ["a candidate, for a candidate", ["1.0", "1.1rc1"], "1.1rc2", "1.1rc1"],
  ["a candidate, where there are only candidates", ["1.0rc1"], "1.0", "1.0rc1"],
  ["the newest of all, where ours is the lowest", ["2.0", "3.0"], "1.0", "3.0"],
  ["none, for a first version", [], "1.0", undefined],
  ["none but ours", ["1.0"], "1.0.0", undefined],
  ["no version that is none", ["junk", "0.9"], "1.0", "0.9"],
];
for (const [what, published, ours, expected] of befores) {
  test(`versionBefore() is ${what}`, () => {
    assert.equal(versionBefore(published, ours, "pypi")?.written, expected);
  });
}

test("counterpart() is the sdist, or the wheel with the most equal tags", () => {
  const files = [
    "demo-1.0-py3-none-any.whl",
    "demo-1.0-cp311-cp311-macosx_11_0_arm64.whl",
    "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
    "demo-1.0.tar.gz",
  ].map(listed);

  assert.equal(counterpart({ kind: "sdist", name: "demo-1.1.tar.gz" }, files)?.name, "demo-1.0.tar.gz");
  assert.equal(counterpart({ kind: "wheel", name: "demo-1.1-py3-none-any.whl" }, files)?.name, "demo-1.0-py3-none-any.whl");
  assert.equal(
    counterpart({ kind: "wheel", name: "demo-1.1-cp311-cp311-manylinux_2_28_x86_64.whl" }, files)?.name,
    "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
  );
  assert.equal(counterpart({ kind: "sdist", name: "demo-1.1.tar.gz" }, []), undefined);
});

const ours = "demo-1.1-py3-none-any.whl";

function archives(byFile: Readonly<Record<string, Readonly<Record<string, string>>>>): Archives {
  const open = async (file: string): Promise<ArchiveOpened> => {
    const texts = byFile[file];
    if (texts === undefined) return { kind: "unreadable", why: "it is no archive" };
    const members = Object.entries(texts).map(([path, text]) => ({ path, kind: "file" as const, sizeBytes: text.length }));
    const digests = async () =>
      new Map(
        Object.entries(texts).map(([path, text]) => [
          path,
          { sha256: createHash("sha256").update(text).digest("base64url"), sizeBytes: text.length },
        ]),
      );
    const readText = async (path: string) =>
      texts[path] === undefined ? ({ kind: "absent" } as const) : ({ kind: "text", text: texts[path] } as const);
    return { kind: "opened", archive: { members, faults: [], readText, readRange: async () => undefined, digests } };
  };
  return { ...fakeArchives({}), openZip: open, openTarGz: open };
}

async function compared(registry: Partial<Registry>, theirs?: Readonly<Record<string, string>>): ReturnType<typeof compareWithPublished> {
  const artifact = { ...anArtifact("wheel", ours), kind: "wheel" } as const;
  const built: Built = { artifact, package: aPackage({ version: "1.1" }), file: "/store/ours" };
  const own = {
    "demo/x.py": "2",
    "demo/x.pth": "",
    "demo-1.1.dist-info/METADATA": "Name: demo\nVersion: 1.1\nRequires-Dist: new\n",
    "demo-1.1.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo:main\n",
  };
  const at = `/tmp/published-${artifact.digest}`;
  const all = { "/store/ours": own, ...(theirs === undefined ? {} : { [at]: theirs }) };
  return compareWithPublished(built, fakeRegistry("pypi", registry), {
    archives: archives(all),
    signal: new AbortController().signal,
    folder: "/tmp",
  });
}

const published: Partial<Registry> = {
  versions: async () => ({ kind: "listed", versions: ["1.0"] }),
  survey: async () => ({ kind: "listed", files: [listed("demo-1.0-py3-none-any.whl")] }),
  download: async () => ({ kind: "downloaded", sha256: digestOf("x"), sizeBytes: 900 }),
};

test("a built wheel is held against the last published one: files, requirements, entry points, alarms", async () => {
  const against = await compared(published, { "demo/x.py": "1", "demo-1.0.dist-info/METADATA": "Name: demo\nVersion: 1.0\n" });

  assert.ok(against.kind === "compared");
  assert.deepEqual([against.registry, against.version, against.name, against.sizeBytes], ["pypi", "1.0", "demo-1.0-py3-none-any.whl", 900]);
  assert.deepEqual(
    against.files.changed.map((file) => file.path),
    ["demo/x.py"],
  );
  assert.deepEqual(against.metadata.dependencies.added, ["new"]);
  assert.deepEqual(against.entryPoints.added, ["console_scripts: demo = demo:main"]);
  assert.equal(against.alarms.length, 1);
});

const others: readonly (readonly [string, Partial<Registry>, string, RegExp])[] = [
  ["a package that the registry does not have", { versions: async () => ({ kind: "absent" }) }, "first", /no earlier version/],
  [
    "a version without such a file",
    { ...published, survey: async () => ({ kind: "listed", files: [listed("demo-1.0.tar.gz")] }) },
    "first",
    /1\.0 has no such wheel/,
  ],
  ["a registry that does not answer", { versions: async () => ({ kind: "unknown", why: "no route" }) }, "unknown", /no route/],
  ["a survey that does not answer", { ...published, survey: async () => ({ kind: "unknown", why: "cut" }) }, "unknown", /cut/],
  ["a file that cannot be downloaded", { ...published, download: async () => ({ kind: "unknown", why: "503" }) }, "unknown", /503/],
  ["a published file that is no archive", published, "unknown", /cannot be read: it is no archive/],
];
for (const [what, registry, kind, why] of others) {
  test(`nothing is guessed for ${what}`, async () => {
    const against = await compared(registry);

    assert.equal(against.kind, kind);
    assert.match(against.kind === "compared" ? "" : against.why, why);
  });
}
