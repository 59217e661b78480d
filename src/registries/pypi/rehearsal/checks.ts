// The order in which PyPI looks at an upload, as pure functions over what was received and what the index holds; the
// first failure wins (protocols §1.2). What needs the bytes of the archive comes as a finding of the server's hooks.
import { checkForm, one, refusal, type Fields, type ReceivedContent, type ReceivedForm, type Refusal } from "./form.ts";
import { checkMetadata, type ClassifierKnowledge } from "./metadata-rules.ts";
import { canonicalName, canonicalVersion, readSdistName, readVersion, readWheelName, repr, takesPlatform } from "./names.ts";
import { findFile, type IndexState, type Release } from "./state.ts";

export interface CheckContext {
  /** Normalised names that may be uploaded here. */
  readonly ours: ReadonlySet<string>;
  /** Address of this server, for the pages that its messages name. */
  readonly url: string;
  readonly nowMs: number;
  readonly fileLimitBytes: number;
  readonly projectLimitBytes: number;
  readonly knowsClassifier?: ClassifierKnowledge;
}

/** Days after which a release takes no more files (since July 2026). */
const releaseAgeMaxMs = 14 * 24 * 60 * 60 * 1000;

const bytesPerMiB = 1024 * 1024;
const bytesPerGiB = 1024 * bytesPerMiB;

/** Rows 1 to 5: who asks, the form, its metadata, the project. */
export function checkRequest(form: ReceivedForm, fields: Fields, context: CheckContext): Refusal | undefined {
  return checkForm(form, fields) ?? checkMetadata(fields, context.knowsClassifier) ?? checkProject(form, fields, context);
}

/** Row 1, which the server asks before it reads the form. */
export function unauthenticated(url: string): Refusal {
  return refusal(403, `Invalid or non-existent authentication information. See ${help(url, "invalid-auth")} for more information.`);
}

function checkProject(form: ReceivedForm, fields: Fields, context: CheckContext): Refusal | undefined {
  if (form.file === undefined) return refusal(400, "Upload payload does not have a file.");
  const name = one(fields, "name") ?? "";
  if (context.ours.has(canonicalName(name))) return undefined;
  return refusal(
    403,
    `The user 'rehearsal' isn't allowed to upload to project ${repr(name)}. See ${help(context.url, "project-name")} for more information.`,
  );
}

/** Row 6: `renders` is what the renderer made of the description. */
export function checkDescription(fields: Fields, renders: boolean, url: string): Refusal | undefined {
  if (renders) return undefined;
  const type = one(fields, "description_content_type");
  const what = type === undefined ? "in the default format of reStructuredText." : `for '${type}'.`;
  return refusal(400, `The description failed to render ${what} See ${help(url, "description-content-type")} for more information.`);
}

export type FileVerdict = Refusal | { readonly kind: "same" } | undefined;

/** Rows 7 to 14: the file as such, against what the index holds. */
export function checkFile(
  state: IndexState,
  upload: { readonly fields: Fields; readonly content: ReceivedContent },
  context: CheckContext,
): FileVerdict {
  const { fields, content } = upload;
  return (
    checkFileName(content.name, one(fields, "filetype") ?? "") ??
    checkContentType(content) ??
    checkSize(state, upload, context) ??
    checkDigests(fields, content) ??
    checkDuplicate(state, content, context.url) ??
    checkRelease(state, upload, context)
  );
}

function checkFileName(name: string, fileType: string): Refusal | undefined {
  if (/[\x00-\x1f\x7f]/.test(name)) {
    return refusal(
      400,
      "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name.",
    );
  }
  if (/[/\\]/.test(name)) return refusal(400, "Cannot upload a file with '/' or '\\' in the name.");
  const ending = /.(\.(?:tar\.gz|zip|whl))$/i.exec(name)?.[1];
  const pep = "https://www.python.org/dev/peps/pep-0527";
  if (ending === undefined) {
    return refusal(
      400,
      `Invalid file extension: Use .tar.gz, .whl or .zip extension. See ${pep} and https://peps.python.org/pep-0715/ for more information`,
    );
  }
  const taken = fileType === "sdist" ? [".zip", ".tar.gz"] : [".whl"];
  if (taken.includes(ending)) return undefined;
  return refusal(400, `Invalid file extension: Extension ${ending} is invalid for filetype ${fileType}. See ${pep} for more information.`);
}

/** A part without a type is read as plain text, which is taken. */
function checkContentType(content: ReceivedContent): Refusal | undefined {
  const bad = content.contentType === "" || content.contentType.startsWith("image/");
  return bad ? refusal(400, "Invalid distribution file.") : undefined;
}

function checkSize(
  state: IndexState,
  upload: { readonly fields: Fields; readonly content: ReceivedContent },
  context: CheckContext,
): Refusal | undefined {
  const { content } = upload;
  const project = one(upload.fields, "name") ?? "";
  const page = `${context.url}/docs/project-management/storage-limits`;
  if (content.tooLarge || content.sizeBytes > context.fileLimitBytes) {
    const limit = Math.floor(context.fileLimitBytes / bytesPerMiB);
    return refusal(
      400,
      `File too large. Limit for project ${repr(project)} is ${limit} MB. See ${page}#requesting-a-file-size-limit-increase for more information.`,
    );
  }
  const held =
    state.projects[canonicalName(project)]?.releases.flatMap((release) => release.files).reduce((sum, file) => sum + file.sizeBytes, 0) ??
    0;
  if (held + content.sizeBytes <= context.projectLimitBytes) return undefined;
  const limit = Math.floor(context.projectLimitBytes / bytesPerGiB);
  return refusal(
    400,
    `Project size too large. Limit for project ${repr(project)} total size is ${limit} GB. See ${page}#requesting-a-project-size-limit-increase`,
  );
}

function checkDigests(fields: Fields, content: ReceivedContent): Refusal | undefined {
  const given = { md5_digest: content.md5, sha256_digest: content.sha256, blake2_256_digest: content.blake2 };
  const agrees = Object.entries(given).every(([name, found]) => (one(fields, name) ?? found).toLowerCase() === found);
  return agrees ? undefined : refusal(400, "The digest supplied does not match a digest calculated from the uploaded file.");
}

/** Rows 10 to 12. The look is by name or content over the whole index, not only within the project. */
function checkDuplicate(state: IndexState, content: ReceivedContent, url: string): FileVerdict {
  const found = findFile(state, (file) => file.name === content.name || file.blake2 === content.blake2);
  const page = help(url, "file-name-reuse");
  if (found !== undefined) {
    const same = found.name === content.name && found.sha256 === content.sha256 && found.blake2 === content.blake2;
    if (same) return { kind: "same" };
    return refusal(
      400,
      `File already exists (${repr(content.name)}, with blake2_256 hash ${repr(content.blake2)}). See ${page} for more information.`,
    );
  }
  if (!state.burned.includes(content.name)) return undefined;
  return refusal(
    400,
    `This filename was previously used by a file that has since been deleted. Use a different version. See ${page} for more information.`,
  );
}

function checkRelease(
  state: IndexState,
  upload: { readonly fields: Fields; readonly content: ReceivedContent },
  context: CheckContext,
): Refusal | undefined {
  const release = releaseOf(state, upload.fields);
  if (release === undefined) return undefined;
  if (context.nowMs - release.createdMs > releaseAgeMaxMs)
    return refusal(400, "Uploading new files to releases older than 14 days is not allowed.");
  const second = one(upload.fields, "filetype") === "sdist" && release.files.some((file) => file.fileType === "sdist");
  return second ? refusal(400, "Only one sdist may be uploaded per release.") : undefined;
}

function releaseOf(state: IndexState, fields: Fields): Release | undefined {
  const version = readVersion(one(fields, "version") ?? "");
  const project = state.projects[canonicalName(one(fields, "name") ?? "")];
  return version === undefined ? undefined : project?.releases.find((release) => release.canonical === canonicalVersion(version));
}

/** Row 15: what the archive is by its first bytes; the rest of the structure is the hook's to say. */
export function checkMagic(content: ReceivedContent): Refusal | undefined {
  const [a, b, c, d] = content.head;
  const zip = a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04;
  const gzip = a === 0x1f && b === 0x8b;
  if (content.name.endsWith(".tar.gz")) return gzip ? undefined : refusal(400, "Invalid distribution file. File is not a tarfile");
  return zip ? undefined : refusal(400, "Invalid distribution file. File is not a zipfile");
}

/** Row 16, as far as names go; what is missing inside the archive comes after. */
export function checkDistributionName(fields: Fields, content: ReceivedContent): Refusal | undefined {
  return one(fields, "filetype") === "sdist" ? checkSdistName(fields, content.name) : checkWheelName(fields, content.name);
}

function checkSdistName(fields: Fields, fileName: string): Refusal | undefined {
  const project = one(fields, "name") ?? "";
  const underscored = canonicalName(project).replaceAll("-", "_");
  const read = readSdistName(fileName);
  if (read === undefined) return refusal(400, `Invalid source distribution filename: ${fileName}`);
  if (read.name !== canonicalName(project)) return refusal(400, `Start filename for ${repr(project)} with ${repr(underscored)}.`);
  const expected = `${underscored}-${readVersion(one(fields, "version") ?? "")?.normal ?? ""}.tar.gz`;
  return fileName === expected ? undefined : refusal(400, `Filename ${repr(fileName)} is invalid, should be ${repr(expected)}.`);
}

function checkWheelName(fields: Fields, fileName: string): Refusal | undefined {
  const project = one(fields, "name") ?? "";
  const underscored = canonicalName(project).replaceAll("-", "_");
  const read = readWheelName(fileName);
  if (read.kind === "invalid") return refusal(400, read.message);
  const bad = read.platforms.find((platform) => !takesPlatform(platform));
  if (bad !== undefined) return refusal(400, `Binary wheel '${fileName}' has an unsupported platform tag '${bad}'.`);
  if (read.name !== canonicalName(project)) return refusal(400, `Start filename for ${repr(project)} with ${repr(underscored)}.`);
  if (read.written !== underscored) {
    return refusal(
      400,
      `Filename ${repr(fileName)} should contain the normalized project name ${repr(underscored)}, not ${repr(read.written)}.`,
    );
  }
  const version = readVersion(one(fields, "version") ?? "");
  if (version !== undefined && canonicalVersion(version) === canonicalVersion(read.version)) return undefined;
  return refusal(400, `Version in filename should be ${repr(version?.normal ?? "")} not ${repr(read.version.normal)}.`);
}

function help(url: string, anchor: string): string {
  return `${url}/help/#${anchor}`;
}
