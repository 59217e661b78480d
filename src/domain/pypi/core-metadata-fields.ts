// The fields of core metadata: since which metadata version each exists and whether it may be repeated (PyPA "Core
// metadata specifications", as packaging 26.3 has them), and what PyPI takes of it (reference/protocols §1.3).

export interface MetadataField {
  /** As the specification writes it. */
  readonly name: string;
  readonly since: string;
  readonly many: boolean;
}

/**
 * Metadata versions that PyPI takes, oldest first. `packaging` already knows 2.6: a check with it alone would pass what
 * PyPI refuses.
 */
export const metadataVersions: readonly string[] = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];

export const summaryLengthMax = 512;
export const projectUrlLabelLengthMax = 32;

const once: Readonly<Record<string, readonly string[]>> = {
  "1.0": ["Metadata-Version", "Name", "Version", "Summary", "Description", "Keywords", "Home-page", "Author", "Author-email", "License"],
  "1.1": ["Download-URL"],
  "1.2": ["Maintainer", "Maintainer-email", "Requires-Python"],
  "2.1": ["Description-Content-Type"],
  "2.4": ["License-Expression"],
};

const repeated: Readonly<Record<string, readonly string[]>> = {
  "1.0": ["Platform"],
  "1.1": ["Supported-Platform", "Classifier", "Requires", "Provides", "Obsoletes"],
  "1.2": ["Requires-Dist", "Provides-Dist", "Obsoletes-Dist", "Requires-External", "Project-URL"],
  "2.1": ["Provides-Extra"],
  "2.2": ["Dynamic"],
  "2.4": ["License-File"],
  "2.5": ["Import-Name", "Import-Namespace"],
};

/** Fields by lower-case name. */
export const metadataFields: ReadonlyMap<string, MetadataField> = new Map(
  [
    ...Object.entries(once).flatMap(([since, names]) => names.map((name) => ({ name, since, many: false }))),
    ...Object.entries(repeated).flatMap(([since, names]) => names.map((name) => ({ name, since, many: true }))),
  ].map((field) => [field.name.toLowerCase(), field]),
);

/** Fields that may not be `Dynamic`: what identifies a release is always known. */
export const neverDynamic: readonly string[] = ["metadata-version", "name", "version", "dynamic"];

/** Words of Python that are no names (3.11). */
export const pythonKeywords: ReadonlySet<string> = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);
