// What the registry contract publishes, in the form of one ecosystem: each of them makes the smallest thing that real
// servers take.
import type { Upload } from "../../src/registries/registry.ts";

export interface Goods {
  /** Name as a manifest writes it. */
  readonly package: string;
  /** Two more spellings under which the registry finds the package; the same again where it has only one. */
  readonly spellings: readonly [string, string];
  /** What the page of the package has in its address. */
  readonly inAddress: RegExp;
  /** The n-th version, from 0. */
  version(number: number): string;
  /** Another way to write the same version, or the same way where there is none. */
  respelled(version: string): string;
  /** Writes a file. @param of.note makes other bytes; `paddingBytes` of bytes that no compression makes smaller */
  make(folder: string, of: { readonly version: string; readonly note?: string; readonly paddingBytes?: number }): Upload;
  /** All files of one version, where it can have several. */
  readonly pair?: (folder: string) => readonly Upload[];
}
