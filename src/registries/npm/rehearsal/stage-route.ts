// `/-/stage`: what waits unseen for a person: listed, looked at, let out or sent back (protocols §5.4). Only a person with a
// one-time password lets something out; the rehearsal's owner stands for that person as well.
import type { IncomingMessage, ServerResponse } from "node:http";
import { stat } from "node:fs/promises";
import { takeFault } from "../../../loopback/faults.ts";
import { mediaTypes, wireHeaders, type WireStaged } from "../wire.ts";
import { carriesToken } from "./checks.ts";
import { errorReply, faultReply, jsonReply, writeWith, type Reply } from "./replies.ts";
import type { Route } from "./routes.ts";
import type { Service } from "./service.ts";
import { approveStaged, rejectStaged, type StagedVersion } from "./state.ts";

/** Answers one request about staged versions, or does what the fault of the hour says. */
export async function stagedRoute(
  service: Service,
  connection: { readonly request: IncomingMessage; readonly response: ServerResponse },
  asked: Extract<Route, { kind: "staged" | "staged-version" }>,
): Promise<void> {
  const ends = asked.kind === "staged-version" && (asked.what === "approve" || asked.what === "reject");
  const fault = ends ? await takeFault(service, "approve") : undefined;
  const reply = faultReply(fault, service.clock.nowMs()) ?? (await stageReply(service, connection.request, asked));
  await writeWith(service, connection, { reply, fault });
}

async function stageReply(
  service: Service,
  request: IncomingMessage,
  asked: Extract<Route, { kind: "staged" | "staged-version" }>,
): Promise<Reply> {
  if (!carriesToken(request.headers.authorization)) return errorReply(401, "Unauthorized");
  const staged = service.store.state().staged;
  if (asked.kind === "staged") return listReply(Object.values(staged), request, asked.packageName);
  const found = staged[asked.id];
  if (found === undefined) return errorReply(404, "Not found");
  if (asked.what === "view") return jsonReply(told(found));
  if (asked.what === "tarball") {
    const file = service.store.pathOf(found.version);
    return { status: 200, headers: { "content-type": mediaTypes.tarball }, body: { file, sizeBytes: (await stat(file)).size } };
  }
  if (request.headers[wireHeaders.oneTimePassword] === undefined) {
    const asks = errorReply(401, "You must provide a one-time pass to let out or send back what is staged.");
    return { ...asks, headers: { ...asks.headers, "www-authenticate": "OTP" } };
  }
  await endStaged(service, asked.id, asked.what);
  return jsonReply({ success: true });
}

/** What the person does. */
export async function endStaged(service: Pick<Service, "store" | "clock">, id: string, how: "approve" | "reject"): Promise<void> {
  const nowMs = service.clock.nowMs();
  await service.store.change((state) => ({
    state: how === "approve" ? approveStaged(state, id, nowMs) : rejectStaged(state, id),
    value: undefined,
  }));
}

function listReply(staged: readonly StagedVersion[], request: IncomingMessage, packageName: string | undefined): Reply {
  const query = new URLSearchParams(request.url?.split("?")[1] ?? "");
  const perPage = Math.min(Math.max(Number(query.get("perPage") ?? 100) || 100, 1), 100);
  const from = Math.max(Number(query.get("page") ?? 0) || 0, 0) * perPage;
  const wanted = staged.filter((one) => packageName === undefined || one.package === packageName);
  return jsonReply({ items: wanted.slice(from, from + perPage).map(told), total: wanted.length });
}

function told({ id, package: packageName, tags, version }: StagedVersion): WireStaged & { readonly actor: string } {
  const createdAt = new Date(version.uploadedAtMs).toISOString();
  return { id, packageName, version: version.version, tag: tags[0] ?? "latest", createdAt, actor: "rehearsal", shasum: version.shasum };
}
