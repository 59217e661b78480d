// docs/reference/*.schema.json but for that of slipway.yaml: the documents that others script against.
import type { Page } from "./page.ts";

const sources = {
  main: "src/app/schemas.ts",
  look: "src/app/schemas-look.ts",
  seal: "src/app/schemas-seal.ts",
  watch: "src/app/schemas-watch.ts",
} as const;

const documents = {
  plan: "planDocumentSchema",
  report: "reportDocumentSchema",
  record: "recordDocumentSchema",
  error: "errorSchema",
} as const;

const looks = {
  next: "nextDocumentSchema",
  changelog: "changelogDocumentSchema",
  diff: "diffDocumentSchema",
  verification: "verificationDocumentSchema",
  diagnosis: "diagnosisDocumentSchema",
  publishers: "publishersDocumentSchema",
  runs: "runsDocumentSchema",
  said: "saidDocumentSchema",
  closed: "closedDocumentSchema",
  imported: "importedDocumentSchema",
  logs: "logsDocumentSchema",
  init: "initDocumentSchema",
} as const;

const watches = { look: "lookDocumentSchema", "cleared-alarm": "clearedAlarmDocumentSchema" } as const;

const pathOf = (name: string): string => `docs/reference/${name}.schema.json`;
const textOf = (schema: unknown): string => `${JSON.stringify(schema, null, 2)}\n`;

export const documentPages: readonly Page[] = [
  ...Object.entries(documents).map(([name, schema]) => ({
    path: pathOf(name),
    source: sources.main,
    make: async () => textOf((await import("../../src/app/schemas.ts"))[schema]),
  })),
  ...Object.entries(looks).map(([name, schema]) => ({
    path: pathOf(name),
    source: sources.look,
    make: async () => textOf((await import("../../src/app/schemas-look.ts"))[schema]),
  })),
  ...Object.entries(watches).map(([name, schema]) => ({
    path: pathOf(name),
    source: sources.watch,
    make: async () => textOf((await import("../../src/app/schemas-watch.ts"))[schema]),
  })),
  {
    path: pathOf("release-record"),
    source: sources.seal,
    make: async () => textOf((await import("../../src/app/schemas-seal.ts")).releaseRecordDocumentSchema),
  },
];
