import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryJournal } from "../../engine/journal/memory.ts";
import { SlipwayError } from "../../domain/error.ts";
import { journalAlways, idsOf, lines, type Shown } from "../../../test/support/doctor.ts";
import { anActingStep, journalOf, planOf } from "../../../test/support/runs.ts";
import { sourceFindings, stateFindings } from "./project.ts";

const shown: Shown = { environments: ["pypi: { registry: pypi, credentials: trusted-publishing }"] };

test("DR-SOURCE-01: a shallow clone is told, a whole one is not", async () => {
  assert.match(
    (await lines(sourceFindings, { ...shown, shallow: true }))[0] ?? "",
    /^DR-SOURCE-01 warns: .*→ Run `git fetch --unshallow --tags`/,
  );
  assert.deepEqual(await lines(sourceFindings, shown), []);
});

test("DR-STATE-01: a run that is not finished is told; none is fine", async () => {
  const journal = createMemoryJournal();
  const plan = planOf([anActingStep()]);
  const [opened] = journalOf(plan, []);
  assert.ok(opened !== undefined);
  journal.append("R1", [opened.fact], { atMs: 0, answered: [] });
  const open = await lines(stateFindings, { ...shown, journal: journalAlways(journal) });
  assert.match(open[0] ?? "", new RegExp(`^DR-STATE-01 warns: ${plan.release.title} is not finished`));
  assert.deepEqual(idsOf(await lines(stateFindings, shown)), ["DR-STATE-01 fine"]);
});

test("DR-STATE-02: a journal that cannot be read blocks, with the reason", async () => {
  const journal = () => {
    throw new SlipwayError("STORAGE_FAILED", "Cannot open the journal", { hint: "Move the state" });
  };
  assert.match(
    (await lines(stateFindings, { ...shown, journal }))[0] ?? "",
    /^DR-STATE-02 blocks: Cannot open the journal .*→ Move the state/,
  );
});
