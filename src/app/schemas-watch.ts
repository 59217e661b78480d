// JSON Schemas of what the watch over registries prints with `--json`. They follow the rule of schemas.ts: members are only ever added.
import { about, count, flag, list, object, oneOf, text, time, type JsonSchema } from "./schema-words.ts";

const $schema = "https://json-schema.org/draft/2020-12/schema";
const name = { registry: text, package: text };
const ms = about("Milliseconds since 1970", count);

const alarm = object(
  {
    ...name,
    id: about("The same for the same version, for ever; `clear-alarm` names it", text),
    kind: oneOf("foreign-version", "no-provenance"),
    version: text,
    raisedAtMs: ms,
    what: about("What is seen, in words", text),
    page: about("Page for people", text),
  },
  {
    cleared: object({
      atMs: ms,
      by: text,
      authenticated: about("Whether something proves the name; on a laptop nothing does", flag),
      reason: text,
    }),
  },
);

/** `slipway watch-registries --json`: one document for each look. */
export const lookDocumentSchema: JsonSchema = {
  $schema,
  title: "One look of Slipway at all registries of a project",
  ...object({
    schema: { const: "slipway-look/1" },
    at: time,
    project: text,
    watched: about("Packages at registries", count),
    begun: about("Looked at for the first time: what is there is taken as known", list(object({ ...name, versions: count }))),
    alarms: about("All that are open; they hold publishing", list(alarm)),
    raised: about("Ids of those that this look raised", list(text)),
    silent: about(
      "Registries that do not answer",
      list(object({ ...name, since: time, why: text, long: about("For half an hour or more", flag) })),
    ),
    exitCode: about("0; 8 with an open alarm; 5 where a registry has been silent for long", count),
  }),
};

/** `slipway clear-alarm --json`. */
export const clearedAlarmDocumentSchema: JsonSchema = {
  $schema,
  title: "An alarm of Slipway that a person has cleared",
  ...object({ schema: { const: "slipway-cleared-alarm/1" }, alarm, open: about("Alarms that stay open", count) }),
};
