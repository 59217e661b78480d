// The sink of every journal (reference/trust.md §7 row 19): a registry's answer may echo the credential that it was sent,
// in any form, and from the journal it would reach reports, records and `--json`. Only texts that others wrote pass the
// redactor: a step's id or a digest must stay what it is, even where a short password happens to stand in it.
import type { Fact } from "../../domain/run/fact.ts";
import type { Redactor } from "../../platform/ports.ts";
import type { Journal } from "./journal.ts";

/** The journal, into which nothing is written that the redactor knows. */
export function redactedJournal(journal: Journal, redactor: Pick<Redactor, "redact">): Journal {
  return {
    ...journal,
    append: (run, facts, options) =>
      journal.append(
        run,
        facts.map((fact) => withoutSecrets(fact, redactor)),
        options,
      ),
  };
}

/** Members of facts that hold what a server, a program or a person wrote. */
const texts: ReadonlySet<string> = new Set(["why", "theirs", "how", "message", "hint", "url", "reason", "note", "warnings", "lastLines"]);

/** What never holds such a text, and may be large. */
const plain: ReadonlySet<Fact["kind"]> = new Set(["run-opened", "effects-listed", "subject-frozen"]);

function withoutSecrets(fact: Fact, redactor: Pick<Redactor, "redact">): Fact {
  if (plain.has(fact.kind)) return fact;
  const hide = (value: unknown): unknown => (typeof value === "string" ? redactor.redact(value) : value);
  return JSON.parse(JSON.stringify(fact), (key, value: unknown) => {
    if (!texts.has(key)) return value;
    return Array.isArray(value) ? value.map(hide) : hide(value);
  }) as Fact;
}
