import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sha256OfText } from "../../../test/support/runs.ts";
import { judgeStatement, sealingStatement, type Sealing } from "./record-statement.ts";
import { readSeal } from "./seal.ts";
import { statementMediaType } from "./statement.ts";

const digest = "a".repeat(64);
const sealing: Sealing = {
  record: { schema: "x/1", title: "demo 1.0.0", seconds: 1.5, closedAt: undefined, parts: [{ b: 1, a: null }] },
  facts: {
    title: "demo 1.0.0",
    planDigest: "b".repeat(64),
    commit: "c".repeat(40),
    subjects: [{ name: "demo.whl", digest: { sha256: digest } }],
  },
};

const judge = (text: string, of: Sealing = sealing): readonly string[] => judgeStatement(text, of, sha256OfText);

describe("the statement of a record", () => {
  test("agrees with the record after it was written and read, and with the signature in it", () => {
    const text = sealingStatement(sealing, sha256OfText);
    const read = JSON.parse(JSON.stringify({ ...sealing.record, attestation: { kind: "ssh" }, signature: "ssh" })) as object;

    assert.deepEqual(judge(text, { ...sealing, record: read }), []);
  });

  test("does not agree with any other member, commit, plan or file", () => {
    const text = sealingStatement(sealing, sha256OfText);
    const { facts } = sealing;

    assert.match(judge(text, { ...sealing, record: { ...sealing.record, extra: 1 } })[0] ?? "", /^it has the digest/);
    assert.match(judge(text, { ...sealing, record: { ...sealing.record, seconds: 1.25 } })[0] ?? "", /^it has the digest/);
    assert.match(
      judge(text, { ...sealing, facts: { ...facts, commit: "d".repeat(40) } })[0] ?? "",
      /names the commit c+, and the record d+$/,
    );
    assert.match(judge(text, { ...sealing, facts: { ...facts, planDigest: digest } })[0] ?? "", /names the plan b+/);
    assert.deepEqual(judge(text, { ...sealing, facts: { ...facts, subjects: [] } }), [
      `its statement names "demo.whl" with sha256 ${digest}, and the record does not`,
    ]);
    const more = [...facts.subjects, { name: "more.whl", digest: { sha256: digest } }];
    assert.deepEqual(judge(text, { ...sealing, facts: { ...facts, subjects: more } }), [
      `its statement does not name "more.whl" with sha256 ${digest}`,
    ]);
  });

  test("of another type, or none at all, is refused", () => {
    const provenance = JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      predicateType: "https://slsa.dev/provenance/v1",
      subject: [],
    });

    assert.match(judge(provenance)[0] ?? "", /is of the type "https:\/\/slsa\.dev\/provenance\/v1"/);
    assert.match(judge("no JSON")[0] ?? "", /is of the type "undefined"/);
  });

  test("subjects of another form are left out, so that they are missing", () => {
    const text = sealingStatement(sealing, sha256OfText);
    const own = `{"name":"demo.whl","digest":{"sha256":"${digest}"}}`;
    assert.ok(text.includes(own));
    for (const other of ["5", "null", '{"name":"demo.whl"}', '{"name":"demo.whl","digest":{"sha256":"short"}}'])
      assert.deepEqual(judge(text.replace(own, other)), [`its statement does not name "demo.whl" with sha256 ${digest}`], other);
  });
});

describe("a seal that somebody else wrote", () => {
  const envelope = { payloadType: statementMediaType, payload: "e30=", signatures: [{ sig: "AA==" }] };

  test("is read in its three kinds", () => {
    assert.equal(readSeal({ kind: "ssh", envelope })?.kind, "ssh");
    assert.equal(readSeal({ kind: "unsigned", why: "nobody", envelope: { ...envelope, signatures: [] } })?.kind, "unsigned");
    assert.equal(readSeal({ kind: "sigstore", bundle: { dsseEnvelope: envelope } })?.kind, "sigstore");
  });

  test("is none where its kind, its envelope or a signature is of another form", () => {
    const wrong = [
      { kind: "trust-me", envelope },
      { kind: "ssh" },
      { kind: "unsigned", envelope },
      { kind: "ssh", envelope: { ...envelope, payloadType: "text/plain" } },
      { kind: "ssh", envelope: { ...envelope, signatures: [{}] } },
      { kind: "sigstore", bundle: {} },
      5,
      null,
    ];
    for (const one of wrong) assert.equal(readSeal(one), undefined, JSON.stringify(one));
  });
});
