// docs/reference/faults.md: the ways in which a rehearsal registry can be told to lie (`slipway rehearse --faults`).
import { heading, type Page, table } from "./page.ts";

const source = "src/registries/pypi/rehearsal/faults.ts";

const introduction = `\`slipway rehearse --faults PROFILE\` makes the rehearsal registry answer as real ones do on bad days. A run must end complete, or at
one decision that it names: never green and wrong.
`;

interface Profile {
  readonly name: string;
  readonly description: string;
  readonly calls: readonly string[];
}

export const faultsPage: Page = {
  path: "docs/reference/faults.md",
  source,
  make: ({ faultProfiles }) => {
    if (!Array.isArray(faultProfiles) || !faultProfiles.every(isProfile)) throw new Error(`${source} exports no list of faultProfiles`);
    const rows = faultProfiles.map(({ name, description, calls }) => [
      `\`${name}\``,
      capitalized(description),
      calls.map((call) => `\`${call}\``).join(", "),
    ]);
    return [heading("Fault profiles", source), introduction, table(["profile", "what the registry does", "calls"], rows)].join("\n");
  },
};

function isProfile(value: unknown): value is Profile {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "description" in value &&
    "calls" in value &&
    Array.isArray(value.calls)
  );
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
