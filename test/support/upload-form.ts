// An upload form as a program that is not Slipway's would send it: Node's own FormData through fetch.
import { createHash } from "node:crypto";
import type { BuiltFile, WheelOf } from "./wheel.ts";

export interface Posted {
  readonly status: number;
  /** The reason phrase, where PyPI puts its message. */
  readonly reason: string;
  readonly body: string;
  readonly headers: Headers;
}

export interface PostOptions {
  /** Fields to add or replace; undefined leaves one out, a list repeats it. */
  readonly fields?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly fileName?: string;
  readonly contentType?: string;
  /** No file part at all. */
  readonly withoutFile?: boolean;
  /** Text fields that are sent as files. */
  readonly asFile?: readonly string[];
  readonly authorization?: string | undefined;
  readonly accept?: string;
  /** Default `POST`. */
  readonly method?: string;
}

export const goodToken = `Basic ${Buffer.from("__token__:pypi-anything").toString("base64")}`;

/** Sends one upload; what is not said is right. */
export async function postUpload(
  uploadUrl: string,
  of: Pick<WheelOf, "name" | "version">,
  built: BuiltFile,
  options: PostOptions = {},
): Promise<Posted> {
  const fields: Record<string, string | readonly string[] | undefined> = {
    ":action": "file_upload",
    protocol_version: "1",
    metadata_version: "2.4",
    name: of.name,
    version: of.version,
    filetype: built.name.endsWith(".whl") ? "bdist_wheel" : "sdist",
    pyversion: built.name.endsWith(".whl") ? "py3" : "source",
    sha256_digest: createHash("sha256").update(built.bytes).digest("hex"),
    ...options.fields,
  };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of value === undefined ? [] : [value].flat()) {
      if (options.asFile?.includes(name) === true) form.append(name, new Blob([one]), "field.txt");
      else form.append(name, one);
    }
  }
  const part = new Blob([new Uint8Array(built.bytes)], { type: options.contentType ?? "application/octet-stream" });
  if (options.withoutFile !== true) form.append("content", part, options.fileName ?? built.name);
  const authorization = "authorization" in options ? options.authorization : goodToken;
  const answer = await fetch(uploadUrl, {
    method: options.method ?? "POST",
    body: form,
    redirect: "manual",
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(options.accept === undefined ? {} : { accept: options.accept }),
    },
  });
  return { status: answer.status, reason: answer.statusText, body: await answer.text(), headers: answer.headers };
}
