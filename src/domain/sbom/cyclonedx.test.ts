import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../../../test/support/ports.ts";
import { purlOf, writeBom, type BomSubject } from "./cyclonedx.ts";

const subject: BomSubject = {
  name: "Demo.App",
  normalName: "demo-app",
  version: "1.0+local",
  files: [{ name: "demo_app-1.0-py3-none-any.whl", digest: digestOf("w") }],
  needed: [{ name: "attrs", version: "25.1", optional: false, declared: ["attrs>=20"], dependencies: [] }],
  lock: "uv.lock",
  epochSeconds: 1_700_000_000,
};

test("the same release gives the same bytes, with the head's time and a serial number of its own", () => {
  const text = writeBom(subject, digestOf);
  const other = writeBom({ ...subject, version: "1.1" }, digestOf);
  const serial = (json: string): string => (JSON.parse(json) as { serialNumber: string }).serialNumber;

  assert.equal(writeBom(subject, digestOf), text);
  assert.match(serial(text), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(serial(other), serial(text));
  assert.match(text, /"timestamp": "2023-11-14T22:13:20Z"/);
});

test("it says where its knowledge ends", () => {
  const { lock: _, ...declared } = subject;
  const aggregate = (text: string): string =>
    (JSON.parse(text) as { compositions: { aggregate: string }[] }).compositions[0]?.aggregate ?? "";

  assert.equal(aggregate(writeBom(declared, digestOf)), "incomplete");
  assert.equal(aggregate(writeBom(subject, digestOf)), "unknown");
});

test("a package-url escapes what a version may hold", () => {
  assert.equal(purlOf("demo", "1!2.0+local"), "pkg:pypi/demo@1%212.0%2Blocal");
  assert.equal(purlOf("demo", undefined), "pkg:pypi/demo");
});
