import assert from "node:assert/strict";
import { test } from "node:test";
import { ecosystems } from "../configuration.ts";
import { SlipwayError } from "../error.ts";
import { compareVersions, normalizeVersion, schemeNamed, schemeOf } from "./catalog.ts";

test("schemeOf() gives Python PEP 440 and every other ecosystem SemVer", () => {
  for (const ecosystem of ecosystems) assert.equal(schemeOf(ecosystem).name, ecosystem === "pypi" ? "pep440" : "semver");
  assert.equal(schemeNamed("pep440"), schemeOf("pypi"));
  assert.equal(schemeNamed("semver"), schemeOf("npm"));
});

test("compareVersions() orders the same texts as each ecosystem does", () => {
  assert.equal(compareVersions("pypi", "1.0.0-1", "1.0.0"), 1);
  assert.equal(compareVersions("crates", "1.0.0-1", "1.0.0"), -1);
  assert.equal(compareVersions("pypi", "0.2", "0.2.0"), 0);
  assert.equal(compareVersions("pypi", "1.0.0-dev.1", "1.0.0-alpha.1"), -1);
  assert.equal(compareVersions("npm", "1.0.0-dev.1", "1.0.0-alpha.1"), 1);
});

test("compareVersions() throws for what is no version of the ecosystem", () => {
  assert.throws(
    () => compareVersions("crates", "0.2", "0.2.0"),
    (error) => error instanceof SlipwayError && error.code === "VERSION_INVALID",
  );
});

test("normalizeVersion() gives the form of file names and index entries", () => {
  assert.equal(normalizeVersion("pypi", "1.0.0-RC.1"), "1.0.0rc1");
  assert.equal(normalizeVersion("oci", "1.0.0-rc.1"), "1.0.0-rc.1");
});
