import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resolveCratesUpstream, type UpstreamQuestion } from "./upstream.ts";

const fallback = "https://public.example/index/";

function ask(files: Readonly<Record<string, string>>, env: UpstreamQuestion["env"] = {}) {
  const reader = { readTextIfThere: async (file: string) => files[file] };
  return resolveCratesUpstream({ env, home: "/home/ann", folder: "/work/project", reader, fallback });
}

const replaced = '[source.crates-io]\nreplace-with = "mirror"\n';

describe("the index that cargo is configured for", () => {
  test("without configuration it is the public one", async () => {
    assert.deepEqual(await ask({}), { indexUrl: fallback, source: "the default", env: {}, notes: [] });
  });

  test("a replacement is followed to its sparse index, whichever way that is written", async () => {
    const home = "/home/ann/.cargo/config.toml";
    const bySource = await ask({ [home]: `${replaced}[source.mirror]\nregistry = "sparse+https://mirror.example/index"\n` });
    const byRegistry = await ask({ [home]: `${replaced}[registries.mirror]\nindex = "sparse+https://mirror.example/index/"\n` });
    const byVariable = await ask({ [home]: replaced }, { CARGO_REGISTRIES_MIRROR_INDEX: "sparse+https://mirror.example/index/" });
    const twice = await ask({
      [home]: `${replaced}[source.mirror]\nreplace-with = "other"\n[source.other]\nregistry = "sparse+https://mirror.example/index/"\n`,
    });

    for (const found of [bySource, byRegistry, byVariable, twice]) {
      assert.equal(found.indexUrl, "https://mirror.example/index/");
      assert.equal(found.source, home);
    }
  });

  test("a nearer file wins, and cargo's home is where the variable says", async () => {
    const near = "/work/.cargo/config.toml";
    const found = await ask({
      [near]: `${replaced}[source.mirror]\nregistry = "sparse+https://near.example/"\n`,
      "/cargo/config.toml": `${replaced}[source.mirror]\nregistry = "sparse+https://far.example/"\n`,
    }, { CARGO_HOME: "/cargo" }); // prettier-ignore

    assert.deepEqual([found.indexUrl, found.source], ["https://near.example/", near]);
  });

  test("what a rehearsal cannot ask is left out with a note", async () => {
    for (const source of ['registry = "https://git.example/index"', 'directory = "/vendor"', 'registry = "sparse+file:///x"']) {
      const found = await ask({ "/home/ann/.cargo/config": `${replaced}[source.mirror]\n${source}\n` });

      assert.equal(found.indexUrl, fallback);
      assert.match(found.notes.join(), /config replaces the default source by "mirror", which is no sparse index/);
    }
    assert.deepEqual((await ask({ "/.cargo/config.toml": "[" })).notes, ["/.cargo/config.toml is no TOML and is left out"]);
    const circle = `${replaced}[source.mirror]\nreplace-with = "crates-io"\n`;
    assert.equal((await ask({ "/.cargo/config.toml": circle })).indexUrl, fallback);
  });

  test("a token for the index is read and never printed; an address gives up its user information", async () => {
    const config = `${replaced}[registries.mirror]\nindex = "sparse+https://user:pass@mirror.example/"\n`;
    const files = {
      "/home/ann/.cargo/config.toml": config,
      "/home/ann/.cargo/credentials.toml": '[registries.mirror]\ntoken = "s3cret"\n',
    };

    const kept = await ask(files);
    const variable = await ask(files, { CARGO_REGISTRIES_MIRROR_TOKEN: "0ther" });

    assert.equal(kept.credential?.reveal(), "s3cret");
    assert.equal(variable.credential?.reveal(), "0ther");
    assert.doesNotMatch(JSON.stringify(kept), /s3cret|user|pass/);
  });

  test("cargo's own proxy and certificates are obeyed", async () => {
    const found = await ask({
      "/home/ann/.cargo/config.toml": '[http]\nproxy = "proxy.example:3128"\ncainfo = "/ca.pem"\n',
      "/ca.pem": "bundle",
    });

    assert.equal(found.env["https_proxy"], "http://proxy.example:3128");
    assert.equal(found.certificates, "bundle");
  });
});
