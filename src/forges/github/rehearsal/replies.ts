// Answers as values, in the forms of GitHub, and the one place that writes them to a connection.
import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { WireError } from "../wire.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | { readonly file: string; readonly sizeBytes: number };
}

const documentation = "https://docs.example/rest";

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: JSON.stringify(body) };
}

export function empty(status: number): Reply {
  return { status, headers: {}, body: "" };
}

export function error(status: number, message: string, errors?: WireError["errors"]): Reply {
  const body: WireError = {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: documentation,
    status: String(status),
  };
  return json(status, body);
}

export const notFound = error(404, "Not Found");

/** 422 as GitHub gives it for a field. */
export function invalid(resource: string, field: string, code: string): Reply {
  return error(422, "Validation Failed", [{ resource, code, field }]);
}

/** 422 with words of its own. */
export function refused(resource: string, message: string, field?: string): Reply {
  return error(422, "Validation Failed", [{ resource, code: "custom", ...(field === undefined ? {} : { field }), message }]);
}

const pageMax = 100;

/** One page of a list, with the links that GitHub puts beside it. */
export function paged<T>(
  all: readonly T[],
  query: URLSearchParams,
  show: { readonly url: string; readonly as: (items: readonly T[]) => unknown },
): Reply {
  const size = Math.min(pageMax, Math.max(1, Number(query.get("per_page") ?? 30) || 30));
  const page = Math.max(1, Number(query.get("page") ?? 1) || 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (to: number, rel: string) => {
    const asked = new URLSearchParams(query);
    asked.set("page", String(to));
    return `<${show.url}?${asked.toString()}>; rel="${rel}"`;
  };
  const links = page < last ? [link(page + 1, "next"), link(last, "last")] : page > 1 ? [link(page - 1, "prev"), link(1, "first")] : [];
  return json(200, show.as(all.slice((page - 1) * size, page * size)), links.length === 0 ? {} : { link: links.join(", ") });
}

/** Writes an answer; a client that goes away in the middle is its own business. */
export async function writeReply(response: ServerResponse, reply: Reply): Promise<void> {
  const { body } = reply;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.sizeBytes;
  const bare = reply.status === 204 || reply.status === 304;
  response.writeHead(reply.status, { ...reply.headers, ...(bare ? {} : { "content-length": String(length) }) });
  if (typeof body === "string") response.end(body);
  else await pipeline(createReadStream(body.file), response).catch(() => response.destroy());
}
