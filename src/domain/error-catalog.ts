// Every error code, once. The table is the source of docs/reference/errors.md and of the exit status;
// tests walk it. `next` is what a person does when no closer hint is at hand.

interface CatalogEntry {
  /** Exit status of a process that ends with this error (reference/ux §4). */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  readonly meaning: string;
  readonly next: string;
}

export const errorCatalog = {
  // --- internal -----------------------------------------------------------------------------
  INTERNAL_ASSERTION: {
    exit: 1,
    meaning: "Slipway met a state that its own rules exclude; nothing further was sent.",
    next: "Run the same command again; if it happens again, report it with `slipway logs`.",
  },
  NOT_YET: {
    exit: 2,
    meaning: "The configuration names something that this version of Slipway does not do yet.",
    next: "Leave it out of slipway.yaml for now, or wait for the version that brings it.",
  },
  // --- using the program --------------------------------------------------------------------
  USAGE: {
    exit: 2,
    meaning: "The command line was not understood; nothing was attempted.",
    next: "See `slipway --help`.",
  },
  NODE_TOO_OLD: {
    exit: 2,
    meaning: "This Node is older than the range Slipway supports.",
    next: "Install Node 24.15 or newer.",
  },
  // --- slipway.yaml -------------------------------------------------------------------------
  CONFIG_MISSING: {
    exit: 2,
    meaning: "There is no slipway.yaml here.",
    next: "Run `slipway init`.",
  },
  CONFIG_SYNTAX: {
    exit: 2,
    meaning: "slipway.yaml is not the YAML that Slipway accepts (YAML 1.2 without aliases or duplicate keys).",
    next: "Mend the line named in the message.",
  },
  CONFIG_INVALID: {
    exit: 2,
    meaning: "slipway.yaml says something that the language does not have, or that contradicts itself.",
    next: "Mend the places named; `slipway init` shows a file that works.",
  },
  CONFIG_TOO_LARGE: {
    exit: 2,
    meaning: "slipway.yaml is larger or deeper than any release needs.",
    next: "Split what is generated out of slipway.yaml.",
  },
  NO_PACKAGE: {
    exit: 2,
    meaning: "`init` found no package in the commit that this version of Slipway can release.",
    next: "Commit the manifest of the package, or write slipway.yaml by hand.",
  },
  CONFIG_EXISTS: {
    exit: 2,
    meaning: "`init` would write another slipway.yaml than the one that is there.",
    next: "Look at the difference, then say `slipway init --yes`; the old file is kept beside it.",
  },
  // --- versions -----------------------------------------------------------------------------
  VERSION_INVALID: {
    exit: 2,
    meaning: "A version does not follow the scheme of its ecosystem.",
    next: "Write the version as the message shows.",
  },
  VERSION_LOSSY: {
    exit: 2,
    meaning: "A version cannot be said in another scheme without changing its order or its meaning.",
    next: "Use a final version or alpha, beta, rc with a number.",
  },
  VERSION_MISMATCH: {
    exit: 2,
    meaning: "Two sources of the version disagree.",
    next: "Make them agree; the message names both places.",
  },
  VERSION_TAKEN: {
    exit: 2,
    meaning: "A registry has this version already, and no registry takes other files under it.",
    next: "Release the next version.",
  },
  VERSION_ORDER: {
    exit: 2,
    meaning: "A registry has a newer version already, so that installers would never choose this one.",
    next: "Release a newer version, or say `maintenance: true` for `check-version` if an older line is meant.",
  },
  // --- plan ---------------------------------------------------------------------------------
  PLAN_INVALID: {
    exit: 2,
    meaning: "The configuration cannot be made into a plan for this source.",
    next: "Mend what the message names.",
  },
  NOTHING_TO_RELEASE: {
    exit: 6,
    meaning: "The version comes from the commits, and no commit since the last release asks for one; or no package has changed.",
    next: "See `slipway next`.",
  },
  PLAN_STALE: {
    exit: 7,
    meaning: "The plan is not what it was; the changed fields are listed.",
    next: "Look at the changes, then plan again.",
  },
  // --- source -------------------------------------------------------------------------------
  SOURCE_NOT_GIT: {
    exit: 2,
    meaning: "This folder is not in a git repository with a commit.",
    next: "Run Slipway inside the repository that is released.",
  },
  SOURCE_SHALLOW: {
    exit: 2,
    meaning: "The clone is shallow, and the release needs history or tags that it lacks.",
    next: "Run `git fetch --unshallow --tags`.",
  },
  SOURCE_INCOMPLETE: {
    exit: 2,
    meaning: "The repository on this machine lacks something that the commit names: a submodule, an LFS file, objects of a partial clone.",
    next: "Run `git submodule update --init --recursive`, or fetch what the message names.",
  },
  IDENTITY_MISSING: {
    exit: 2,
    meaning: "The run commits or tags, and git does not know in whose name.",
    next: "Set user.name and user.email with `git config`.",
  },
  TAG_EXISTS: {
    exit: 2,
    meaning: "A tag of the release's name is there already and leads elsewhere.",
    next: "Release the next version, or withdraw the tag.",
  },
  SOURCE_CONFLICT: {
    exit: 2,
    meaning: "A file that is taken into the run is in the middle of a merge.",
    next: "Resolve the conflict, then run the same command again.",
  },
  GIT_FAILED: {
    exit: 1,
    meaning: "git refused something that Slipway needs; its own words are in the message.",
    next: "Run the git command that the message shows.",
  },
  SOURCE_MOVED: {
    exit: 7,
    meaning: "The source moved while the run was under way; nothing was sent for the new source.",
    next: "Start the release again from the new source.",
  },
  // --- run ----------------------------------------------------------------------------------
  RUN_UNKNOWN: { exit: 2, meaning: "There is no such run.", next: "See `slipway status`." },
  RUN_LOCKED: {
    exit: 1,
    meaning: "Another process is driving this project's run.",
    next: "Wait for it, or look on with `slipway watch`.",
  },
  RUN_FAILED: { exit: 1, meaning: "A step failed; the state is known.", next: "Mend the cause and run the same command again." },
  RUN_WAITING: { exit: 3, meaning: "The run waits for a person.", next: "See `slipway status` for who and what." },
  RUN_INCOMPLETE: { exit: 5, meaning: "The run is incomplete, or an outcome is unknown.", next: "Run the same command again." },
  RUN_CANCELLED: { exit: 1, meaning: "The run was cancelled.", next: "Start again with `slipway run`." },
  DECISION_NEEDED: {
    exit: 5,
    meaning: "An interrupted attempt may or may not have had its effect, and nothing can tell; a person has to decide.",
    next: "Look at the target, then say `slipway retry STEP`.",
  },
  REGISTRY_CONFLICT: {
    exit: 6,
    meaning: "A registry holds other bytes under our name, or files of a stranger under our version.",
    next: "Treat it as an incident until it is explained: `slipway verify`.",
  },
  ALARM_OPEN: {
    exit: 6,
    meaning:
      "The watch over the registries found a version that nobody of this project released, or one without its provenance; nothing more is published until a person has cleared the alarm.",
    next: "Look at the version, rotate credentials where it is nobody's of yours, then say `slipway clear-alarm`.",
  },
  POLICY_REFUSED: { exit: 6, meaning: "A rule of slipway.yaml refuses this.", next: "See the rule that the message names." },
  PREFLIGHT_BLOCKED: {
    exit: 1,
    meaning: "Something was found, before the first effect, that would have stopped the release later.",
    next: "Mend the findings and run the same command again.",
  },
  FORGE_NAME_INVALID: {
    exit: 2,
    meaning: "A repository, tag or file has a name that no forge can have; nothing was sent.",
    next: "Mend the name that the message quotes.",
  },
  CREDENTIAL_MISSING: {
    exit: 4,
    meaning: "A credential that a step needs is not there.",
    next: "Set the variable named in the message, or its `_FILE` form.",
  },
  CREDENTIAL_INVALID: {
    exit: 4,
    meaning: "A credential is there but cannot be used: two sources, an unreadable file, or too short to be kept out of logs.",
    next: "Set exactly one of the variables that the message names.",
  },
  CREDENTIAL_REFUSED: {
    exit: 4,
    meaning: "A registry or forge does not let the credential do what the release needs; nothing was taken in.",
    next: "Give it a credential that may, then run the same command again.",
  },
  LOGIN_REFUSED: {
    exit: 4,
    meaning: "A registry does not take the identity of this run, or the run has none; nothing was published.",
    next: "Compare the values in the message with those entered at the registry, or use a token for this registry.",
  },
  LOGIN_UNANSWERED: {
    exit: 5,
    meaning: "Whoever vouches for the run, or the registry that takes its word, did not answer; nothing was published.",
    next: "Run the same command again.",
  },
  // --- step work ----------------------------------------------------------------------------
  STEP_FAILED: { exit: 1, meaning: "A step of the release failed.", next: "See `slipway logs` for its output." },
  TOOL_MISSING: { exit: 1, meaning: "A program that a step needs is not installed.", next: "Install the program named in the message." },
  NO_PLACE: {
    exit: 3,
    meaning: "A leg of the matrix needs another kind of machine than this one.",
    next: "Bring in what such a machine made with `slipway import`, run the release there, or take the platform out of the matrix.",
  },
  PROGRAM_NOT_STARTED: {
    exit: 1,
    meaning: "A program is there but could not be started: its folder, its permissions, its interpreter or a limit of this machine.",
    next: "Mend what the message names, then run the same command again.",
  },
  ARTIFACT_INVALID: {
    exit: 1,
    meaning: "An artifact would be refused, or would install as something else than it says.",
    next: "Mend the build; nothing was uploaded.",
  },
  VULNERABILITY_FOUND: {
    exit: 1,
    meaning: "An image holds a known vulnerability that the file does not let through.",
    next: "Update what the message names, or write an exception with its reason and last day.",
  },
  SCAN_FAILED: {
    exit: 1,
    meaning: "A scanner could not compare an image with its data, or had none: nothing is known of the image.",
    next: "See to the scanner and its data, then run the same command again.",
  },
  ARTIFACT_SET: { exit: 1, meaning: "What was built is not what the plan expects.", next: "Mend the build or the plan." },
  TIMED_OUT: { exit: 1, meaning: "A step took longer than its time-out.", next: "Raise `timeout` of the step, or find what hangs." },
  CHANGELOG_SECTION: {
    exit: 2,
    meaning: "A changelog lacks the section of the version, or has another one than would be written.",
    next: "Write the section into the file that the message names, and commit it.",
  },
  // --- storage ------------------------------------------------------------------------------
  JOURNAL_DAMAGED: {
    exit: 1,
    meaning: "A record of the journal does not match its checksum.",
    next: "Do not delete it; look at the registries with `slipway verify`.",
  },
  JOURNAL_NEWER: { exit: 2, meaning: "The journal was written by a newer Slipway.", next: "Use that version, or a newer one." },
  STORAGE_FAILED: {
    exit: 5,
    meaning: "The state folder cannot be written (full disk, permissions); nothing was sent after that.",
    next: "Make room, then run the same command again.",
  },
  FILE_UNREADABLE: {
    exit: 1,
    meaning: "A file that must be readable is not: it is missing, too large, not UTF-8, or not permitted.",
    next: "Look at the file that the message names.",
  },
  // --- verify and doctor --------------------------------------------------------------------
  FINDINGS: { exit: 8, meaning: "`doctor` or `verify` found something.", next: "See the findings." },
} as const satisfies Record<string, CatalogEntry>;

export type ErrorCode = keyof typeof errorCatalog;
