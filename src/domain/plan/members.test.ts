import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedPackage } from "./plan.ts";
import { inOrderOfNeed, membersOf, orderByNeed } from "./members.ts";

const one = (id: string, more: Partial<PlannedPackage> = {}): PlannedPackage => ({
  id,
  ecosystem: "crates",
  name: id,
  folder: id,
  version: "1.0.0",
  ...more,
});

test("a package is published as itself, a workspace as its members", () => {
  const workspace = one("workspace", { members: [{ name: "core", folder: "core" }] });

  assert.deepEqual(membersOf(one("a", { needs: ["b"] })).map(({ name, needs }) => [name, needs]), [["a", ["b"]]]); // prettier-ignore
  assert.deepEqual(membersOf(workspace).map(({ name, package: from }) => [name, from.id]), [["core", "workspace"]]); // prettier-ignore
});

test("each stands after what it needs, whichever package of the plan that belongs to", () => {
  const packages = [
    one("app", { needs: ["sdk", "serde"] }),
    one("image", { ecosystem: "oci" }),
    one("workspace", {
      members: [
        { name: "sdk", folder: "sdk", needs: ["core"] },
        { name: "core", folder: "core", needs: ["core"] },
      ],
    }),
  ];
  const ordered = inOrderOfNeed(packages, "crates");

  assert.deepEqual(ordered.kind === "ordered" && ordered.members.map(({ name }) => name), ["core", "sdk", "app"]);
});

test("those that need each other are named", () => {
  const cycle = orderByNeed([
    { name: "x", needs: ["a"] },
    { name: "a", needs: ["b"] },
    { name: "b", needs: ["a"] },
  ]);

  assert.deepEqual(cycle, { kind: "cycle", names: ["a", "b"] });
});
