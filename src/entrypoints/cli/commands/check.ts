// `slipway verify` and `slipway doctor`: both end with 8 when they found something.
import path from "node:path";
import { diagnose } from "../../../app/doctor.ts";
import type { VerifiedPage } from "../../../app/verify-pages.ts";
import { verifyRelease, type Verification } from "../../../app/verify-release.ts";
import type { DoctorFinding } from "../../../domain/doctor/finding.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { FindingFact } from "../../../domain/run/fact.ts";
import { printJson, type Context } from "../context.ts";
import { showPublishers } from "../show-publishers.ts";
import { safe, type Terminal } from "../terminal.ts";

export interface VerifyOptions {
  readonly record?: string;
  readonly offline?: boolean;
  readonly trustedRoot?: string;
  readonly allowedSigners?: string;
  readonly identity?: string;
}

/** @throws SlipwayError USAGE for words that do not go together, and what the use cases throw */
export async function verifyCommand({ world, terminal }: Context, words: readonly string[], options: VerifyOptions): Promise<number> {
  const verification = await verify(world, words, options);
  if (terminal.json) printJson(terminal, verification);
  else showVerification(terminal, verification);
  return verification.exitCode;
}

async function verify(world: Context["world"], words: readonly string[], options: VerifyOptions): Promise<Verification> {
  const { record, offline, identity } = options;
  const at = (file: string): string => path.resolve(world.folder, file);
  const trust = {
    ...(options.trustedRoot === undefined ? {} : { trustedRoot: at(options.trustedRoot) }),
    ...(options.allowedSigners === undefined ? {} : { allowedSigners: at(options.allowedSigners) }),
    ...(identity === undefined ? {} : { identity }),
  };
  if (offline === true) {
    if (record === undefined)
      throw new SlipwayError("USAGE", "Cannot verify offline without a record", {
        hint: "Name it: `slipway verify --record FILE --offline FILES…`",
      });
    const { verifyRecord } = await import("../../../app/verify-record.ts");
    return verifyRecord(world, { record: at(record), files: words.map(at) }, trust);
  }
  const [first, version, ...more] = words;
  if (more.length > 0 || (record !== undefined && first !== undefined))
    throw new SlipwayError("USAGE", `Cannot verify "${words.join(" ")}": that is more than a run, a record, or a package and its version`, {
      hint: "Files at hand are compared with `--record FILE --offline`",
    });
  if (first === undefined || version === undefined) return verifyRelease(world, record ?? first, trust);
  const { verifyVersion } = await import("../../../app/verify-version.ts");
  return verifyVersion(world, { package: first, version }, trust);
}

function showVerification(terminal: Terminal, verification: Verification): void {
  const { title, signature, seal, files, pages, findings, exitCode } = verification;
  const width = Math.max(0, ...files.map((file) => file.name.length));
  terminal.out(`${terminal.style("bold", safe(title))}  record ${sealWords(signature, seal)}\n`);
  for (const file of files)
    terminal.out(`  ${file.verdict.padEnd(9)} ${safe(file.name).padEnd(width)}  ${safe(file.registry)}  ${safe(file.how)}\n`);
  for (const page of pages) terminal.out(showPage(page));
  terminal.out(showFindings(findings, terminal));
  if (exitCode === 0) terminal.out(files.length === 0 ? "The record is whole.\n" : "Every file is what was released.\n");
}

function sealWords(kind: Verification["signature"], seal: Verification["seal"]): string {
  if (kind === "unsigned" || seal === undefined) return kind === "unsigned" ? "unsigned" : "signed, and not tried";
  const verdict = { holds: "signed", broken: "signature broken", unknown: "signature not tried", none: "unsigned" }[seal.verdict];
  return `${verdict}: ${safe(seal.how)}`;
}

/** The page, and its files below it. */
function showPage({ forge, tag, verdict, how, assets }: VerifiedPage): string {
  const width = Math.max(0, ...assets.map(({ name }) => name.length));
  const files = assets.map((one) => `    ${one.verdict.padEnd(9)} ${safe(one.name).padEnd(width)}  ${safe(one.how)}\n`);
  return `  ${verdict.padEnd(9)} release page ${safe(tag)}  ${safe(forge)}  ${safe(how)}\n${files.join("")}`;
}

export interface DoctorOptions {
  readonly only?: string;
  /** The values to enter at registries, in place of findings. */
  readonly publishers?: boolean;
}

/** @returns 8 with findings, 0 without @throws SlipwayError USAGE for an unknown id, or one beside `publishers` */
export async function doctorCommand({ world, terminal }: Context, options: DoctorOptions): Promise<number> {
  if (options.publishers === true) {
    if (options.only !== undefined)
      throw new SlipwayError("USAGE", 'Cannot tell publishers and one finding: choose "--publishers" or "--only"');
    const told = await (await import("../../../app/publishers.ts")).tellPublishers(world);
    if (terminal.json) printJson(terminal, told);
    else terminal.out(showPublishers(told, terminal));
    return 0;
  }
  const diagnosis = await diagnose(world, options.only);
  if (terminal.json) printJson(terminal, diagnosis);
  else terminal.out(showDiagnosis(diagnosis.findings, terminal));
  return diagnosis.exitCode;
}

/** As findings of a run, with what was seen below those that are more than fine. */
function showDiagnosis(findings: readonly DoctorFinding[], terminal: Pick<Terminal, "style">): string {
  return findings
    .map((finding) => {
      const seen = finding.level === "fine" ? "" : `    ${terminal.style("dim", "seen")}: ${safe(finding.evidence)}\n`;
      return `${showFindings([finding], terminal)}${seen}`;
    })
    .join("");
}

export function showFindings(findings: readonly FindingFact[], { style }: Pick<Terminal, "style">): string {
  const lines = findings.map((finding) => {
    const tone = { fine: "green", warns: "yellow", blocks: "red", "cannot-be-tried": "yellow" } as const;
    const hint = finding.hint === undefined || finding.level === "fine" ? "" : `\n    ${style("cyan", "hint")}: ${safe(finding.hint)}`;
    return `  ${style(tone[finding.level], finding.level.padEnd(15))} ${finding.id.padEnd(22)} ${safe(finding.message)}${hint}\n`;
  });
  return lines.join("");
}
