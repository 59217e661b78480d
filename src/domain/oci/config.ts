// The config of an image: for which platform it is, and its labels. Source: OCI image-spec v1.1 `config.md`.
import { parseRecord, recordOf, textsOf } from "../json-record.ts";
import { annotationNames } from "./media-types.ts";
import { readImagePlatform, type ImagePlatform } from "./platform.ts";

/** More than any config is; larger ones are not read. */
export const configBytesMax = 4 * 1024 * 1024;

export interface ImageConfig {
  /** Absent where the config is not that of an image (an artifact's is empty). */
  readonly platform?: ImagePlatform;
  readonly labels: Readonly<Record<string, string>>;
}

/** @returns undefined for text that is no JSON object */
export function readImageConfig(text: string): ImageConfig | undefined {
  const record = parseRecord(text);
  if (record === undefined) return undefined;
  const platform = readImagePlatform(record);
  const labels = textsOf(recordOf(record["config"])?.["Labels"]);
  return { labels, ...(platform === undefined ? {} : { platform }) };
}

/** The version that annotations or labels tell, or undefined. */
export function toldVersion(texts: Readonly<Record<string, string>>): string | undefined {
  const told = texts[annotationNames.version]?.trim() ?? "";
  return told === "" ? undefined : told;
}
