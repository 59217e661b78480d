// The Python packages of Slipway's own toolbox, every one with its exact version, the ones that others pull in too.
// They exist because PyPI judges with Python: a description is fine when its renderer says so, a requirement when its
// parser does. Rules and renderer versions: reference/protocols §1.3 and §9.2.
//
// `build` (which pulls pyproject_hooks) is the builder of a project on a machine that has none of its own.
// `readme_renderer[md]` pulls comrak, docutils, nh3 and Pygments; `email-validator` pulls dnspython and idna.
// PyPI asks email-validator about every author's address, so a check without it would pass what PyPI refuses.

import type { ToolboxSet } from "./ports.ts";

/** One pinned package, as an installer's requirement line. */
export type PinnedPackage = `${string}==${string}`;

/** What `toolboxPython()` can import; complete, so that an installer may be told to resolve nothing. */
const toolboxRequirements: readonly PinnedPackage[] = [
  "build==1.6.1",
  "comrak==0.0.16",
  "dnspython==2.9.2",
  "docutils==0.23",
  "email-validator==2.3.0",
  "idna==3.20",
  "nh3==0.3.8",
  "packaging==26.3",
  "Pygments==2.21.0",
  "pyproject_hooks==1.3.3",
  "readme_renderer==46.0",
  "trove-classifiers==2026.9.21.13",
];

/**
 * Everything that a set needs. `git-cliff` is a native program of 15 MB (about 6 MB to download, four seconds the first
 * time) without dependencies: a set of its own, so that a release without generated changelogs never pays for it.
 */
export const toolboxSets: Readonly<Record<ToolboxSet, readonly PinnedPackage[]>> = {
  checks: toolboxRequirements,
  "git-cliff": ["git-cliff==2.14.2"],
};
