// A real Sigstore and our step `attest` before it, in a network of their own (apart.ts). GitHub's issuer of identities is a host
// there whose keys are the rehearsal issuer's. Each line asks for the attestations of some files by some job.
import { readFileSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { openHttp } from "../../src/platform/http.ts";
import { openIdentities } from "../../src/platform/identity.ts";
import { createSecrets } from "../../src/platform/secrets.ts";
import { openSigner } from "../../src/platform/signer.ts";
import { performAttest } from "../../src/steps/attest/perform.ts";
import { answerLines } from "./apart.ts";
import { never, realClock } from "./pypi.ts";
import type { AttestRequest, AttestReply, SigstoreFirst } from "./real-sigstore.ts";
import type { SigstorePrograms } from "./sigstore-programs.ts";
import { addresses, startStack } from "./sigstore-stack.ts";
import { startTlsFront } from "./tls-front.ts";

const [folder = "", issuerHost = "", programs = ""] = process.argv.slice(2);
const githubIssuer = `https://${issuerHost}`;
const untilEnd = { after: () => undefined };

let asked: AttestRequest | undefined;
const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => ({ iss: githubIssuer, ...asked?.claims }) });
const discovery = createServer((request, response) => {
  void (async () => {
    const reply = await fetch(new URL(request.url ?? "/", issuer.url));
    response.writeHead(reply.status, { "content-type": "application/json" });
    response.end((await reply.text()).replaceAll(issuer.url, githubIssuer));
  })();
}).listen(0, "127.0.0.1");
await new Promise((resolve) => discovery.once("listening", resolve));
const front = await startTlsFront(untilEnd, `http://127.0.0.1:${(discovery.address() as AddressInfo).port}`, {
  names: [issuerHost],
  port: 443,
});
const stack = await startStack({
  folder,
  programs: JSON.parse(programs) as SigstorePrograms,
  issuer: githubIssuer,
  authority: front.authority,
});

const redactor = { add: () => undefined, redact: (text: string) => text, stream: () => assertNever() };
function assertNever(): never {
  throw new Error("nothing streams here");
}

async function attest(request: unknown): Promise<AttestReply> {
  asked = request as AttestRequest;
  const env = issuer.jobEnvironment();
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const http = openHttp({ userAgent: "slipway/0.0.0-test" });
  const identities = openIdentities({ env, http, redactor, secrets: createSecrets({ env, redactor, log }) });
  const place = { certificates: addresses.certificates, log: addresses.log, ...(asked.isTimed === true ? { timestamps: addresses.timestamps } : {}) }; // prettier-ignore
  const scratchFolder = mkdtempSync(join(folder, "made-"));
  const files = { writeText: async (file: string, text: string) => (await import("node:fs/promises")).writeFile(file, text) };
  const [frozen, ports] = [
    {
      input: { as: asked.forms, sigstore: place },
      plan: { project: "demo", source: { tag: "v1" } },
      planDigest: "cd".repeat(32),
      step: { id: "attest", zone: "publish" },
      packages: [{ id: "demo", ecosystem: "pypi" }],
      artifacts: asked.artifacts,
      head: { commit: "a".repeat(40) },
    },
    {
      signing: { builder: asked.builder, open: async () => openSigner(identities, place) },
      scratchFolder,
      files,
      clock: realClock,
      signal: never,
      print: () => undefined,
    },
  ];
  const worked = await performAttest(frozen as unknown as Parameters<typeof performAttest>[0], ports as unknown as Parameters<typeof performAttest>[1]); // prettier-ignore
  if (worked.kind !== "done") return { kind: "not-done", why: "why" in worked ? worked.why : worked.message };
  const made = (worked.artifacts ?? []).map((one) => [one.name, JSON.parse(readFileSync(one.file, "utf8"))] as const);
  return { kind: "done", files: Object.fromEntries(made) as Record<string, unknown> };
}

const first: SigstoreFirst = { trustedRoot: stack.trustedRoot, logKey: readFileSync(stack.logKey, "utf8") };
await answerLines(first, attest);
