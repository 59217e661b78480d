// Workspaces that nobody here wrote, laid out from what their authors published: `slipway init`, then `slipway rehearse` to the
// end, without a hand on the file or on the project. What is published comes after what it needs, and is installed back.
// Whole ones, root and all, are in whole-workspaces.test.ts beside it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { makeBed, type Bed } from "../support/bed.ts";
import { layOutCrates, layOutNpmPackages, type RealNpmPackage } from "../support/real-workspaces.ts";
import { rehearseWorkspace } from "../support/rehearse-workspace.ts";

const futures = ["core", "sink", "task", "channel", "io", "macro", "util", "executor", "test"]
  .map((name) => `futures-${name}`)
  .concat("futures");
const futuresVersion = "0.3.31";

test("futures: ten crates of one version, one of which needs an older one of its neighbours", { timeout: 20 * 60_000 }, async (context) => {
  const bed = await lay(context, "futures", (to) => layOutCrates(futures.map((name) => ({ name, version: futuresVersion })), to)); // prettier-ignore

  const { written, uploaded } = await rehearseWorkspace(bed);

  assert.match(written, /^ {2}futures: \{ path: \., ecosystem: crates, members: publishable, tag: "v\{version\}" \}$/m);
  assert.doesNotMatch(written, /^versions:/m);
  assert.deepEqual(uploaded.toSorted(), futures.map((name) => `${name}-${futuresVersion}.crate`).toSorted());
  const needs = { util: ["core", "task", "channel", "io", "sink", "macro"], executor: ["core", "task", "util"] };
  for (const [name, before] of Object.entries(needs))
    for (const one of before) assertBefore(uploaded, `futures-${one}-${futuresVersion}.crate`, `futures-${name}-${futuresVersion}.crate`);
  assertBefore(uploaded, `futures-executor-${futuresVersion}.crate`, `futures-${futuresVersion}.crate`);
});

const npm: readonly RealNpmPackage[] = [
  { name: "@npmcli/arborist", version: "9.9.3", integrity: "sha512-OxRSMNRPzL2/x2zsVrzdMZItfNj3cVXZIYgGNlUaBRUyH16YKdwN1r9z+I13keR1mjVNKelMfi2a7A/0JJ4NCw==" }, // prettier-ignore
  { name: "libnpmaccess", version: "10.0.3", integrity: "sha512-JPHTfWJxIK+NVPdNMNGnkz4XGX56iijPbe0qFWbdt68HL+kIvSzh+euBL8npLZvl2fpaxo+1eZSdoG15f5YdIQ==" }, // prettier-ignore
  { name: "libnpmdiff", version: "8.1.14", integrity: "sha512-00VR6qtcWBTbagP34F7y8ImsD8IFSsTjClq6C8TatP/HelwF1A0sq5PH6VOkPh2Y84mKHqqa3vZEs1RDmNjuLg==" }, // prettier-ignore
  { name: "libnpmfund", version: "7.0.28", integrity: "sha512-QVC0AElfkQjN/ZTEmWotFbd888En4CRa71OUt1DzIXJJkiW57W43WDjoVamqCDU56H2ZX5tbnonY5A5ctEUBCQ==" }, // prettier-ignore
  { name: "libnpmpack", version: "9.1.15", integrity: "sha512-rBRL9btRgTb0eC8TxgtAWaRaA8TaIDKJNzPYNFPeqZdn6/mUJ4svYoGLPuXXIfHi/dDmUO/6y6ASVS+rVkmofA==" }, // prettier-ignore
  { name: "libnpmteam", version: "8.0.2", integrity: "sha512-ypLrDUQoi8EhG+gzx5ENMcYq23YjPV17Mfvx4nOnQiHOi8vp47+4GvZBrMsEM4yeHPwxguF/HZoXH4rJfHdH/w==" }, // prettier-ignore
];

test(
  "npm's own workspaces: six packages, packed to the very bytes that their authors published",
  { timeout: 20 * 60_000 },
  async (context) => {
    const bed = await lay(context, "npm", (to) => layOutNpmPackages(npm, to));

    const { written, uploaded, report } = await rehearseWorkspace(bed);

    assert.match(written, /^versions: each$/m);
    assert.match(written, /^ {2}npmcli-arborist: \{ path: workspaces\/arborist, ecosystem: npm, tag: "@npmcli\/arborist@\{version\}" \}$/m);
    assert.equal(uploaded.length, npm.length);
    for (const name of ["libnpmdiff-8.1.14.tgz", "libnpmfund-7.0.28.tgz", "libnpmpack-9.1.15.tgz"])
      assertBefore(uploaded, "npmcli-arborist-9.9.3.tgz", name);
    const record = readFileSync(report.record ?? "", "utf8");
    for (const one of npm) assert.ok(record.includes(one.integrity), one.name);
  },
);

/** A bed with a workspace of other people's, without tags. */
async function lay(context: TestContext, name: string, layOut: (to: string) => Promise<void>): Promise<Bed> {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-workspace-${process.pid}-${name}`);
  await layOut(folder);
  const bed = makeBed({ example: { folder }, folderName: name });
  context.after(() => bed.remove());
  return bed;
}

function assertBefore(uploaded: readonly string[], first: string, second: string): void {
  const [at, then] = [uploaded.indexOf(first), uploaded.indexOf(second)];
  assert.ok(at !== -1 && at < then, `${first} is number ${at + 1} and ${second} number ${then + 1} of ${uploaded.join(", ")}`);
}
