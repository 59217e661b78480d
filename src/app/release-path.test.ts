import assert from "node:assert/strict";
import { test } from "node:test";
import { aTag, configurationOf } from "../../test/support/app.ts";
import { SlipwayError } from "../domain/error.ts";
import type { ChosenPath } from "../domain/plan/plan.ts";
import type { Asked } from "./asked.ts";
import { choosePath, nameOf } from "./release-path.ts";

const configuration = configurationOf(
  'slipway: 1\nproject: demo\npackages: { demo: { path: ., tag: "v{version}" } }\npeople: { maintainers: [ann, "bob@example.org"] }\npaths: { hotfix: { leaves-out: [pypi], by: maintainers, reason: required } }\nenvironments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { build: { uses: build-wheel }, pypi: { uses: publish, environment: pypi } }\n',
);

type Trailers = Readonly<Record<string, string>>;

function choose(asked: Asked["path"], tag?: { readonly trailers: Trailers; readonly tagger?: string }): ChosenPath | undefined {
  return choosePath(configuration, tag === undefined ? undefined : aTag("v1.0.0", tag), asked);
}

function refusal(...given: Parameters<typeof choose>): SlipwayError {
  try {
    throw new Error(`it was taken as ${JSON.stringify(choose(...given))}`);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return error;
  }
}

const trailers = { "Slipway-Path": "hotfix", "Slipway-Reason": "it burns" };

test("a path is chosen by whoever the rule names, with a reason", () => {
  assert.deepEqual(choose({ name: "hotfix", reason: " it burns ", by: "ann <ann@example.org>" }), {
    name: "hotfix",
    by: "ann",
    reason: "it burns",
    leavesOut: ["pypi"],
  });
  assert.equal(choose(undefined), undefined);
  assert.equal(refusal({ name: "hotfix", reason: undefined, by: "ann" }).code, "POLICY_REFUSED");
});

test("trailers of the annotated tag choose a path, by whom the rule allows", () => {
  assert.equal(choose(undefined, { trailers })?.by, "ann");
  assert.equal(choose(undefined, { trailers, tagger: "Bob <bob@example.org>" })?.by, "Bob");
  assert.match(refusal(undefined, { trailers, tagger: "eve <eve@example.org>" }).message, /"eve" is not one of maintainers/);
  assert.match(refusal(undefined, { trailers: { "Slipway-Path": "hotfix" } }).message, /it wants a reason/);
});

test("a look-alike of a name on the list opens no path", () => {
  assert.equal(refusal({ name: "hotfix", reason: "x", by: "eve <bob@example.org.evil.example>" }).code, "POLICY_REFUSED");
});

test("a path that is not there is refused with those there are", () => {
  const error = refusal({ name: "quick", reason: "x", by: "ann" });

  assert.deepEqual([error.code, error.hint], ["USAGE", "Paths: hotfix"]);
});

test("people are known by name, without their address", () => {
  assert.equal(nameOf("Ada Tëst <ada@example.org>"), "Ada Tëst");
  assert.equal(nameOf("ada"), "ada");
  assert.equal(nameOf(" <ada@example.org>"), "");
});
