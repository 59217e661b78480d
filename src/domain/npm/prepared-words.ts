// The parts of a manifest that people read, as npm publishes them: who made it, where it is developed, what it is.
// Source: npm documentation of package.json ("people fields", "repository", "bugs", "homepage", "keywords", "files").
import type { Json } from "../configuration.ts";
import { hostedAddress, isAddress } from "./hosted-address.ts";
import type { Draft, PackedFiles } from "./prepared-manifest.ts";

/** `Name <mail> (address)` becomes a table; contributors may stand in AUTHORS, one a line. */
export function preparePeople(draft: Draft, { authors }: PackedFiles): void {
  if (authors !== undefined && !draft["contributors"]) {
    const lines = authors.split(/\r?\n/).map((line) => line.replace(/^\s*#.*$/, "").trim());
    draft["contributors"] = lines.filter((line) => line !== "");
  }
  if (draft["author"]) draft["author"] = person(draft["author"]);
  for (const kind of ["maintainers", "contributors"]) {
    const people = draft[kind];
    if (Array.isArray(people)) draft[kind] = people.map(person);
  }
}

function person(written: Json): Json {
  const text = typeof written === "string" ? written : personLine(written);
  const name = /^([^(<]+)/.exec(text)?.[1]?.trim() ?? "";
  const email = /<([^<>]+)>/.exec(text)?.[1];
  const url = /\(([^()]+)\)/.exec(text)?.[1];
  return {
    ...(name === "" ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(url === undefined ? {} : { url }),
  };
}

function personLine(written: Json): string {
  const table = isTable(written) ? written : {};
  const [name, mail, url] = [table["name"], table["email"] ?? table["mail"], table["url"] ?? table["web"]];
  const parts = [text(name), text(mail) === "" ? "" : ` <${text(mail)}>`, text(url) === "" ? "" : ` (${text(url)})`];
  return parts.join("");
}

/** @param noReadme what stands for a README that is not there */
export function prepareAbout(draft: Draft, noReadme: string): void {
  prepareRepository(draft);
  prepareDescription(draft, noReadme);
  prepareLists(draft);
  prepareBugs(draft);
  prepareHomepage(draft);
}

function prepareRepository(draft: Draft): void {
  const listed: readonly Json[] = Array.isArray(draft["repositories"]) ? draft["repositories"] : [];
  const written = listed[0] ?? draft["repository"];
  if (written === undefined || written === null || written === "") return;
  const table = typeof written === "string" ? { type: "git", url: written } : written;
  if (!isTable(table)) return;
  const url = table["url"];
  const hosted = typeof url === "string" ? hostedAddress(url) : undefined;
  draft["repository"] = hosted === undefined ? table : { ...table, url: hosted.repository };
}

function prepareDescription(draft: Draft, noReadme: string): void {
  if (draft["description"] && typeof draft["description"] !== "string") delete draft["description"];
  const { readme } = draft;
  if (!draft["description"] && typeof readme === "string" && readme !== noReadme) draft["description"] = firstParagraph(readme);
}

/** The first block of lines that is no heading. */
function firstParagraph(readme: string): string {
  const lines = readme.trim().split("\n");
  const start = lines.findIndex((line) => !/^(?:#|$)/.test(line.trim()));
  if (start === -1) return "";
  const length = lines.slice(start + 1).findIndex((line) => line.trim() === "");
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join(" ").trim(); // prettier-ignore
}

function prepareLists(draft: Draft): void {
  delete draft["modules"];
  if (typeof draft["keywords"] === "string") draft["keywords"] = draft["keywords"].split(/,\s+/);
  for (const kind of ["keywords", "files"]) {
    const list = draft[kind];
    if (list === undefined) continue;
    if (Array.isArray(list)) draft[kind] = list.filter((one: Json) => typeof one === "string" && one !== "");
    else delete draft[kind];
  }
}

function prepareBugs(draft: Draft): void {
  const hosted = hostedOf(draft);
  const { bugs } = draft;
  if (!bugs) {
    if (hosted !== undefined) draft["bugs"] = { url: hosted.bugs };
    return;
  }
  if (typeof bugs === "string") {
    if (isMail(bugs)) draft["bugs"] = { email: bugs };
    else if (isAddress(bugs)) draft["bugs"] = { url: bugs };
    return;
  }
  const table = isTable(bugs) ? bugs : {};
  // Old names of the address count more than its own, the last of them most.
  const url = text(Object.entries(table).findLast(([key]) => key === "web" || key === "name")?.[1] ?? table["url"]);
  const email = text(table["email"]);
  const kept = { ...(isAddress(url) ? { url } : {}), ...(isMail(email) ? { email } : {}) };
  if (Object.keys(kept).length > 0) draft["bugs"] = kept;
  else delete draft["bugs"];
}

function prepareHomepage(draft: Draft): void {
  const hosted = hostedOf(draft);
  if (!draft["homepage"] && hosted !== undefined) draft["homepage"] = hosted.docs;
  const { homepage } = draft;
  if (homepage === undefined || homepage === "") return;
  if (typeof homepage !== "string") delete draft["homepage"];
  else if (!isAddress(homepage)) draft["homepage"] = `http://${homepage}`;
}

function hostedOf(draft: Draft): ReturnType<typeof hostedAddress> {
  const url = isTable(draft["repository"]) ? draft["repository"]["url"] : undefined;
  return typeof url === "string" ? hostedAddress(url) : undefined;
}

function isMail(written: string): boolean {
  return written.includes("@") && written.indexOf("@") < written.lastIndexOf(".");
}

function isTable(value: Json | undefined): value is Draft {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
