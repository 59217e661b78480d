// `slipway verify` and `slipway doctor`: both end with 8 when they found something.
import { diagnose } from "../../../app/doctor.ts";
import type { VerifiedPage } from "../../../app/verify-pages.ts";
import { verifyRelease } from "../../../app/verify-release.ts";
import type { FindingFact } from "../../../domain/run/fact.ts";
import { printJson, type Context } from "../context.ts";
import { safe, type Terminal } from "../terminal.ts";

export async function verifyCommand({ world, terminal }: Context, words: string | undefined): Promise<number> {
  const verification = await verifyRelease(world, words);
  if (terminal.json) printJson(terminal, verification);
  else {
    const width = Math.max(0, ...verification.files.map((file) => file.name.length));
    terminal.out(`${terminal.style("bold", safe(verification.title))}  record unsigned\n`);
    for (const file of verification.files)
      terminal.out(`  ${file.verdict.padEnd(9)} ${safe(file.name).padEnd(width)}  ${file.registry}  ${safe(file.how)}\n`);
    for (const page of verification.pages) terminal.out(showPage(page));
    terminal.out(showFindings(verification.findings, terminal));
    if (verification.exitCode === 0) terminal.out("Every file is what was released.\n");
  }
  return verification.exitCode;
}

/** The page, and its files below it. */
function showPage({ forge, tag, verdict, how, assets }: VerifiedPage): string {
  const width = Math.max(0, ...assets.map(({ name }) => name.length));
  const files = assets.map((one) => `    ${one.verdict.padEnd(9)} ${safe(one.name).padEnd(width)}  ${safe(one.how)}\n`);
  return `  ${verdict.padEnd(9)} release page ${safe(tag)}  ${safe(forge)}  ${safe(how)}\n${files.join("")}`;
}

export async function doctorCommand({ world, terminal }: Context, options: { readonly only?: string }): Promise<number> {
  const diagnosis = await diagnose(world, options.only);
  if (terminal.json) printJson(terminal, diagnosis);
  else terminal.out(showFindings(diagnosis.findings, terminal));
  return diagnosis.exitCode;
}

export function showFindings(findings: readonly FindingFact[], { style }: Pick<Terminal, "style">): string {
  const lines = findings.map((finding) => {
    const tone = { fine: "green", warns: "yellow", blocks: "red", "cannot-be-tried": "yellow" } as const;
    const hint = finding.hint === undefined || finding.level === "fine" ? "" : `\n    ${style("cyan", "hint")}: ${safe(finding.hint)}`;
    return `  ${style(tone[finding.level], finding.level.padEnd(15))} ${finding.id.padEnd(22)} ${safe(finding.message)}${hint}\n`;
  });
  return lines.join("");
}
