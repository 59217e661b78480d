// docs/reference/slipway.schema.json, for editors: what a slipway.yaml may hold, with the steps of the catalogue.
import type { Vocabulary } from "../../src/config/vocabulary.ts";
import type { Page } from "./page.ts";

const source = "src/app/vocabulary.ts";

export const schemaPage: Page = {
  path: "docs/reference/slipway.schema.json",
  source,
  make: async ({ vocabulary }) => {
    const { configurationJsonSchema } = await import("../../src/config/json-schema.ts");
    if (!isVocabulary(vocabulary)) throw new Error(`${source} exports no vocabulary`);
    return `${JSON.stringify(configurationJsonSchema(vocabulary), null, 2)}\n`;
  },
};

function isVocabulary(value: unknown): value is Vocabulary {
  return typeof value === "object" && value !== null && "steps" in value && "knownRegistries" in value;
}
