// The pins of the tests' tools and of the toolbox stand side by side in one environment, so they must agree.
import assert from "node:assert/strict";
import { it } from "node:test";
import { joinPins } from "./test-tools.ts";

it("joins both lists, each package once, however its name is written", () => {
  assert.deepEqual(joinPins("# why\nreadme_renderer==46.0\nuv==0.13.8\n", ["Readme-Renderer==46.0", "nh3==0.3.8"]), [
    "nh3==0.3.8",
    "readme-renderer==46.0",
    "uv==0.13.8",
  ]);
});

it("refuses two versions of one package", () => {
  assert.throws(() => joinPins("packaging==26.3\n", ["packaging==26.2"]), /"packaging".*26\.3 and 26\.2/);
});
