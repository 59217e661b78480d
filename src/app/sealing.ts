// Who signs a record: CI's identity where the plan signs with it anyway, else a person's SSH key, else nobody, and the record
// says why. The public log is for ever and names the repository: no record is logged that the plan did not ask to be (ADR 0023).
import path from "node:path";
import { sealingStatement, type Sealing } from "../domain/attestation/record-statement.ts";
import type { Envelope, Seal } from "../domain/attestation/seal.ts";
import { statementMediaType } from "../domain/attestation/statement.ts";
import type { JsonObject } from "../domain/configuration.ts";
import { catalogueName, environmentOf, type Plan } from "../domain/plan/plan.ts";
import type { Sealer, SigningPlace } from "../platform/signer-port.ts";
import type { SshPorts } from "../platform/ssh-signature.ts";
import { textOf } from "../domain/json-record.ts";
import type { Registries } from "./registries.ts";
import type { World } from "./world.ts";

export interface SealingParts {
  readonly plan: Plan;
  readonly registries: Pick<Registries, "world" | "identity" | "signer">;
  /** Root of the user's repository, whose git settings name the key. */
  readonly repository: string;
  /** Key that a person named instead; absolute. */
  readonly signKey?: string | undefined;
}

export function createSealer(world: World, parts: SealingParts): Sealer {
  return { seal: (sealing) => seal(world, parts, sealing) };
}

async function seal(world: World, parts: SealingParts, sealing: Sealing): Promise<Seal> {
  const text = sealingStatement(sealing, world.sha256OfText);
  if (parts.registries.world === "rehearsal") return unsigned(text, "it was made in a rehearsal, which signs nothing");
  const byJob = await signAsJob(world, parts, text);
  if (typeof byJob !== "string") return byJob;
  const byPerson = await signAsPerson(world, parts, text);
  return typeof byPerson === "string" ? unsigned(text, `${byJob}, and ${byPerson}`) : byPerson;
}

function unsigned(text: string, why: string): Seal {
  return { kind: "unsigned", why, envelope: enveloped(text) };
}

function enveloped(text: string, ...signatures: readonly string[]): Envelope {
  const base64 = (of: string): string => Buffer.from(of, "utf8").toString("base64");
  return { payloadType: statementMediaType, payload: base64(text), signatures: signatures.map((sig) => ({ sig: base64(sig) })) };
}

/** @returns in words why no job signs */
async function signAsJob(world: World, { plan, registries }: SealingParts, text: string): Promise<Seal | string> {
  const step = plan.steps.find((one) => catalogueName(one) === "attest");
  if (step === undefined) return "the plan has no `attest` step, so that nothing is logged";
  if (registries.identity.kind === "none") return `no job vouches for it (${registries.identity.why})`;
  const signer = await registries.signer(environmentOf(plan, step)?.name, placeOf(step.input));
  const signed = await signer.sign(text, AbortSignal.any([world.interrupted, world.deadline(timeoutMs)]));
  return signed.kind === "signed" ? { kind: "sigstore", bundle: signed.bundle } : `the job could not sign it (${signed.why})`;
}

const timeoutMs = 120_000;

function placeOf(input: unknown): SigningPlace | undefined {
  const place = (input as { readonly sigstore?: JsonObject } | null)?.sigstore;
  const [certificates, log] = [textOf(place?.["certificates"]), textOf(place?.["log"])];
  return certificates === undefined || log === undefined ? undefined : { certificates, log };
}

/** @returns in words why no person signs */
async function signAsPerson(world: World, { repository, signKey }: SealingParts, text: string): Promise<Seal | string> {
  const key = signKey ?? (await configuredKey(world, repository));
  if (key === undefined) return "git has no SSH key to sign with (`user.signingkey` with `gpg.format ssh`)";
  const ports = sshPorts(world);
  const file = await keyFile(world, ports, key);
  const { signWithSsh } = await import("../platform/ssh-signature.ts");
  try {
    const signed = await signWithSsh(ports, text, file);
    return signed.kind === "signed"
      ? { kind: "ssh", envelope: enveloped(text, signed.signature) }
      : `the SSH key could not sign it (${signed.why})`;
  } finally {
    await world.files.remove(ports.scratchFolder);
  }
}

/** A place of its own for signatures and keys that ssh-keygen reads as files. */
export function sshPorts(world: World): SshPorts {
  const { exec, files, env, interrupted } = world;
  return { exec, files, env, signal: interrupted, scratchFolder: path.join(world.stateRoot, "signing", world.random.id()) };
}

async function configuredKey(world: World, repository: string): Promise<string | undefined> {
  if ((await gitSetting(world, repository, ["gpg.format"])) !== "ssh") return undefined;
  return gitSetting(world, repository, ["--type=path", "user.signingkey"]);
}

/** A setting of git's as its tools see it; undefined where it is not set, or there is no git. */
export async function gitSetting(world: World, repository: string, words: readonly string[]): Promise<string | undefined> {
  const env = Object.fromEntries(
    ["PATH", "HOME", "XDG_CONFIG_HOME"].flatMap((name) => (world.env[name] === undefined ? [] : [[name, world.env[name]]])),
  );
  const asked = { program: "git", args: ["config", "--get", ...words], cwd: repository, env, timeoutMs: 10_000, signal: world.interrupted };
  const ended = await world.exec.run(asked);
  const value = ended.kind === "exited" && ended.code === 0 ? ended.stdout.trim() : "";
  return value === "" ? undefined : value;
}

/** Git takes the public key itself in the place of a file; the agent has the private one. */
async function keyFile(world: World, { scratchFolder }: SshPorts, key: string): Promise<string> {
  const literal = /^(?:key::)?((?:ssh|ecdsa|sk)-\S+ \S+.*)$/.exec(key)?.[1];
  if (literal === undefined) return key;
  const file = path.join(scratchFolder, "key.pub");
  await world.files.writeText(file, `${literal}\n`);
  return file;
}
