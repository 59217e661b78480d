import assert from "node:assert/strict";
import { test } from "node:test";
import { anEnvironment, aPlannedStep, aRegistry } from "../../../test/support/ports.ts";
import { anActingStep, planOf } from "../../../test/support/runs.ts";
import { findIdentity } from "./source.ts";
import { untrustedHere } from "./untrusted.ts";

const nobody = findIdentity({});
const somebody = findIdentity({ SLIPWAY_ID_TOKEN: "x" });
const publish = anActingStep({ environment: "production" });
const attest = aPlannedStep({ id: "attest", uses: "attest@1", zone: "publish" });
const tokenless = anEnvironment({
  name: "production",
  registries: [aRegistry({ name: "pypi", credentials: { kind: "trusted-publishing" } })],
});
const stored = anEnvironment({
  name: "production",
  registries: [aRegistry({ name: "pypi", credentials: { kind: "token", variable: "T" } })],
});

test("untrustedHere() tells a laptop what is opened without a token, why that cannot be, and both ways out", () => {
  const told = untrustedHere(planOf([publish], { environments: [tokenless] }), nobody);
  assert.match(
    told ?? "",
    /^pypi is opened without a token, and this is no CI job .*CI job that is trusted publish, or give .*credentials: \{ token: NAME \}/,
  );
});

test("untrustedHere() tells of steps that sign, with registries or alone; one that may fail is no reason to stop", () => {
  assert.match(
    untrustedHere(planOf([attest, publish], { environments: [tokenless] }), nobody) ?? "",
    /^pypi is opened without a token and "attest" signs with an identity, and this is no CI job/,
  );
  assert.match(
    untrustedHere(planOf([attest, publish], { environments: [stored] }), nobody) ?? "",
    /^"attest" signs with an identity, and this is no CI job .*let a CI job sign, .*optional: true/,
  );
  assert.equal(untrustedHere(planOf([{ ...attest, optional: true }, publish], { environments: [stored] }), nobody), undefined);
});

test("untrustedHere() has nothing to say where somebody vouches, or nothing needs it", () => {
  assert.equal(untrustedHere(planOf([attest, publish], { environments: [tokenless] }), somebody), undefined);
  assert.equal(untrustedHere(planOf([publish], { environments: [stored] }), nobody), undefined);
});
