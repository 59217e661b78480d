// docs/reference/faults.md: the ways in which a rehearsal registry can be told to lie (`slipway rehearse --faults`).
import { heading, type Page, table } from "./page.ts";

const source = "src/registries/pypi/rehearsal/faults.ts";

interface Profile {
  readonly name: string;
  readonly description: string;
  readonly calls: readonly string[];
}

/** The other servers of a rehearsal, in the order in which they are told of. */
const others: readonly {
  readonly title: string;
  readonly source: string;
  readonly noun: string;
  load(): Promise<readonly Profile[]>;
}[] = [
  {
    title: "The rehearsal crate registry",
    source: "src/registries/crates/rehearsal/faults.ts",
    noun: "registry",
    load: async () => (await import("../../src/registries/crates/rehearsal/faults.ts")).faultProfiles,
  },
  {
    title: "The rehearsal image registry",
    source: "src/registries/oci/rehearsal/faults.ts",
    noun: "registry",
    load: async () => (await import("../../src/registries/oci/rehearsal/faults.ts")).faultProfiles,
  },
  {
    title: "The rehearsal npm registry",
    source: "src/registries/npm/rehearsal/faults.ts",
    noun: "registry",
    load: async () => (await import("../../src/registries/npm/rehearsal/faults.ts")).faultProfiles,
  },
  {
    title: "The rehearsal forge",
    source: "src/forges/github/rehearsal/faults.ts",
    noun: "forge",
    load: async () => (await import("../../src/forges/github/rehearsal/faults.ts")).faultProfiles,
  },
];

const introduction = `\`slipway rehearse --faults PROFILE\` makes the rehearsal registry answer as real ones do on bad days. A run must end complete, or at
one decision that it names: never green and wrong.
`;

export const faultsPage: Page = {
  path: "docs/reference/faults.md",
  source,
  make: async () => {
    const { faultProfiles } = await import("../../src/registries/pypi/rehearsal/faults.ts");
    const sections = await Promise.all(others.map(section));
    return [
      heading("Fault profiles", source),
      introduction,
      table(["profile", "what the registry does", "calls"], faultProfiles.map(row)),
      ...sections,
    ].join("\n");
  },
};

async function section({ title, source: from, noun, load }: (typeof others)[number]): Promise<string> {
  const profiles = await load();
  return `\n## ${title}\n\nFrom \`${from}\`.\n\n${table(["profile", `what the ${noun} does`, "calls"], profiles.map(row))}`;
}

function row(profile: Profile): readonly string[] {
  return [`\`${profile.name}\``, capitalized(profile.description), profile.calls.map((call) => `\`${call}\``).join(", ")];
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
