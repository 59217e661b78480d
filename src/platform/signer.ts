// Signs statements through Sigstore's own libraries: a key of one use, a certificate for the run's identity, an entry in the log
// of version 1, which is the only one whose time PyPI's form can carry (protocols §3.2, §3.3). Loaded when something is signed.
import type { JsonObject } from "../domain/configuration.ts";
import { statementMediaType } from "../domain/attestation/statement.ts";
import type { Identities } from "./identity-port.ts";
import type { Signed, Signer, SigningPlace } from "./signer-port.ts";

const audience = "sigstore";
const timeoutMs = 30_000;

export function openSigner(identities: Identities, place: SigningPlace): Signer {
  return { sign: (text, signal) => sign({ identities, place, signal }, text) };
}

interface Doing {
  readonly identities: Identities;
  readonly place: SigningPlace;
  readonly signal: AbortSignal;
}

/** No identity is no failure of the signing: it is told apart before a library wraps it. */
class NoIdentity extends Error {}

async function sign(doing: Doing, text: string): Promise<Signed> {
  const { identities, place, signal } = doing;
  if (identities.found.kind === "none") return { kind: "no-identity", why: identities.found.why };
  const [{ DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness }, { bundleToJSON }] = await Promise.all([
    import("@sigstore/sign"),
    import("@sigstore/bundle"),
  ]);
  let refusal: string | undefined;
  const getToken = async (): Promise<string> => {
    const asked = await identities.token(audience, signal);
    if (asked.kind === "token") return asked.token.reveal();
    if (asked.lasting) refusal = asked.why;
    throw new NoIdentity(asked.why);
  };
  const common = { retry: 0, timeout: timeoutMs };
  const builder = new DSSEBundleBuilder({
    signer: new FulcioSigner({ ...common, fulcioBaseURL: place.certificates, identityProvider: { getToken } }),
    witnesses: [
      new RekorWitness({ ...common, rekorBaseURL: place.log, entryType: "dsse", majorApiVersion: 1 }),
      ...(place.timestamps === undefined ? [] : [new TSAWitness({ ...common, tsaBaseURL: place.timestamps })]),
    ],
  });
  try {
    const bundle = await builder.create({ data: Buffer.from(text, "utf8"), type: statementMediaType });
    return { kind: "signed", bundle: bundleToJSON(bundle) as unknown as JsonObject };
  } catch (cause) {
    if (refusal !== undefined) return { kind: "no-identity", why: refusal };
    return { kind: "failed", why: chainOf(cause) };
  }
}

/** Libraries wrap: what went wrong is said by the innermost. */
function chainOf(cause: unknown): string {
  const words: string[] = [];
  for (let at: unknown = cause, deep = 0; at instanceof Error && deep < 4; at = at.cause, deep += 1) words.push(at.message);
  return [...new Set(words)].join(": ") || String(cause);
}
