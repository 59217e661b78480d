// Where credentials come from: `NAME` holds it, `NAME_FILE` names a file that does, `NAME_FD` a file descriptor
// (reference/ux.md, environment). Exactly one of the three; never a flag. What was read is known to the redactor first.
import { createReadStream } from "node:fs";
import { access, constants, open } from "node:fs/promises";
import { SlipwayError } from "../domain/error.ts";
import type { AllSecrets, Log, Redactor } from "./ports.ts";

export interface SecretsOptions {
  /** The environment to look in; usually that of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
  readonly log: Log;
}

type Source =
  | { readonly kind: "none" }
  | { readonly kind: "value"; readonly variable: string; readonly text: string }
  | { readonly kind: "file"; readonly variable: string; readonly file: string }
  | { readonly kind: "descriptor"; readonly variable: string; readonly descriptor: number };

/** No token, key or certificate chain is longer. */
const secretBytesMax = 64 * 1024;
/** A pipe whose writer says nothing must not stop the program for ever. */
const descriptorWaitMs = 30_000;
const worldReadable = 0o004;

export function createSecrets(options: SecretsOptions): AllSecrets {
  const { env, redactor } = options;
  const log = tellingOnce(options.log);
  // A descriptor can be read once, and is kept. A file may hold a newer credential by the time the gate opens.
  const read = new Map<string, Promise<string>>();

  async function readOnce(variable: string): Promise<string> {
    const source = sourceOf(env, variable);
    const text = await readSource(source, variable, log);
    const secret = withoutLineEnd(text);
    if (secret === "") throw missing(variable, "it is empty");
    addTo(redactor, secret, variable);
    return secret;
  }

  async function readKept(variable: string): Promise<string> {
    if (sourceOf(env, variable).kind !== "descriptor") return readOnce(variable);
    const known = read.get(variable) ?? readOnce(variable);
    read.set(variable, known);
    // A failed reading is tried again: the person may have mended the file.
    known.catch(() => read.delete(variable));
    return known;
  }

  async function learn(variable: string): Promise<void> {
    const source = sourceOf(env, variable);
    if (source.kind === "none") return;
    if (source.kind === "descriptor") return void (await readKept(variable));
    addTo(redactor, withoutLineEnd(await readSource(source, variable, silent)), variable);
  }

  return {
    async has(variable) {
      return read.has(variable) || (await isReadable(sourceOf(env, variable)));
    },
    learn: (variable) => learn(variable).catch(() => undefined),
    read: readKept,
  };
}

/** A file is read for each upload; its mode is worth one warning. */
function tellingOnce(log: Log): Log {
  const told = new Set<unknown>();
  return {
    ...log,
    warn(message, fields) {
      if (told.has(fields?.["file"])) return;
      told.add(fields?.["file"]);
      log.warn(message, fields);
    },
  };
}

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** @throws SlipwayError CREDENTIAL_INVALID when more than one source is set; an empty variable counts as not set */
function sourceOf(env: SecretsOptions["env"], variable: string): Source {
  const given = ["", "_FILE", "_FD"].map((ending) => `${variable}${ending}`).filter((name) => (env[name] ?? "") !== "");
  const [name, other] = given;
  if (name === undefined) return { kind: "none" };
  if (other !== undefined) {
    throw new SlipwayError(
      "CREDENTIAL_INVALID",
      `Cannot read the credential "${variable}": both "${name}" and "${other}" are set, and one should be`,
      {
        hint: `Unset "${name}" or "${other}"`,
      },
    );
  }
  const value = env[name] ?? "";
  if (name === variable) return { kind: "value", variable: name, text: value };
  if (name.endsWith("_FILE")) return { kind: "file", variable: name, file: value };
  return { kind: "descriptor", variable: name, descriptor: descriptorOf(name, value) };
}

function descriptorOf(name: string, value: string): number {
  if (/^(?:[3-9]|[1-9][0-9]{1,5})$/.test(value)) return Number(value);
  throw new SlipwayError(
    "CREDENTIAL_INVALID",
    `Cannot read "${name}": it is "${value.slice(0, 20)}" and should be the number of a file descriptor from 3`,
  );
}

async function isReadable(source: Source): Promise<boolean> {
  switch (source.kind) {
    case "none":
      return false;
    case "value":
      return true;
    case "file":
      return access(source.file, constants.R_OK).then(
        () => true,
        () => false,
      );
    case "descriptor":
      return access(`/dev/fd/${source.descriptor}`).then(
        () => true,
        () => false,
      );
  }
}

async function readSource(source: Source, variable: string, log: Log): Promise<string> {
  switch (source.kind) {
    case "none":
      throw missing(variable, `none of "${variable}", "${variable}_FILE" and "${variable}_FD" is set`);
    case "value":
      return source.text;
    case "file":
      return readFile(source.file, source.variable, log);
    case "descriptor":
      return readDescriptor(source.descriptor, source.variable);
  }
}

async function readFile(file: string, variable: string, log: Log): Promise<string> {
  try {
    const handle = await open(file, "r");
    try {
      const { mode, size } = await handle.stat();
      requireSize(size, variable);
      if ((mode & worldReadable) !== 0) {
        log.warn("Credential file can be read by every user of this machine", { variable, file, hint: `chmod 600 "${file}"` });
      }
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(variable, `file "${file}"`, error);
  }
}

async function readDescriptor(descriptor: number, variable: string): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  try {
    const stream = createReadStream("", { fd: descriptor, signal: AbortSignal.timeout(descriptorWaitMs) });
    for await (const piece of stream) {
      const bytes = Buffer.from(piece as Uint8Array);
      pieces.push(bytes);
      sizeBytes += bytes.length;
      requireSize(sizeBytes, variable);
    }
    return Buffer.concat(pieces).toString("utf8");
  } catch (error) {
    throw unreadable(variable, `file descriptor ${descriptor}`, error);
  }
}

function requireSize(sizeBytes: number, variable: string): void {
  if (sizeBytes <= secretBytesMax) return;
  throw new SlipwayError(
    "CREDENTIAL_INVALID",
    `Cannot use the credential of "${variable}": it has ${sizeBytes} bytes and may have ${secretBytesMax}`,
  );
}

/** Editors and `echo` end a file with a line end that is no part of the secret. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function addTo(redactor: Redactor, secret: string, variable: string): void {
  try {
    redactor.add(secret);
    // Clients leave out the white space that was copied along: then that is the form in which it would come back.
    if (secret.trim() !== secret) redactor.add(secret.trim());
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const message = `Cannot use the credential "${variable}": ${error.message}`;
    throw new SlipwayError("CREDENTIAL_INVALID", message, { hint: error.hint ?? `Set "${variable}" to another` });
  }
}

function missing(variable: string, why: string): SlipwayError {
  return new SlipwayError("CREDENTIAL_MISSING", `Cannot read the credential "${variable}": ${why}`, {
    hint: `Set "${variable}", or "${variable}_FILE" to a file that holds it`,
  });
}

function unreadable(variable: string, where: string, cause: unknown): SlipwayError {
  if (cause instanceof SlipwayError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SlipwayError("CREDENTIAL_MISSING", `Cannot read the credential of "${variable}" from ${where}: ${why}`, {
    hint: `Make it readable, or set "${variable}" to another`,
    cause,
  });
}
