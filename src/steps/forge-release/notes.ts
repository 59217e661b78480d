// The text of the release page: the version's section of the changelog, a link to it, commands to install. Read from the
// head's own files, so that the page says what the tag says.
import path from "node:path";
import { notesFor } from "../../domain/changelog/told.ts";
import { quoteWord } from "../../domain/words.ts";
import type { PlannedPackage, PlannedRegistry } from "../../domain/plan/plan.ts";
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
      return Promise.resolve(installCommands(frozen, around));
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

/** Ready to paste. What is only at a test index is taken from there alone, and everything it needs from the usual one. */
function installCommands({ packages, plan }: Released, { ports }: Around): string {
  const published = plan.steps.flatMap(
    (step) => plan.environments.find(({ name }) => step.kind === "acting" && name === step.environment)?.registries ?? [],
  );
  // A pipeline that only makes the release is followed by one that publishes: to the registries of the file.
  const registries = published.length > 0 ? published : plan.environments.flatMap((environment) => environment.registries);
  const final = registries.find(({ test, ecosystem }) => !test && ecosystem === "pypi");
  const trial = registries.find(({ test, ecosystem }) => test && ecosystem === "pypi");
  const blocks = packages.filter(({ ecosystem }) => ecosystem === "pypi").flatMap((one) => commandsFor(one, { final, trial, ports }));
  return blocks.join("\n\n");
}

function commandsFor(
  { name, version }: PlannedPackage,
  at: { readonly final: PlannedRegistry | undefined; readonly trial: PlannedRegistry | undefined; readonly ports: ReadPorts },
): readonly string[] {
  const wanted = quoteWord(`${name}==${version}`);
  if (at.final !== undefined) {
    const index = at.final.url === undefined ? "" : ` --index-url ${quoteWord(at.ports.registry(at.final.name).indexUrl)}`;
    return [`Install:\n\n\`\`\`sh\npip install${index} ${wanted}\n\`\`\``];
  }
  if (at.trial === undefined) return [];
  const index = quoteWord(at.ports.registry(at.trial.name).indexUrl);
  const folder = quoteWord(`try-${name}`);
  const commands = [
    `pip download --no-deps --dest ${folder} --index-url ${index} ${wanted}`,
    `pip install --find-links ${folder} ${wanted}`,
  ];
  return [`Try it; only the package itself comes from the test index:\n\n\`\`\`sh\n${commands.join("\n")}\n\`\`\``];
}
