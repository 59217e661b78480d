// The text of the release page: the version's section of the changelog, a link to it, commands to install. Read from the
// head's own files, so that the page says what the tag says.
import path from "node:path";
import { closingTable } from "../../domain/closing/closing-table.ts";
import { closingMarkdown } from "../../domain/closing/markdown.ts";
import { plannedThings } from "../../domain/closing/planned-things.ts";
import type { ClosingThing } from "../../domain/closing/things.ts";
import { notesFor } from "../../domain/changelog/told.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import type { ForgeReleaseInput, NotePart } from "./input.ts";

export async function notesOf(frozen: Frozen<ForgeReleaseInput>, tag: string, ports: ReadPorts): Promise<string> {
  const parts = frozen.input.notes ?? ["changelog"];
  const texts = await Promise.all(parts.map((part) => partOf(part, frozen, { tag, ports })));
  return texts.filter((text) => text !== "").join("\n\n");
}

type Released = Frozen<ForgeReleaseInput>;
type Around = { readonly tag: string; readonly ports: ReadPorts };

function partOf(part: NotePart, frozen: Released, around: Around): Promise<string> {
  switch (part) {
    case "changelog":
      return changelogSections(frozen, around);
    case "changelog-link":
      return changelogLinks(frozen, around);
    case "install":
      return Promise.resolve(installCommands(frozen, around.tag));
  }
}

/** One section for each package that has one, under its name where there are several. */
async function changelogSections({ packages }: Released, { ports }: Around): Promise<string> {
  const sections = await Promise.all(
    packages.map(async (one) => {
      if (one.changelog === undefined) return [];
      const { file } = one.changelog;
      const text = await ports.files.readTextIfThere(path.join(ports.sourceFolder, ...file.split("/")));
      const notes = text === undefined ? undefined : notesFor(one, text, file);
      return notes === undefined ? [] : [{ name: one.name, notes }];
    }),
  );
  const all = sections.flat();
  return all.map(({ name, notes }) => (all.length > 1 ? `## ${name}\n\n${notes}` : notes)).join("\n\n");
}

async function changelogLinks({ packages }: Released, { tag, ports }: Around): Promise<string> {
  const { forge } = await ports.forge();
  const at = forge.kind === "github" ? "blob" : "src/tag";
  const files = [...new Set(packages.flatMap((one) => one.changelog?.file ?? []))];
  const links = files.map((file) => {
    const address = [forge.locate({ kind: "repository" }), at, tag, file].map((part, index) => (index < 2 ? part : encodePath(part)));
    return `Changes: [${file.replaceAll(/[[\]\\]/g, "\\$&")}](${address.join("/")})`;
  });
  return links.join("\n\n");
}

function encodePath(file: string): string {
  return file
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
}

/** What the release means to publish, with what there is to install on the page itself: its install script. */
function installCommands({ packages, plan, artifacts }: Released, tag: string): string {
  const scripts = artifacts.filter(({ kind }) => kind === "install-script");
  const things = scripts.map(({ package: id, name, digest, kind }): ClosingThing => {
    return { kind: "asset", tag, package: id, of: kind, file: { name, digest: `sha256:${digest}` } };
  });
  return closingMarkdown(closingTable(plan, [...plannedThings(plan, packages, artifacts), ...things]));
}
