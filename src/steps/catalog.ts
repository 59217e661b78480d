// All built-in steps, in the order in which a release meets them, and the names that the language has and this version
// does not. A literal list: what is not in it does not exist, and adding a step is one folder and one line here.
import * as z from "../domain/shape.ts";
import type { StepKind } from "../domain/plan/plan.ts";
import { acknowledgeStep } from "./acknowledge/acknowledge.ts";
import { carryStep } from "./carry/carry.ts";
import { buildBinaryStep } from "./build-binary/build-binary.ts";
import { buildCrateStep } from "./build-crate/build-crate.ts";
import { buildImageStep } from "./build-image/build-image.ts";
import { buildNpmStep } from "./build-npm/build-npm.ts";
import { buildWheelStep } from "./build-wheel/build-wheel.ts";
import { bumpStep } from "./bump/bump.ts";
import { changelogStep } from "./changelog/changelog.ts";
import { checkArtifactsStep } from "./check-artifacts/check-artifacts.ts";
import { checkSourceStep } from "./check-source/check-source.ts";
import { checkVersionStep } from "./check-version/check-version.ts";
import { closeIssueStep } from "./close-issue/close-issue.ts";
import { commitStep } from "./commit/commit.ts";
import { checksumsStep } from "./checksums/checksums.ts";
import { dispatchStep } from "./dispatch/dispatch.ts";
import { fetchReleaseStep } from "./fetch-release/fetch-release.ts";
import { forgeReleaseStep } from "./forge-release/forge-release.ts";
import { publishStep } from "./publish/publish.ts";
import { pushStep } from "./push/push.ts";
import { attestStep } from "./attest/attest.ts";
import { recordStep } from "./record/record.ts";
import { runStep } from "./run/run.ts";
import { scanImageStep } from "./scan-image/scan-image.ts";
import { sbomStep } from "./sbom/sbom.ts";
import { stageStep } from "./stage/stage.ts";
import type { Step } from "./step.ts";
import { tagStep } from "./tag/tag.ts";
import { verifyInstallStep } from "./verify-install/verify-install.ts";
import { withdrawStep } from "./withdraw/withdraw.ts";

export const stepCatalog: readonly Step[] = [
  // What the project does by itself: its tests, lints, generators. Everything without a step of its own.
  runStep,
  // Uncommitted files that the file names are part of the source before anything reads it.
  carryStep,
  // What only a person can know: that something was looked at.
  acknowledgeStep,
  // A release of something else than the pinned commit cannot be taken back.
  checkSourceStep,
  // Manifests, tag, plan and registries have to mean one version before anything is built.
  checkVersionStep,
  // A version is written once, into every place that says it.
  bumpStep,
  // What changed is told in the commit that is released.
  changelogStep,
  // What was changed becomes a commit before anything is tested or built, so that the tag's tree is what was tested.
  commitStep,
  // Half a release is taken back before it is made again.
  withdrawStep,
  tagStep,
  // Local commits and tags become everybody's in one push.
  pushStep,
  // What is released is built once, from the commit, and frozen.
  buildWheelStep,
  buildCrateStep,
  buildNpmStep,
  buildBinaryStep,
  // An image may hold binaries of the same release.
  buildImageStep,
  // What a registry would refuse, or an installer stumble over, is found before the first upload.
  checkArtifactsStep,
  // What is known to be vulnerable is not handed to others.
  scanImageStep,
  // What people who download by hand compare with.
  checksumsStep,
  // What is inside, for those who have to know.
  sbomStep,
  attestStep,
  // Which bytes were tested, for whoever takes them from the page.
  recordStep,
  fetchReleaseStep,
  // The page that people read, with files that they can compare.
  forgeReleaseStep,
  // Held by a registry and seen by nobody, so that afterwards only names have to move.
  stageStep,
  // Files at a registry: what cannot be taken back.
  publishStep,
  // What installs and works on this machine is what others will get.
  verifyInstallStep,
  // What follows a release elsewhere: another pipeline, an issue that waited for it.
  dispatchStep,
  closeIssueStep,
];

/** A name of the language that this version cannot do: it parses, so that a file may use it, and the plan refuses it. */
export interface LaterStep {
  readonly name: string;
  readonly kind: StepKind;
  /** Takes anything: what it will take is not decided here. */
  readonly input: z.Shape<unknown>;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly available: false;
}

export const laterSteps: readonly LaterStep[] = [later("notify", "acting", "Tells people that something happened.")];

function later(name: string, kind: StepKind, summary: string): LaterStep {
  return { name, kind, input: z.record(z.string(), z.unknown()), summary, available: false };
}
