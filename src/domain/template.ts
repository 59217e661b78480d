// Texts with {version}, {name} and {project} in them: messages of commits and tags, titles. Filled in once, never read
// again: what is put in is not looked at for more. Pure.
import type { Plan } from "./plan/plan.ts";

const placeholder = /\{(?<word>[^{}]*)\}/g;
const words = ["version", "name", "project"] as const;
type Word = (typeof words)[number];

/** What is wrong with a template, to follow "it": undefined when nothing is. */
export function templateFault(text: string): string | undefined {
  const unknown = [...text.matchAll(placeholder)].find(({ groups }) => !isWord(groups?.["word"] ?? ""));
  if (unknown === undefined) return undefined;
  return `has "${unknown[0]}", and only ${words.map((word) => `{${word}}`).join(", ")} are filled in`;
}

/** The version and name are those of the first package of the plan. Without a project {project} stays as it is. */
export function fillTemplate(text: string, plan: Pick<Plan, "packages"> & Partial<Pick<Plan, "project">>): string {
  const [first] = plan.packages;
  const values: Readonly<Partial<Record<Word, string>>> = {
    version: first?.version ?? "",
    name: first?.name ?? "",
    ...(plan.project === undefined ? {} : { project: plan.project }),
  };
  return text.replaceAll(placeholder, (whole, word: string) => (isWord(word) ? (values[word] ?? whole) : whole));
}

function isWord(text: string): text is Word {
  return words.some((word) => word === text);
}
