// A real Sigstore for a test file, and our step `attest` before it: what it makes, and what a verifier has to trust.
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { startApart } from "./apart.ts";
import { sigstorePrograms } from "./sigstore-programs.ts";

/** GitHub's issuer, as verifiers of PyPI know it; in the test's own network it is the test's. */
export const githubIssuerHost = "token.actions.githubusercontent.com";

export interface AttestRequest {
  readonly forms: readonly ("pypi-publish" | "provenance")[];
  readonly artifacts: readonly {
    readonly kind: "wheel" | "sdist" | "binary";
    readonly name: string;
    readonly digest: string;
    readonly package: string;
  }[];
  readonly builder: Readonly<Record<"repository" | "builder" | "invocation" | "slipway", string>>;
  /** Of the job, over those that an issuer adds. */
  readonly claims: JsonObject;
  /** With a signed time beside the log's promise. */
  readonly isTimed?: boolean;
}

export type AttestReply =
  /** Files by their names. */
  { readonly kind: "done"; readonly files: Readonly<Record<string, unknown>> } | { readonly kind: "not-done"; readonly why: string };

export interface SigstoreFirst {
  readonly trustedRoot: JsonObject;
  /** Private key of the log, as PEM: what the log never did is signed with it. */
  readonly logKey: string;
}

export interface RealSigstore extends SigstoreFirst {
  attest(request: AttestRequest): Promise<AttestReply>;
  stop(): Promise<void>;
}

/** Half a minute, when its programs are there. */
export async function startRealSigstore(): Promise<RealSigstore> {
  const programs = sigstorePrograms();
  // A socket's path has at most 107 bytes.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sigstore-")));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const script = join(import.meta.dirname, "sigstore-apart.ts");
  const args = [folder, githubIssuerHost, JSON.stringify(programs)];
  const apart = await startApart({ script, args, folder, names: [githubIssuerHost] });
  const first = apart.first as SigstoreFirst;
  assert.ok(first.logKey.includes("PRIVATE KEY"));
  return {
    ...first,
    attest: async (request) => (await apart.ask(request)) as AttestReply,
    stop: async () => {
      await apart.stop();
      remove();
    },
  };
}
