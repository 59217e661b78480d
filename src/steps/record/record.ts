// The step `record`: writes down which bytes were made from which commit under which plan, as a file for the release page.
// It runs by itself where something takes a record and no line makes one.
import * as z from "../../domain/shape.ts";
import { artifactKinds } from "../../domain/artifact.ts";
import type { WorkStep } from "../step.ts";

const recordInput = z.strictObject({});

export const recordStep: WorkStep<z.infer<typeof recordInput>> = {
  name: "record",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Writes down which bytes were made from which commit, as a file for the release page.",
  input: recordInput,
  timeoutMs: 60_000,
  takes: () => [{ kinds: artifactKinds.filter((kind) => kind !== "record") }],
  makes: ({ packages }) => [{ kind: "record", package: packages[0]?.id ?? "", countMin: 1, countMax: 1 }],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: () => "write down which bytes were made from which commit",
  preflight: async () => [],
  // Loaded when it is needed: a plan performs nothing.
  perform: async (frozen, ports) => (await import("./perform.ts")).performRecord(frozen, ports),
};
