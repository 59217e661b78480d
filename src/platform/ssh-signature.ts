// Signs and checks with SSH keys through ssh-keygen (OpenSSH 8.1 and newer: `-Y`), which knows agents, hardware keys and the file
// of allowed signers. No passphrase is ever asked for: a key that wants one belongs into the agent. Source: ssh-keygen(1);
// OpenSSH PROTOCOL.sshsig. The message is DSSE's pre-authentication encoding, so that type and length are signed as well.
import path from "node:path";
import { sealNamespace } from "../domain/attestation/seal.ts";
import { statementMediaType } from "../domain/attestation/statement.ts";
import type { CommandEnd, Exec, Files } from "./ports.ts";

export interface SshPorts {
  readonly exec: Exec;
  readonly files: Files;
  /** Environment of this process: the agent's socket is in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder of one's own for the signature; it is removed afterwards. */
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
}

export type SshSigned = { readonly kind: "signed"; readonly signature: string } | { readonly kind: "failed"; readonly why: string };

export type SshChecked =
  /** `signer`: the principal of the file of allowed signers. */
  | { readonly kind: "holds"; readonly signer: string }
  /** It is a signature of this text, by a key that nobody vouched for. */
  | { readonly kind: "stranger"; readonly key: string }
  | { readonly kind: "broken"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

const timeoutMs = 60_000;

/** The bytes that are signed. @param text of the statement */
function preAuthentication(text: string): string {
  const length = (of: string): number => Buffer.byteLength(of, "utf8");
  return `DSSEv1 ${length(statementMediaType)} ${statementMediaType} ${length(text)} ${text}`;
}

/** @param key absolute path of a private key, or of a public one whose private one the agent has */
export async function signWithSsh(ports: SshPorts, text: string, key: string): Promise<SshSigned> {
  const ended = await keygen(ports, ["-Y", "sign", "-n", sealNamespace, "-f", key], preAuthentication(text));
  if (ended.kind === "exited" && ended.code === 0 && ended.stdout.startsWith("-----BEGIN SSH SIGNATURE-----"))
    return { kind: "signed", signature: ended.stdout };
  return { kind: "failed", why: wordsOf(ended) };
}

/** @param allowed file of allowed signers; absent: nobody is known */
export async function checkSshSignature(
  ports: SshPorts,
  signed: { readonly text: string; readonly signature: string },
  allowed: string | undefined,
): Promise<SshChecked> {
  const file = path.join(ports.scratchFolder, "signature");
  await ports.files.writeText(file, signed.signature);
  try {
    const message = preAuthentication(signed.text);
    const alone = await keygen(ports, ["-Y", "check-novalidate", "-n", sealNamespace, "-s", file], message);
    if (alone.kind !== "exited") return { kind: "unknown", why: wordsOf(alone) };
    if (alone.code !== 0) return { kind: "broken", why: wordsOf(alone) };
    const key = /\bSHA256:[A-Za-z0-9+/]{43}/.exec(alone.stdout)?.[0] ?? "a key without a fingerprint";
    if (allowed === undefined) return { kind: "stranger", key };
    const found = await keygen(ports, ["-Y", "find-principals", "-s", file, "-f", allowed], "");
    const signer = found.kind === "exited" && found.code === 0 ? (found.stdout.split("\n")[0]?.trim() ?? "") : "";
    if (signer === "") return { kind: "stranger", key };
    const args = ["-Y", "verify", "-n", sealNamespace, "-I", signer, "-s", file, "-f", allowed];
    const verified = await keygen(ports, args, message);
    // Such as a key that is allowed for something else, or was allowed until yesterday.
    return verified.kind === "exited" && verified.code === 0 ? { kind: "holds", signer } : { kind: "stranger", key };
  } finally {
    await ports.files.remove(ports.scratchFolder);
  }
}

async function keygen({ exec, files, env, scratchFolder, signal }: SshPorts, args: readonly string[], input: string): Promise<CommandEnd> {
  await files.makeFolder(scratchFolder);
  const kept = ["PATH", "HOME", "SSH_AUTH_SOCK"].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Whoever would ask for a passphrase is told that there is none.
  const quiet = { LC_ALL: "C", SSH_ASKPASS: "false", SSH_ASKPASS_REQUIRE: "force" };
  return exec.run({
    program: "ssh-keygen",
    args,
    cwd: scratchFolder,
    env: { ...Object.fromEntries(kept), ...quiet },
    timeoutMs,
    signal,
    input,
  });
}

function wordsOf(ended: CommandEnd): string {
  switch (ended.kind) {
    case "not-found":
      return "ssh-keygen is not installed";
    case "timed-out":
      return "ssh-keygen did not answer";
    case "signalled":
      return `ssh-keygen was ended by ${ended.signal}`;
    case "exited": {
      const line = `${ended.stderr}\n${ended.stdout}`.split("\n").find((one) => one.trim() !== "") ?? "it says nothing";
      return `ssh-keygen ended with ${ended.code}: ${line.trim().slice(0, 300)}`;
    }
  }
}
