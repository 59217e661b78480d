// ◆ HTTP as the clients of registries and forges see it: the port that `http.ts` implements, apart from the other ports
// because it has the most to say.
import type { Sha256 } from "../domain/digest.ts";

/** One request. Header names are in lower case; `user-agent` is added. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a stream the caller states the length in `content-length`. */
  readonly body?: string | AsyncIterable<Buffer>;
  /**
   * Redirects of a GET or HEAD that are followed, three at most: none, those within one origin, or those to any https address;
   * credentials never leave the origin they were meant for. Default `none`: the redirect is the answer.
   */
  readonly follows?: "none" | "same-origin" | "https";
  /** Largest text of a success; a longer one is a failure. Absent: it is cut at 64 KiB, as that of every refusal is. */
  readonly limitBytes?: number;
  readonly signal: AbortSignal;
}

/** An answer as it came: header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  /** Reason phrase; empty over HTTP/2. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** The same for people: no user information, query or fragment, which may hold credentials. */
  readonly place: string;
  readonly text: string;
}

/** No answer; `why` names the place and holds nothing secret. `lasting`: asking again would end the same way. */
export type HttpFailed = { readonly kind: "failed"; readonly why: string; readonly cause: unknown; readonly lasting?: true };

export type HttpReply = ({ readonly kind: "answered" } & HttpAnswer) | HttpFailed;

export interface HttpDownload extends HttpRequest {
  /** Absolute path to write to; absent: the bytes are digested only. What did not arrive whole is removed. */
  readonly to?: string;
  readonly limitBytes: number;
}

/** `answered` is any answer but 200. */
export type HttpFetched =
  | { readonly kind: "fetched"; readonly sha256: Sha256; readonly sizeBytes: number }
  | ({ readonly kind: "answered" } & HttpAnswer)
  | HttpFailed;

/** Requests over HTTP/1.1, each with time-outs and limits; none is ever repeated. Expected failures are values. */
export interface Http {
  send(request: HttpRequest): Promise<HttpReply>;
  /** @throws SlipwayError STORAGE_FAILED when the file cannot be written */
  fetch(request: HttpDownload): Promise<HttpFetched>;
  /**
   * The bytes of a file for a body, in blocks that cost the same memory whatever its size; a block is valid until the next
   * one is asked for. @param sizeBytes that the file should have; a larger one is read to its end all the same
   */
  blocks(file: string, sizeBytes: number): AsyncIterable<Buffer>;
}
