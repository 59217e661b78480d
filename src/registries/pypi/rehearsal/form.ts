// The upload form as the rehearsal index reads it, and the checks on the form itself: rows 1 and 2 of the server's order.
// Sources: protocols §1.1, §1.2; warehouse `forklift/forms.py`, `forklift/decorators.py`.
import { isProjectName, repr } from "./names.ts";

/** A form as it arrived: fields in order, and what is known of the file that came with it. */
export interface ReceivedForm {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly file?: ReceivedContent;
  /** Fields other than `content` that came as files. */
  readonly filesElsewhere: readonly string[];
}

export interface ReceivedContent {
  /** As the client wrote it, path separators and all. */
  readonly name: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Larger than the limit: only its beginning was kept, and the digests mean nothing. */
  readonly tooLarge: boolean;
  readonly sha256: string;
  readonly blake2: string;
  readonly md5: string;
  /** First bytes, for telling zip and gzip from anything else. */
  readonly head: Buffer;
  /** Where the bytes are on this machine. */
  readonly path: string;
}

export interface Refusal {
  readonly kind: "refusal";
  readonly status: number;
  readonly message: string;
}

export function refusal(status: number, message: string): Refusal {
  return { kind: "refusal", status, message };
}

/** Values of the fields after the server's clean-up: `UNKNOWN` dropped, NUL escaped. */
export type Fields = ReadonlyMap<string, readonly string[]>;

export function cleanFields(form: ReceivedForm): Fields {
  const fields = new Map<string, string[]>();
  for (const [name, value] of form.fields) {
    const values = fields.get(name) ?? [];
    values.push(value.replaceAll("\0", "\\x00"));
    fields.set(name, values);
  }
  for (const [name, values] of fields) if (values.at(-1)?.trim() === "UNKNOWN") fields.delete(name);
  return fields;
}

/** The last value of a field, as a dictionary of a form gives it; undefined if there is none or it is empty. */
export function one(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)?.at(-1);
  return value === "" ? undefined : value;
}

/** The upload token of a request, in any of the three forms that PyPI takes. */
export function tokenOf(authorization: string | undefined): string | undefined {
  const [scheme = "", value = ""] = (authorization ?? "").trim().split(/\s+/, 2);
  if (/^(?:token|bearer)$/i.test(scheme)) return value.startsWith("pypi-") ? value : undefined;
  if (!/^basic$/i.test(scheme)) return undefined;
  const [user, ...rest] = Buffer.from(value, "base64").toString("utf8").split(":");
  const secret = rest.join(":");
  return user === "__token__" && secret.startsWith("pypi-") && secret.length > "pypi-".length ? secret : undefined;
}

const docs = "https://packaging.python.org/specifications/core-metadata";
const fileTypes = ["sdist", "bdist_wheel"];
const hex64 = /^[0-9a-f]{64}$/i;

/** The form as such, first failure wins. */
export function checkForm(form: ReceivedForm, fields: Fields): Refusal | undefined {
  const [tuple] = form.filesElsewhere;
  if (tuple !== undefined) return refusal(400, `${tuple}: Should not be a tuple.`);
  if ((one(fields, "protocol_version") ?? "1") !== "1") return refusal(400, "Unknown protocol version.");
  return checkName(fields) ?? checkSingles(fields) ?? checkTogether(fields);
}

function checkName(fields: Fields): Refusal | undefined {
  const name = one(fields, "name");
  if (name !== undefined && isProjectName(name)) return undefined;
  const why =
    name === undefined
      ? "This field is required."
      : "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.";
  return refusal(400, `${repr(shortened(name ?? ""))} is an invalid value for Name. Error: ${why} See ${docs} for more information.`);
}

function shortened(value: string): string {
  return value.length > 60 ? `${value.slice(0, 30)}...${value.slice(-30)}` : value;
}

/** In the order of the fields' names, because the server reports the first of them in that order. */
function checkSingles(fields: Fields): Refusal | undefined {
  const blake2 = one(fields, "blake2_256_digest");
  if (blake2 !== undefined && !hex64.test(blake2)) return invalid("blake2_256_digest", "Use a valid, hex-encoded, BLAKE2 message digest.");
  const fileType = one(fields, "filetype");
  if (fileType === undefined) return invalid("filetype", "This field is required.");
  if (!fileTypes.includes(fileType)) return invalid("filetype", "Use a known file type.");
  const sha256 = one(fields, "sha256_digest");
  if (sha256 !== undefined && !hex64.test(sha256)) return invalid("sha256_digest", "Use a valid, hex-encoded, SHA256 message digest.");
  return undefined;
}

function checkTogether(fields: Fields): Refusal | undefined {
  const pythonVersion = one(fields, "pyversion");
  if (one(fields, "filetype") === "sdist") {
    if (pythonVersion !== undefined && pythonVersion !== "source")
      return invalid("pyversion", "Use 'source' as Python version for an sdist.");
  } else if (pythonVersion === undefined) {
    return invalid("pyversion", "Python version is required for binary distribution uploads.");
  }
  const digests = ["md5_digest", "sha256_digest", "blake2_256_digest"];
  return digests.some((name) => one(fields, name) !== undefined) ? undefined : refusal(400, "Error: Include at least one message digest.");
}

function invalid(field: string, why: string): Refusal {
  return refusal(400, `Invalid value for ${field}. Error: ${why}`);
}
