// What to enter at registries, for people: one block for each form, with the values alone on their lines, so that they can be copied.
import type { Publishers } from "../../app/publishers.ts";
import type { PublisherEntry } from "../../domain/identity/publisher-values.ts";
import { safe, type Terminal } from "./terminal.ts";

export function showPublishers({ publishers, notes }: Publishers, terminal: Pick<Terminal, "style">): string {
  const head = publishers.length === 0 ? "" : "So that registries trust this project's jobs, enter there exactly:\n\n";
  const unknown = [...new Set(publishers.flatMap((one) => one.unknown))].map((line) => `not known: ${line}`);
  const lines = [...unknown, ...notes].map((line) => `${safe(line)}\n`);
  const close = publishers.some(({ use }) => use === "possible") ? `${switching}\n` : "";
  return `${head}${publishers.map((one) => showEntry(one, terminal)).join("\n")}${lines.length === 0 ? "" : `\n${lines.join("")}`}${close}`;
}

const switching =
  "Where slipway.yaml names a token, write `credentials: trusted-publishing` once the values are entered, then revoke the token.";

function showEntry(
  { registry, package: name, pipeline, fields, page, pendingPage }: PublisherEntry,
  { style }: Pick<Terminal, "style">,
): string {
  const width = Math.max(...fields.map((field) => field.name.length));
  const title = style("bold", `${safe(name)} at ${safe(registry)}`);
  const values = fields.map((field) => `    ${field.name.padEnd(width)}  ${safe(field.value)}\n`).join("");
  const first = pendingPage === undefined ? "its first version needs a token: nobody is trusted before" : safe(pendingPage);
  return `  ${title}, for pipeline "${safe(pipeline)}"\n${values}    ${style("dim", "page")}: ${safe(page)}\n    ${style("dim", "not there yet")}: ${first}\n`;
}
