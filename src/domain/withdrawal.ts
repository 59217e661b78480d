// What taking a version back means at each kind of registry, in words: nowhere is it gone from where somebody has it, and its
// number is never free again. Sources: protocols §1.5 (PyPI), §4.1 (crates), §5.1 (npm), §6 (images).
import type { Ecosystem } from "./configuration.ts";

export interface WithdrawalMeaning {
  /** What is done to it: `yanked`. */
  readonly done: string;
  /** What stays all the same, to be read after the version. */
  readonly stays: string;
}

const meanings: Readonly<Record<Ecosystem, WithdrawalMeaning>> = {
  crates: { done: "yanked", stays: "lock files that name it go on taking it" },
  npm: { done: "deprecated", stays: "it can still be installed, with a warning" },
  oci: { done: "without its tag", stays: "whoever has its digest can pull it" },
  pypi: { done: "yanked", stays: "whoever pins it installs it" },
  binary: { done: "gone", stays: "whoever has it keeps it" },
};

export function withdrawalMeaning(ecosystem: Ecosystem): WithdrawalMeaning {
  return meanings[ecosystem];
}
