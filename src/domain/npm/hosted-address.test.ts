import assert from "node:assert/strict";
import { test } from "node:test";
import { hostedAddress, isAddress } from "./hosted-address.ts";

test("every way to write a repository at a known forge is one", () => {
  const cases = {
    "slip/demo": "git+https://github.com/slip/demo.git",
    "gitlab:slip/demo": "git+https://gitlab.com/slip/demo.git",
    "https://github.com/slip/demo": "git+https://github.com/slip/demo.git",
    "git+https://user@github.com/slip/demo.git#main": "git+https://github.com/slip/demo.git#main",
    "git@github.com:slip/demo.git": "git+ssh://git@github.com/slip/demo.git",
    "ssh://git@bitbucket.org/slip/demo": "git+ssh://git@bitbucket.org/slip/demo.git",
    "git://github.com/slip/demo": "git://github.com/slip/demo.git",
  };
  for (const [written, repository] of Object.entries(cases)) assert.equal(hostedAddress(written)?.repository, repository, written);
});

test("pages follow from the address, and a dependency keeps its short form", () => {
  const found = hostedAddress("slip/demo#v1");

  assert.equal(found?.dependency, "github:slip/demo#v1");
  assert.equal(found?.bugs, "https://github.com/slip/demo/issues");
  assert.equal(found?.docs, "https://github.com/slip/demo/tree/v1#readme");
});

test("ranges, tags, files and other hosts are no such address", () => {
  for (const written of ["^1.0.0", "latest", "./local", "../up/there", "file:../x", "npm:other@1", "https://git.example/slip/demo.git", "https://github.com/slip", "workspace:*"]) {
    assert.equal(hostedAddress(written), undefined, written);
  } // prettier-ignore
});

test("an address has a scheme, and one of the web a host", () => {
  assert.deepEqual(["http://x", "mailto:x", "x.example", "http://", "https:///", "//x"].map(isAddress), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
