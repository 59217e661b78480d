// A bill of materials of one package's release as CycloneDX 1.6 JSON (ECMA-424): the package, its files by digest, what it
// declares that it needs and, where a lock file says so, what that resolves to. Written by hand, because the document is
// small, has to be the same bytes for the same release, and has to say where its knowledge ends (ADR 0012).
import { canonicalJson, type Sha256, type Sha256OfText } from "../digest.ts";
import type { Needed } from "./closure.ts";

export interface BomSubject {
  /** As the manifest writes it. */
  readonly name: string;
  /** PEP 503 form. */
  readonly normalName: string;
  readonly version: string;
  readonly summary?: string;
  /** SPDX expression. */
  readonly license?: string;
  readonly files: readonly { readonly name: string; readonly digest: Sha256 }[];
  readonly needed: readonly Needed[];
  /** Name of the lock file that resolved them; absent: only what is declared is known. */
  readonly lock?: string;
  /** Committer time of the head, seconds since 1970: the document's own time. */
  readonly epochSeconds: number;
}

/** The whole document, ending with a line feed. */
export function writeBom(subject: BomSubject, sha256OfText: Sha256OfText): string {
  const ref = purlOf(subject.normalName, subject.version);
  const body = {
    metadata: metadataOf(subject, ref),
    components: subject.needed.map(componentOf),
    dependencies: dependenciesOf(subject, ref),
    // What an installer chooses for somebody else is not known; without a lock file, what is pulled in is not either.
    compositions: [{ aggregate: subject.lock === undefined ? "incomplete" : "unknown", dependencies: [ref] }],
  };
  const serialNumber = `urn:uuid:${uuidOf(sha256OfText(canonicalJson(body)))}`;
  const document = { $schema: schemaId, bomFormat: "CycloneDX", specVersion: "1.6", serialNumber, version: 1, ...body };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** `pkg:pypi/name@version` (package-url specification, type pypi). */
export function purlOf(normalName: string, version: string | undefined): string {
  return version === undefined ? `pkg:pypi/${normalName}` : `pkg:pypi/${normalName}@${encodeURIComponent(version).replaceAll("!", "%21")}`;
}

// --- helpers ----------------------------------------------------------------------------------

/** Not an address that anything asks: the name of the format. */
const schemaId = "http://cyclonedx.org/schema/bom-1.6.schema.json";

function metadataOf(subject: BomSubject, ref: string): object {
  const { name, version, summary, license, files, lock, epochSeconds } = subject;
  return {
    timestamp: new Date(epochSeconds * 1000).toISOString().replace(".000Z", "Z"),
    lifecycles: [{ phase: "post-build" }],
    tools: { components: [{ type: "application", name: "slipway" }] },
    component: {
      type: "library",
      "bom-ref": ref,
      name,
      version,
      purl: ref,
      ...(summary === undefined ? {} : { description: summary }),
      ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
      components: files.map((file) => ({
        type: "file",
        "bom-ref": `file:${file.name}`,
        name: file.name,
        hashes: [{ alg: "SHA-256", content: file.digest }],
      })),
    },
    properties: [{ name: "slipway:dependencies", value: lock === undefined ? "declared" : `locked by ${lock}` }],
  };
}

function componentOf(one: Needed): object {
  const ref = purlOf(one.name, one.version);
  return {
    type: "library",
    "bom-ref": ref,
    name: one.name,
    ...(one.version === undefined ? {} : { version: one.version }),
    scope: one.optional ? "optional" : "required",
    purl: ref,
    ...(one.declared.length === 0 ? {} : { properties: one.declared.map((text) => ({ name: "slipway:requirement", value: text })) }),
  };
}

function dependenciesOf({ needed }: BomSubject, ref: string): readonly object[] {
  const refs = Map.groupBy(needed, (one) => one.name);
  const refsOf = (name: string): readonly string[] => (refs.get(name) ?? []).map((one) => purlOf(one.name, one.version));
  const direct = [...refs].flatMap(([name, all]) => (all.some((one) => one.declared.length > 0) ? refsOf(name) : []));
  return [
    { ref, dependsOn: direct },
    ...needed.map((one) => ({ ref: purlOf(one.name, one.version), dependsOn: one.dependencies.flatMap(refsOf) })),
  ];
}

/** A UUID of version 8 (RFC 9562 §5.8): its bits are those of the digest. */
function uuidOf(digest: Sha256): string {
  const variant = "89ab".charAt(Number.parseInt(digest.charAt(16), 16) % 4);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}
