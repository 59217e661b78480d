// docs/reference/doctor.md: every finding of `slipway doctor`, from the one table of ids.
import { heading, type Page, table } from "./page.ts";

const source = "src/domain/doctor/finding.ts";

const introduction = `\`slipway doctor\` looks for what would trouble a release, and for every way to publish that is open beside the one that slipway.yaml
means. A finding has an id that stays, a level, what was seen and where, and the fix. Names of files, variables and hosts are told, never what they hold.

- \`fine\`: as it should be.
- \`warns\`, \`blocks\`: to be mended; the exit status is [8](exit-codes.md).
- \`cannot-be-tried\`: only somebody else can see it, such as the owners of a package; it is said, and counts for nothing.

\`--only ID\` shows one, \`--json\` prints [a document](diagnosis.schema.json), and \`--publishers\` tells [the values](publishers.schema.json) that registries are to be told.
`;

export const doctorPage: Page = {
  path: "docs/reference/doctor.md",
  source,
  make: async () => {
    const { doctorCatalog } = await import("../../src/domain/doctor/finding.ts");
    const rows = Object.entries(doctorCatalog).map(([id, { about, looks, mend }]) => [`\`${id}\``, about, looks, mend]);
    return [heading("Findings of doctor", source), introduction, table(["id", "about", "what is looked at", "what mends it"], rows)].join(
      "\n",
    );
  },
};
