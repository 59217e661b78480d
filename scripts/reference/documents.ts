// docs/reference/{plan,report,record,error}.schema.json: the documents that others script against.
import type { Page } from "./page.ts";

const source = "src/app/schemas.ts";

const documents = {
  plan: "planDocumentSchema",
  report: "reportDocumentSchema",
  record: "recordDocumentSchema",
  error: "errorSchema",
} as const;

export const documentPages: readonly Page[] = Object.entries(documents).map(([name, schema]) => ({
  path: `docs/reference/${name}.schema.json`,
  source,
  make: async () => {
    const schemas = await import("../../src/app/schemas.ts");
    return `${JSON.stringify(schemas[schema], null, 2)}\n`;
  },
}));
