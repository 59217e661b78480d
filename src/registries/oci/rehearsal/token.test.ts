import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireToken } from "../wire.ts";
import { tokenReply, turnedAway } from "./token.ts";

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
const door = { url: "http://127.0.0.1:1", repository: "a/b", nowMs: 1_000 };

function tokenFor(authorization: string | undefined): string {
  const reply = tokenReply(authorization, 1_000);
  assert.equal(reply.status, 200);
  return `Bearer ${(JSON.parse(String(reply.body)) as WireToken).token ?? ""}`;
}

test("everybody may read, and only the rehearsal's own password writes", () => {
  const [reader, writer] = [tokenFor(undefined), tokenFor(basic("anybody:rehearsal"))];
  assert.equal(turnedAway({ ...door, authorization: reader, writes: false }), undefined);
  assert.equal(turnedAway({ ...door, authorization: writer, writes: true }), undefined);
  const away = turnedAway({ ...door, authorization: reader, writes: true });
  assert.match(away?.headers["www-authenticate"] ?? "", /scope="repository:a\/b:pull,push",error="insufficient_scope"/);
});

test("real passwords, and headers that are none, get no token", () => {
  for (const header of [basic("u:real-token"), basic("no colon"), "Bearer x", "Basic ???"])
    assert.equal(tokenReply(header, 0).status, 401, header);
});

test("no token, a foreign one and one that ended are turned away with the address of the service", () => {
  const ended = { ...door, authorization: tokenFor(undefined), nowMs: 400_000 };
  for (const authorization of [undefined, "Bearer ghp_x", "Bearer slipway-rehearsal.%%", basic("u:rehearsal")]) {
    const away = turnedAway({ ...door, authorization, writes: false });
    assert.match(away?.headers["www-authenticate"] ?? "", /^Bearer realm="http:\/\/127\.0\.0\.1:1\/token",service=/);
  }
  assert.match(turnedAway({ ...ended, writes: false })?.headers["www-authenticate"] ?? "", /error="invalid_token"/);
});
