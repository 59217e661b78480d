// One request that writes, with what its answer means: an answer for the caller, or why nothing came of it. Asking is apart from
// what is sent, because images, lists, tags and attachments all ask alike.
import type { Performed } from "../../domain/run/effect.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import { readRefusal } from "./answers.ts";
import type { Asking, Call, Login, Place } from "./login.ts";

export type Asked = { readonly kind: "answered"; readonly answer: HttpAnswer } | Exclude<Performed, { kind: "sent" }>;

/** @param one.missing whether 404 is an answer, and no refusal */
export async function ask(
  sending: { readonly place: Place; readonly login: Login },
  one: { readonly call: Call; readonly what: string; readonly missing: boolean },
  asking: Asking,
): Promise<Asked> {
  const { place, login } = sending;
  const reply = await login.ask(one.call, asking);
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  if (one.missing && reply.status === 404) return { kind: "answered", answer: reply };
  const context = { registry: place.registry, what: one.what, nowMs: place.nowMs(), secrets: login.secretsOf(asking.credential) };
  return readRefusal(reply, context) ?? { kind: "answered", answer: reply };
}
