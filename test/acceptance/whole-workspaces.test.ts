// Whole workspaces that nobody here wrote, root and lock file and all, as the sdist of a Python package brings them: its crates
// and the Python package together, from `slipway init` to the end of `slipway rehearse`. They take minutes to compile.
import assert from "node:assert/strict";
import path from "node:path";
import { before, test } from "node:test";
import { makeBed } from "../support/bed.ts";
import { fetchSdists, unpackSdist, type RealSdist } from "../support/real-sdists.ts";
import { rehearseWorkspace } from "../support/rehearse-workspace.ts";

interface Whole extends RealSdist {
  /** Each crate and its version, as the workspace has it. */
  readonly crates: Readonly<Record<string, string>>;
  /** Crates that have to be there before others are taken. */
  readonly order: readonly (readonly [first: string, second: string])[];
}

const workspaces: readonly Whole[] = [
  {
    name: "typos",
    version: "1.52.0",
    file: "typos-1.52.0.tar.gz",
    sha256: "5347a8dc963890396794661794ac26b23e094d237525d5d16af97fcbbb4e150c",
    crates: {
      dictgen: "0.6.0",
      typos: "0.10.44",
      "typos-cli": "1.52.0",
      "typos-dict": "0.14.4",
      "typos-vars": "0.11.0",
      varcon: "1.0.5",
      "varcon-core": "5.0.7",
    },
    order: [
      ["dictgen", "typos-dict"],
      ["varcon-core", "typos-vars"],
      ["typos", "typos-cli"],
    ],
  },
  {
    name: "egobox",
    version: "1.0.0",
    file: "egobox-1.0.0.tar.gz",
    sha256: "adeb980e803442ce3c53a025b1111aa419cb51e07ad7df006eb0f1ec684ef6d9",
    crates: {
      egobox: "1.0.0",
      "egobox-doe": "0.35.2",
      "egobox-ego": "0.42.0",
      "egobox-gp": "0.37.1",
      "egobox-gpx": "0.6.0",
      "egobox-moe": "0.36.2",
    },
    order: [
      ["egobox-doe", "egobox-gp"],
      ["egobox-gp", "egobox-moe"],
      ["egobox-moe", "egobox-ego"],
      ["egobox-ego", "egobox"],
    ],
  },
];

before(() => fetchSdists(workspaces));

for (const one of workspaces) {
  test(
    `${one.name}: ${Object.keys(one.crates).length} crates and the Python package that is made of them`,
    { timeout: 60 * 60_000 },
    async (context) => {
      const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-whole-${process.pid}-${one.name}`);
      await unpackSdist(one, folder);
      const bed = makeBed({ example: { folder }, folderName: one.name });
      context.after(() => bed.remove());

      const { uploaded, written } = await rehearseWorkspace(bed);

      assert.match(written, /^versions: each$/m);
      const wanted = Object.entries(one.crates).map(([name, version]) => `${name}-${version}.crate`);
      const crates = uploaded.filter((name) => name.endsWith(".crate"));
      assert.deepEqual(crates.toSorted(), wanted.toSorted());
      assert.equal(uploaded.length, wanted.length + 2, "a wheel and an sdist besides");
      for (const pair of one.order) {
        const [first, second] = pair.map((name) => crates.indexOf(`${name}-${one.crates[name]}.crate`));
        assert.ok((first ?? 0) < (second ?? 0), `${pair.join(" goes before ")}: ${crates.join(", ")}`);
      }
    },
  );
}
