// The examples publish without a stored token, as the job that registries trust. Journeys that try something else log in with
// tokens: what opens a registry is the only thing that changes, and what only an identity can sign falls away with it.

const variables: Readonly<Record<string, string>> = {
  pypi: "PYPI_TOKEN",
  testpypi: "TESTPYPI_TOKEN",
  crates: "CRATES_TOKEN",
  npm: "NPM_TOKEN",
};

/** `registry: NAME`, and after it, there or on the next line, that it is opened by trusted publishing. */
const trusted =
  /(registry: (\w+)(?:, |\n\s+))credentials: (?:trusted-publishing|\{ use: trusted-publishing(?:[^{}\n]|\{[^{}\n]*\})*\})(?=[,\s])/g;

/** @param text of a slipway.yaml */
export function withTokens(text: string): string {
  return text
    .replace(trusted, (_all, before: string, registry: string) => `${before}credentials: { token: ${variables[registry] ?? "TOKEN"} }`)
    .replace(/^ *attest: \{ uses: attest.*\n/gm, "")
    .replaceAll(/, attestation\b/g, "");
}
