import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../domain/error.ts";
import type { PlannedRegistry } from "../domain/plan/plan.ts";
import { indexBeside } from "../domain/pypi/index-address.ts";
import { createRegistry } from "./catalog.ts";
import { knownServices } from "../domain/known-services.ts";

const unused = (): never => assert.fail("no request is sent");
const ports = {
  images: { openImage: unused },
  clock: { nowMs: () => 0, sleep: async () => undefined },
  http: { send: unused, fetch: unused, blocks: unused },
};
const planned = (rest: Partial<PlannedRegistry>): PlannedRegistry => ({
  name: "internal",
  ecosystem: "pypi",
  test: false,
  credentials: { kind: "none" },
  ...rest,
});
const code =
  (expected: string) =>
  (error: unknown): boolean =>
    error instanceof SlipwayError && error.code === expected;

test("known names have their addresses from one file, and PyPI's rules", () => {
  for (const service of knownServices) {
    if (service.ecosystem !== "pypi") continue;
    const { name, addresses } = service;
    const registry = createRegistry(planned({ name }), ports);
    assert.deepEqual([registry.name, registry.indexUrl, registry.world, registry.settleMs], [name, addresses.index, "real", 600_000]);
    const publication = {
      package: "Slip.Demo",
      version: "1.0",
      name: "slip_demo-1.0.tar.gz",
      sha256: "a".repeat(64) as never,
      sizeBytes: 200 * 1024 * 1024,
    };
    assert.equal(registry.refusals(publication).length, 1);
    assert.equal(registry.locate(publication), `${addresses.pages}project/slip-demo/1.0/`);
    const withdrawn = registry.withdraw(publication);
    assert.match(
      withdrawn.kind === "by-person" ? withdrawn.instruction : "",
      /^Yank Slip\.Demo 1\.0 at https:.*\/manage\/project\/slip-demo\/releases\//,
    );
  }
});

test("an index of one's own is found beside its upload address, or where it is said to be", () => {
  assert.equal(indexBeside("https://h/legacy/"), "https://h/simple/");
  assert.equal(indexBeside("https://h/legacy"), "https://h/simple/");
  assert.equal(indexBeside("https://h/"), "https://h/simple/");
  assert.equal(indexBeside("https://h/team/dev/"), "https://h/team/dev/simple/");
  const own = createRegistry(planned({ url: "http://127.0.0.1:1/u/dev/", index: "http://127.0.0.1:1/u/dev/+simple" }), ports);
  assert.equal(own.indexUrl, "http://127.0.0.1:1/u/dev/+simple/");
  assert.equal(own.settleMs, 5_000);
  assert.deepEqual(own.refusals({ package: "a", version: "1+x", name: "any-name", sha256: "a".repeat(64) as never, sizeBytes: 1 }), []);
});

test("a known name with an address of its own goes to that address alone", () => {
  const registry = createRegistry(planned({ name: "pypi", url: "http://127.0.0.1:1/legacy/" }), ports);
  assert.equal(registry.indexUrl, "http://127.0.0.1:1/simple/");
  assert.doesNotMatch(registry.locate({ package: "a", version: "1" }), /https/);
});

test("registries of other ecosystems are known by name, or found where the file says", () => {
  const crates = createRegistry(planned({ name: "own", ecosystem: "crates", index: "sparse+http://127.0.0.1:1/index/" }), ports);
  const npm = createRegistry(planned({ name: "own", ecosystem: "npm", url: "http://127.0.0.1:1/npm" }), ports);
  const images = createRegistry(planned({ name: "own", ecosystem: "oci", url: "http://127.0.0.1:1" }), ports);
  const known = (["crates", "npm", "oci"] as const).map((ecosystem) =>
    createRegistry(planned({ name: { crates: "crates", npm: "npm", oci: "ghcr" }[ecosystem], ecosystem }), ports),
  );

  assert.deepEqual([crates.indexUrl, npm.indexUrl, images.indexUrl].map((url) => url.replace("http://127.0.0.1:1", "")), ["/index/", "/npm/", ""]); // prettier-ignore
  assert.ok(known.every((registry) => registry.indexUrl.startsWith("https://") && registry.settleMs > crates.settleMs));
  assert.throws(() => createRegistry(planned({ name: "nowhere", ecosystem: "npm" }), ports), code("CONFIG_INVALID"));
});

test("what cannot be spoken to, is unknown or holds a credential is refused, and the credential is not shown", () => {
  assert.throws(() => createRegistry(planned({ name: "here", ecosystem: "binary" }), ports), code("PLAN_INVALID"));
  assert.throws(() => createRegistry(planned({ name: "nowhere" }), ports), code("CONFIG_INVALID"));
  assert.throws(() => createRegistry(planned({ url: "ftp://h/" }), ports), code("CONFIG_INVALID"));
  assert.throws(
    () => createRegistry(planned({ url: "https://u:very-secret@h/" }), ports),
    (error: unknown) => code("CONFIG_INVALID")(error) && !(error as Error).message.includes("very-secret"),
  );
});

test("every service that the language knows is listed once", () => {
  assert.deepEqual(
    knownServices.map(({ name, ecosystem, test: isTest }) => [name, ecosystem, isTest]),
    [
      ["pypi", "pypi", false],
      ["testpypi", "pypi", true],
      ["crates", "crates", false],
      ["npm", "npm", false],
      ["ghcr", "oci", false],
    ],
  );
});
