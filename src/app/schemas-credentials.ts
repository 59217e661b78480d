// JSON Schema of what a report and a record tell of credentials: how registries were opened, and when the glass was broken.
import { about, authenticated, list, object, oneOf, text, time, type JsonSchema } from "./schema-words.ts";

const opened = {
  oneOf: [
    object(
      { kind: oneOf("identity"), provider: oneOf("github", "gitlab", "other") },
      { repository: text, workflow: text, environment: text, job: text },
    ),
    object({ kind: oneOf("token", "fallback", "forge"), variable: about("Name of the variable, never its value", text) }),
    object({ kind: oneOf("client"), file: about("File of the person's own client", text) }),
    object({ kind: oneOf("none") }),
  ],
};
const credentialUse = object({ step: text, registry: text, how: opened, by: text, authenticated, at: time, files: list(text) });
const closedBy = object({ by: text, authenticated, reason: text, at: time });
const incident = object(
  { step: text, registry: text, variable: text, by: text, authenticated, reason: text, at: time, until: time },
  { told: about("Comment on the tracker's issue", text), closed: about("Absent: the way is open still", closedBy) },
);
/** Members of a document; absent where there is nothing to tell. */
export const credentialMembers: Readonly<Record<string, JsonSchema>> = {
  credentials: about("What opened the registries: how, by whose run, for which files; absent: nothing was opened", list(credentialUse)),
  incidents: about("Times that a person let the fallback token in where no identity was let in; absent: none", list(incident)),
};
