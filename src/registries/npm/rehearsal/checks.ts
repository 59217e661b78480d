// What an npm registry refuses of a publish, in its order and with its words as far as they are known. Written apart from
// the client's own knowledge (`refusals.ts`), so that one misreading cannot pass its own test. Sources: protocols §5.1, §5.5;
// npm documentation of package.json; trust §3.
import type { Json, JsonObject } from "../../../domain/configuration.ts";
import type { ReceivedTarball } from "./receive.ts";
import type { PackageState } from "./state.ts";

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** What a publish asks for, once its form is known to be right. */
export interface Publish {
  readonly name: string;
  readonly version: string;
  readonly manifest: JsonObject;
  readonly tags: readonly string[];
}

export type Checked = { readonly kind: "publish"; readonly publish: Publish } | ({ readonly kind: "refused" } & Refusal);

const versionForm =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-z-][0-9a-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][0-9a-z-]*))*)?$/i;
const partForm = /^[a-z0-9][a-z0-9._~-]*$/;

/** Only tokens are taken: there are no users here. */
export function carriesToken(authorization: string | undefined): boolean {
  return /^Bearer \S+$/i.test(authorization ?? "");
}

/** Judges the form of a publish by itself. @param name from the address */
export function checkPublish(
  document: JsonObject,
  tarball: ReceivedTarball,
  about: { readonly name: string; readonly limitBytes: number },
): Checked {
  const { name } = about;
  if (!isName(name)) return refused(400, `Invalid package name: ${name}`);
  if (document["name"] !== name) return refused(400, "package name in the document does not match the address");
  const versions = isTable(document["versions"]) ? Object.entries(document["versions"]) : [];
  const [entry] = versions;
  if (entry === undefined || versions.length !== 1 || !isTable(entry[1])) return refused(400, "a publish has exactly one version");
  const [version, manifest] = entry;
  if (!versionForm.test(version)) return refused(400, `invalid version: ${version}`);
  if (manifest["name"] !== name || manifest["version"] !== version) return refused(400, "manifest does not match its version");
  return (
    checkTags(document, version) ??
    checkTarball(manifest, tarball, about.limitBytes) ?? { kind: "publish", publish: { name, version, manifest, tags: tagsOf(document) } }
  );
}

function isName(name: string): boolean {
  const parts = name.startsWith("@") ? name.slice(1).split("/") : [name];
  return name.length <= 214 && parts.length === (name.startsWith("@") ? 2 : 1) && parts.every((part) => partForm.test(part));
}

function tagsOf(document: JsonObject): readonly string[] {
  return isTable(document["dist-tags"]) ? Object.keys(document["dist-tags"]) : [];
}

function checkTags(document: JsonObject, version: string): Checked | undefined {
  const tags = isTable(document["dist-tags"]) ? document["dist-tags"] : {};
  if (Object.keys(tags).length === 0) return refused(400, "a publish names a dist-tag");
  const wrong = Object.keys(tags).find((tag) => isRange(tag));
  if (wrong !== undefined) return refused(400, `Tag name must not be a valid SemVer range: ${wrong}`);
  return Object.values(tags).some((value) => value !== version)
    ? refused(400, "dist-tags lead to a version that is not published")
    : undefined;
}

/** Whether a client would read the tag as a range of versions and never find it. */
export function isRange(tag: string): boolean {
  return tag.trim() === "" || /^[\sv=<>~^]*(?:\d+|[x*])(?:\.(?:\d+|[x*]))*(?:[-+.][0-9a-z.-]*)?$/i.test(tag.trim());
}

function checkTarball(manifest: JsonObject, tarball: ReceivedTarball, limitBytes: number): Checked | undefined {
  if (tarball.tooLarge) return refused(413, `Payload Too Large: the limit is ${limitBytes} bytes`);
  if (tarball.sizeBytes === 0) return refused(400, "a publish has a tarball among its _attachments");
  const dist = isTable(manifest["dist"]) ? manifest["dist"] : {};
  const { integrity, shasum } = dist;
  if (typeof integrity === "string" && integrity !== tarball.integrity) return refused(400, "dist.integrity does not match the tarball");
  if (typeof shasum === "string" && shasum !== tarball.shasum) return refused(400, "dist.shasum does not match the tarball");
  return undefined;
}

/** Judges it against what is there: a number is used once, and what is staged has its number already. */
export function checkAgainst(found: PackageState | undefined, version: string, staged = false): Refusal | undefined {
  if (staged) return { status: 403, message: `You cannot publish over the previously staged version: ${version}.` };
  if (found?.versions[version] !== undefined) {
    return { status: 403, message: `You cannot publish over the previously published versions: ${version}.` };
  }
  if (found?.burned[version] === undefined) return undefined;
  return {
    status: 403,
    message: `Cannot publish ${found.name}@${version}: this version was unpublished and its number cannot be used again`,
  };
}

function refused(status: number, message: string): Checked {
  return { kind: "refused", status, message };
}

function isTable(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
