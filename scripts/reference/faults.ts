// docs/reference/faults.md: the ways in which a rehearsal registry can be told to lie (`slipway rehearse --faults`).
import { heading, type Page, table } from "./page.ts";

const source = "src/registries/pypi/rehearsal/faults.ts";

const forgeSource = "src/forges/github/rehearsal/faults.ts";

const introduction = `\`slipway rehearse --faults PROFILE\` makes the rehearsal registry answer as real ones do on bad days. A run must end complete, or at
one decision that it names: never green and wrong.
`;

export const faultsPage: Page = {
  path: "docs/reference/faults.md",
  source,
  make: async () => {
    const { faultProfiles } = await import("../../src/registries/pypi/rehearsal/faults.ts");
    const { faultProfiles: forgeProfiles } = await import("../../src/forges/github/rehearsal/faults.ts");
    return [
      heading("Fault profiles", source),
      introduction,
      table(["profile", "what the registry does", "calls"], faultProfiles.map(row)),
      `\n## The rehearsal forge\n\nFrom \`${forgeSource}\`.\n`,
      table(["profile", "what the forge does", "calls"], forgeProfiles.map(row)),
    ].join("\n");
  },
};

function row(profile: { readonly name: string; readonly description: string; readonly calls: readonly string[] }): readonly string[] {
  return [`\`${profile.name}\``, capitalized(profile.description), profile.calls.map((call) => `\`${call}\``).join(", ")];
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
