import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ecosystem } from "../../domain/configuration.ts";
import type { Versions } from "../../registries/registry.ts";
import { idsOf, lines, type Shown } from "../../../test/support/doctor.ts";
import { firstNameFindings } from "./first-names.ts";

const absent = (): Versions => ({ kind: "absent" });
const silent = (): Versions => ({ kind: "unknown", why: "502" });

function at(ecosystem: Ecosystem, first = ""): Shown {
  const credentials = first === "" ? "trusted-publishing" : `{ use: trusted-publishing, first: { token: ${first} } }`;
  return { environments: [`p: { registry: ${ecosystem}, credentials: ${credentials} }`], ecosystem };
}
const find = (shown: Shown) => lines(firstNameFindings, shown);

for (const ecosystem of ["crates", "npm"] as const)
  test(`DR-FIRST-01: a name that ${ecosystem} does not know needs a token, which the file has to name and this machine to hold`, async () => {
    const [unnamed] = await find({ ...at(ecosystem), versions: absent });
    const [unset] = await find({ ...at(ecosystem, "FIRST"), versions: absent });
    const set = await find({ ...at(ecosystem, "FIRST"), versions: absent, env: { FIRST: "x" } });
    const known = await find(at(ecosystem));

    assert.match(unnamed ?? "", /^DR-FIRST-01 blocks: .*knows no demo, and trusts nobody .*first: \{ token: NAME \}/);
    assert.match(unset ?? "", /^DR-FIRST-01 warns: .*FIRST is not set/);
    assert.deepEqual([idsOf(set), idsOf(known)], [["DR-FIRST-01 fine"], ["DR-FIRST-01 fine"]]);
  });

test("DR-FIRST-02: a name that an index does not know needs a pending publisher, and what that does not do is said", async () => {
  const [one] = await find({ ...at("pypi"), versions: absent });
  assert.match(one ?? "", /^DR-FIRST-02 cannot-be-tried: "pypi" knows no demo: .*lapses after 30 days and reserves no name .*--publishers/);
  assert.deepEqual(idsOf(await find(at("pypi"))), ["DR-FIRST-02 fine"]);
});

test("a registry that does not tell is not taken for one that knows the name", async () => {
  assert.deepEqual(idsOf(await find({ ...at("pypi"), versions: silent })), ["DR-FIRST-02 cannot-be-tried"]);
  assert.deepEqual(idsOf(await find({ ...at("npm"), versions: silent })), ["DR-FIRST-01 cannot-be-tried"]);
});

test("only names that are opened without a token are asked for, each once, and never more than sixty", async () => {
  const names = Array.from({ length: 70 }, (_, index) => `p${index}`);
  const asked: string[] = [];
  const versions = (_registry: string, name: string): Versions => {
    asked.push(name);
    return { kind: "absent" };
  };
  const [one] = await find({ ...at("crates"), names, versions });
  assert.match(one ?? "", /knows no p0, p1, p2 and 57 more/);
  assert.deepEqual([asked.length, new Set(asked).size], [60, 60]);
  assert.deepEqual(await find({ environments: ["p: { registry: pypi, credentials: { token: T } }"], versions: absent }), []);
});
