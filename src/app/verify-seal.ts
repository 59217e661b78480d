// Checks what a record is signed by: that the statement is of this very record, that the signature is of this very statement, and
// that whoever signed may. What cannot be tried here is told as such, with what is missing; it never counts as held.
import { judgeStatement, type Sealing } from "../domain/attestation/record-statement.ts";
import { envelopeOf, type Seal } from "../domain/attestation/seal.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import { checkBundle } from "../platform/check-bundle.ts";
import { checkSshSignature } from "../platform/ssh-signature.ts";
import { sshPorts } from "./sealing.ts";
import type { World } from "./world.ts";

/** Whom a verifier believes. */
export interface Trust {
  /** Text of Sigstore's `trusted_root.json`; undefined: nobody named one. */
  readonly trustedRoot: string | undefined;
  /** Absolute path of a file of allowed signers, as ssh-keygen reads it. */
  readonly allowedSigners: string | undefined;
  /** Workflows (`https://host/owner/name/.github/workflows/release.yml`, with or without `@ref`) that may sign. */
  readonly identities: readonly string[];
}

/** What holds a record, in the words of `slipway verify`. */
export interface Signature {
  readonly kind: Seal["kind"];
  readonly verdict: "holds" | "broken" | "unknown" | "none";
  readonly how: string;
  readonly signer?: string;
}

export interface SealLook {
  readonly signature: Signature;
  readonly findings: readonly FindingFact[];
}

const incident = "Treat it as an incident until it is explained";

/** @param seal undefined in records that were written before they were signed */
export async function verifySeal(
  world: World,
  { seal, sealing }: { readonly seal: Seal | undefined; readonly sealing: Sealing },
  trust: Trust,
): Promise<SealLook> {
  if (seal === undefined) {
    const why = "it has no statement";
    return { signature: { kind: "unsigned", verdict: "none", how: why }, findings: unsignedFindings(why) };
  }
  const text = Buffer.from(envelopeOf(seal)?.payload ?? "", "base64").toString("utf8");
  const changed = judgeStatement(text, sealing, world.sha256OfText).map((what): FindingFact => ({
    id: "VR-RECORD-CHANGED",
    level: "blocks",
    message: `The record is not what was signed: ${what}`,
    hint: incident,
  }));
  const { signature, findings } = await verifySignature(world, { seal, text }, trust);
  return { signature: changed.length === 0 ? signature : { ...signature, verdict: "broken" }, findings: [...changed, ...findings] };
}

async function verifySignature(
  world: World,
  { seal, text }: { readonly seal: Seal; readonly text: string },
  trust: Trust,
): Promise<SealLook> {
  switch (seal.kind) {
    case "unsigned":
      return { signature: { kind: "unsigned", verdict: "none", how: seal.why }, findings: unsignedFindings(seal.why) };
    case "ssh":
      return verifySsh(world, { text, signature: Buffer.from(seal.envelope.signatures[0]?.sig ?? "", "base64").toString("utf8") }, trust);
    case "sigstore":
      return verifySigstore(seal, trust);
  }
}

function unsignedFindings(why: string): readonly FindingFact[] {
  const message = `The record is unsigned, so that nothing proves who wrote it: ${why}`;
  return [{ id: "VR-UNSIGNED", level: "warns", message }];
}

async function verifySsh(
  world: World,
  signed: { readonly text: string; readonly signature: string },
  { allowedSigners }: Trust,
): Promise<SealLook> {
  const checked = await checkSshSignature(sshPorts(world), signed, allowedSigners);
  switch (checked.kind) {
    case "holds":
      return {
        signature: { kind: "ssh", verdict: "holds", how: `signed by "${checked.signer}", whose key is allowed`, signer: checked.signer },
        findings: [],
      };
    case "broken":
      return broken("ssh", checked.why);
    case "unknown":
      return untried("ssh", `the signature cannot be tried: ${checked.why}`, "Install OpenSSH 8.1 or newer");
    case "stranger":
      return allowedSigners === undefined
        ? untried("ssh", `it is signed by the SSH key ${checked.key}, and nobody says whose that is`, nameSigners)
        : blocked("ssh", `it is signed by the SSH key ${checked.key}, which the file of allowed signers does not allow`);
  }
}

const nameSigners = "Name who may sign: `--allowed-signers FILE`, or git's `gpg.ssh.allowedSignersFile`";

async function verifySigstore(seal: Extract<Seal, { kind: "sigstore" }>, { trustedRoot, identities }: Trust): Promise<SealLook> {
  if (trustedRoot === undefined) return untried("sigstore", "there is no trusted root to try its signature with", nameRoot);
  const checked = await checkBundle(seal.bundle, trustedRoot);
  if (checked.kind === "broken") return broken("sigstore", checked.why);
  const { signer } = checked;
  if (identities.length === 0)
    return untried("sigstore", `it is signed by "${signer}", and nobody says whether that one may`, "Name who may sign: `--identity URI`");
  if (!maySign(signer, identities)) return blocked("sigstore", `it is signed by "${signer}", and should be by ${listed(identities)}`);
  return { signature: { kind: "sigstore", verdict: "holds", how: `signed by "${signer}"`, signer }, findings: [] };
}

export const nameRoot =
  "Name Sigstore's `trusted_root.json` with `--trusted-root FILE`: `cosign trusted-root create`, `gh attestation trusted-root` or the TUF repository of Sigstore give it";

/** With or without the ref that the workflow was taken from. Compared as texts: a name is no pattern. */
export function maySign(signer: string, identities: readonly string[]): boolean {
  return identities.some((one) => signer === one || signer.startsWith(`${one}@`));
}

export function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(" or ");
}

function broken(kind: Seal["kind"], why: string): SealLook {
  return blocked(kind, `its signature does not hold: ${why}`);
}

function blocked(kind: Seal["kind"], how: string): SealLook {
  const finding: FindingFact = { id: "VR-SIGNATURE", level: "blocks", message: `The record is not proven: ${how}`, hint: incident };
  return { signature: { kind, verdict: "broken", how }, findings: [finding] };
}

function untried(kind: Seal["kind"], how: string, hint: string): SealLook {
  const finding: FindingFact = { id: "VR-SIGNATURE-UNTRIED", level: "cannot-be-tried", message: `The record is not proven: ${how}`, hint };
  return { signature: { kind, verdict: "unknown", how }, findings: [finding] };
}
