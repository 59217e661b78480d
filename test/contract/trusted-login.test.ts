// Tokenless login against the three rehearsal registries that know it: what opens them, what does not, and in whose words. The
// identities are signed by an issuer of the test's own, so that each way of being wrong can be made.
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { readClaimsOf } from "../support/identity.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { createIdentityToken } from "../../src/domain/identity/token.ts";
import type { Publisher } from "../../src/domain/identity/publisher.ts";
import { startRehearsalIssuer, type RehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import type { Clock } from "../../src/platform/ports.ts";
import type { Registry, TrustedLogin } from "../../src/registries/registry.ts";
import { crateUpload, cratesClientOf, startCrates } from "../support/crates.ts";
import { npmClientOf, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { clientOf, never, realClock, startIndex, uploadOf } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel } from "../support/wheel.ts";

const publisher: Publisher = {
  provider: "github",
  package: "slip-demo",
  repository: "acme/demo",
  workflow: "release.yml",
  environment: "pypi",
};

const usual = {
  repository: "acme/demo",
  repository_owner: "acme",
  environment: "pypi",
  event_name: "push",
  workflow_ref: "acme/demo/.github/workflows/release.yml@refs/tags/v1",
  job_workflow_ref: "acme/demo/.github/workflows/release.yml@refs/tags/v1",
};

interface Place {
  readonly registry: Registry;
  readonly login: TrustedLogin;
  readonly issuer: RehearsalIssuer;
  readonly clock: Clock & { aheadMs: number };
  audience(): Promise<string>;
  /** Publishes with a credential; the words of a refusal, or "sent". */
  publish(credential: Parameters<Registry["publish"]>[1]): Promise<string>;
}

const kinds = ["pypi", "crates", "npm"] as const;
type Kind = (typeof kinds)[number];

async function open(t: TestContext, kind: Kind): Promise<Place> {
  const clock = { aheadMs: 0, nowMs: () => Date.now() + clock.aheadMs, sleep: realClock.sleep };
  const issuer = await startRehearsalIssuer({ clock, claims: () => usual });
  t.after(() => issuer.close());
  const trusts = { issuer: { url: issuer.url, keys: issuer.keys }, publishers: [publisher] };
  const options = { ours: ["slip-demo"], trusts, clock };
  const folder = temporaryFolder(t);
  const started = await start[kind](t, { options, folder, clock });
  const { login } = started.registry;
  assert.ok(login !== undefined);
  const audience = async () => {
    const told = await login.audience(never);
    return told.kind === "audience" ? told.audience : assert.fail(told.why);
  };
  const publish: Place["publish"] = async (credential) => {
    const sent = await started.registry.publish(started.upload, credential, never);
    return sent.kind === "sent" ? "sent" : `${sent.kind}: ${sent.why}`;
  };
  return { registry: started.registry, login, issuer, clock, audience, publish };
}

const start = {
  pypi: async (t: TestContext, { options, folder, clock }: Starting) => {
    const server = await startIndex(t, options);
    const built = wheel({ name: "slip-demo", version: "1.0.0" });
    return { registry: clientOf(server, { clock }), upload: uploadOf(folder, { name: "slip-demo", version: "1.0.0" }, built) };
  },
  crates: async (t: TestContext, { options, folder, clock }: Starting) => {
    const server = await startCrates(t, options);
    return { registry: cratesClientOf(server, { clock }), upload: crateUpload(folder, { name: "slip-demo", version: "1.0.0" }) };
  },
  npm: async (t: TestContext, { options, folder, clock }: Starting) => {
    const server = await startNpm(t, options);
    const registry = npmClientOf(server.registryUrl, { clock });
    // npm trusts nobody for a package that it does not have.
    const before = { name: "slip-demo", version: "0.9.0" };
    const put = await registry.publish(
      npmUploadOf(folder, before, { bytes: npmTarball(before) }),
      createCredential("", "npm_person"),
      never,
    );
    assert.equal(put.kind, "sent");
    const manifest = { name: "slip-demo", version: "1.0.0" };
    return { registry, upload: npmUploadOf(folder, manifest, { bytes: npmTarball(manifest) }) };
  },
};

interface Starting {
  readonly options: {
    readonly ours: readonly string[];
    readonly trusts: {
      readonly issuer: { readonly url: string; readonly keys: RehearsalIssuer["keys"] };
      readonly publishers: readonly Publisher[];
    };
    readonly clock: Clock;
  };
  readonly folder: string;
  readonly clock: Clock;
}

/** What the registry says to an identity with other claims than the usual ones. */
async function said(place: Place, claims: Record<string, unknown>): Promise<string> {
  const jwt = await place.issuer.sign({ ...usual, aud: await place.audience(), ...claims });
  const exchanged = await place.login.exchange(createIdentityToken(jwt, readClaimsOf(jwt)), "slip-demo", never);
  return exchanged.kind === "opened" ? "opened" : `${exchanged.kind}: ${exchanged.why}`;
}

for (const kind of kinds) {
  describe(`tokenless login at ${kind}`, () => {
    test("an identity that is trusted opens the registry, which takes a package with what it gave", async (t) => {
      const place = await open(t, kind);
      const jwt = await place.issuer.sign({ ...usual, aud: await place.audience() });

      const exchanged = await place.login.exchange(createIdentityToken(jwt, readClaimsOf(jwt)), "slip-demo", never);

      assert.ok(exchanged.kind === "opened", JSON.stringify(exchanged));
      assert.equal(await place.publish(exchanged.credential), "sent");
    });

    test("what was given is over after its minutes", async (t) => {
      const place = await open(t, kind);
      const jwt = await place.issuer.sign({ ...usual, aud: await place.audience() });
      const exchanged = await place.login.exchange(createIdentityToken(jwt, readClaimsOf(jwt)), "slip-demo", never);
      assert.ok(exchanged.kind === "opened");

      place.clock.aheadMs = exchanged.endsAtMs - Date.now() + 1;

      assert.match(await place.publish(exchanged.credential), /^refused: /);
    });

    test("an identity opens once", async (t) => {
      const place = await open(t, kind);
      const jwt = await place.issuer.sign({ ...usual, aud: await place.audience() });
      const identity = createIdentityToken(jwt, readClaimsOf(jwt));
      assert.equal((await place.login.exchange(identity, "slip-demo", never)).kind, "opened");

      const again = await place.login.exchange(identity, "slip-demo", never);

      assert.ok(again.kind === "refused");
      assert.match(again.why, /already (?:been )?used/);
    });

    const wrong: readonly (readonly [what: string, claims: () => Record<string, unknown>, words: Record<Kind, RegExp>])[] = [
      [
        "is over",
        () => ({ exp: Math.floor(Date.now() / 1000) - 600, iat: Math.floor(Date.now() / 1000) - 900 }),
        { pypi: /invalid-token/, crates: /Failed to decode/, npm: /expired/ },
      ],
      ["is for somebody else", () => ({ aud: "somebody" }), { pypi: /invalid-token/, crates: /Failed to decode/, npm: /audience/ }],
      [
        "is for several",
        () => ({ aud: ["pypi", "127.0.0.1", "npm:127.0.0.1"] }),
        { pypi: /invalid-token/, crates: /Failed to decode/, npm: /audience/ },
      ],
      [
        "comes from another issuer",
        () => ({ iss: "http://127.0.0.1:1" }),
        { pypi: /unknown trusted/, crates: /issuer/, npm: /invalid token/ },
      ],
      [
        "is of another repository",
        () => ({ repository: "acme/other" }),
        { pypi: /invalid-publisher/, crates: /repository `acme\/other`/, npm: /package not found/ },
      ],
      [
        "is of another workflow",
        () => ({
          workflow_ref: "acme/demo/.github/workflows/test.yml@refs/heads/main",
          job_workflow_ref: "acme/demo/.github/workflows/test.yml@refs/heads/main",
        }),
        { pypi: /invalid-publisher/, crates: /workflow filename `test\.yml`/, npm: /package not found/ },
      ],
      [
        "is of another environment",
        () => ({ environment: "testing" }),
        { pypi: /invalid-publisher/, crates: /environment `testing`/, npm: /package not found/ },
      ],
      [
        "was started by a pull request of an outsider",
        () => ({ event_name: "pull_request_target" }),
        { pypi: /invalid-publisher/, crates: /pull_request_target/, npm: /package not found/ },
      ],
    ];
    for (const [what, claims, words] of wrong) {
      test(`an identity that ${what} is refused in the registry's words`, async (t) => {
        const place = await open(t, kind);

        const text = await said(place, claims());

        assert.match(text, /^refused: /);
        assert.match(text, words[kind]);
      });
    }

    test("an identity signed by another key is refused", async (t) => {
      const place = await open(t, kind);
      const other = await startRehearsalIssuer({ clock: realClock, claims: () => usual });
      t.after(() => other.close());
      const jwt = await other.sign({ ...usual, aud: await place.audience(), iss: place.issuer.url });

      const exchanged = await place.login.exchange(createIdentityToken(jwt, readClaimsOf(jwt)), "slip-demo", never);

      assert.equal(exchanged.kind, "refused");
    });
  });
}

test("an index that trusts nobody says so, and is not asked for more", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });

  const told = await clientOf(server).login?.audience(never);

  assert.equal(told?.kind, "unsupported");
});

test("npm trusts nobody for a package that it does not have", async (t) => {
  const clock = realClock;
  const issuer = await startRehearsalIssuer({ clock, claims: () => usual });
  t.after(() => issuer.close());
  const trusts = { issuer: { url: issuer.url, keys: issuer.keys }, publishers: [publisher] };
  const server = await startNpm(t, { ours: ["slip-demo"], trusts });
  const { login } = npmClientOf(server.registryUrl);
  const jwt = await issuer.sign({ ...usual, aud: "npm:127.0.0.1" });

  const exchanged = await login?.exchange(createIdentityToken(jwt, readClaimsOf(jwt)), "slip-demo", never);

  assert.equal(exchanged?.kind === "refused" ? exchanged.why : exchanged?.kind, "OIDC token exchange error - package not found");
});
