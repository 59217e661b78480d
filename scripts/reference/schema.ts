// docs/reference/slipway.schema.json, for editors: what a slipway.yaml may hold, with the steps of the catalogue.
import type { Page } from "./page.ts";

export const schemaPage: Page = {
  path: "docs/reference/slipway.schema.json",
  source: "src/app/vocabulary.ts",
  make: async () => {
    const { configurationJsonSchema } = await import("../../src/config/json-schema.ts");
    const { vocabulary } = await import("../../src/app/vocabulary.ts");
    return `${JSON.stringify(configurationJsonSchema(vocabulary), null, 2)}\n`;
  },
};
