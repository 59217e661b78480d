// A list that joins images of several platforms, read back from the journal with its very text.
import { z } from "zod";
import { sha256 } from "../../../domain/digest.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import type { ImageIndex } from "../../../registries/registry.ts";

const indexData = z.object({
  form: z.literal("index"),
  registry: z.string(),
  package: z.string(),
  version: z.string(),
  name: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  registryDigest: z.string(),
  text: z.string(),
});

/** @returns undefined for an effect that is no such list */
export function joinedOf(effect: Pick<Effect, "data">): { readonly registry: string; readonly index: ImageIndex } | undefined {
  const read = indexData.safeParse(effect.data);
  if (!read.success) return undefined;
  const { registry, form: _form, ...index } = read.data;
  return { registry, index: { ...index, sha256: sha256(index.sha256) } };
}
