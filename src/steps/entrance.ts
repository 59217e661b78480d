// `in:` of `run` and of the steps that build: how a command enters the project's own environment (S1.2). What stands in the
// checkout decides, and what is committed is what is entered: a lock that does not fit is an error there, never an update.
import { posix } from "node:path";
import { splitWords } from "../domain/words.ts";
import type { Files } from "../platform/ports.ts";
import { missingPrograms } from "./building.ts";
import type { Finding, ReadPorts } from "./step.ts";

/** Words before a command; `quoted`: the last of them takes the whole command as one text for a POSIX shell. */
export type Entered =
  | { readonly kind: "words" | "quoted"; readonly words: readonly string[] }
  /** `why` follows `in: …`. */
  | { readonly kind: "refused"; readonly why: string; readonly hint: string };

/** A checkout of the project. */
export interface Place {
  /** Absolute path. */
  readonly folder: string;
  readonly files: Files;
}

export async function enter(into: string | undefined, place: Place): Promise<Entered> {
  if (into === undefined) return { kind: "words", words: [] };
  if (into === "nix") return enterNix(place);
  if (into === "pixi") return enterPixi(place);
  const split = splitWords(into);
  if (split.kind === "unbalanced")
    return refused(`has a quote that is never closed (column ${split.column})`, "Close the quote, or write it without one");
  const [program = ""] = split.words;
  if (program === "") return refused("names no command", "Write nix, pixi, or a command");
  const isInside = program.includes("/") && !program.startsWith("/");
  if (isInside && !(await isFile(program, place)))
    return refused(`names "${program}", and the project has no such file`, "Commit it, or write the command that enters the environment");
  return { kind: "words", words: split.words };
}

/** One command with its way in. */
export function entering(entered: Exclude<Entered, { kind: "refused" }>, command: readonly string[]): readonly string[] {
  return [...entered.words, ...(entered.kind === "quoted" ? [quoteAll(command)] : command)];
}

/** Programs that have to be on the PATH to enter: the way in alone, since inside the PATH is another one. */
export function entrancePrograms(into: string): readonly string[] {
  const split = splitWords(into);
  return split.kind === "words" ? split.words.slice(0, 1).filter((program) => program !== "" && !program.includes("/")) : [];
}

/** Why the environment cannot be entered, as far as the checkout and this machine tell; `entrancePrograms` are asked for with the plan. */
export async function findEntrance(into: string | undefined, ports: ReadPorts): Promise<readonly Finding[]> {
  const entered = await enter(into, { folder: ports.sourceFolder, files: ports.files });
  if (entered.kind === "refused") {
    const { why, hint } = entered;
    return [{ id: "PF-ENTRANCE", level: "blocks", message: `Cannot enter the environment of the project: "in: ${into}" ${why}`, hint }];
  }
  // `nix` alone is asked for with the plan; what enters a project without a flake lies beside it, where it is installed.
  return entered.kind === "quoted" ? missingPrograms(entered.words.slice(0, 1), "enter the environment of the project", ports) : [];
}

/**
 * A flake (`nix develop`), or what came before it (`nix-shell`). The home is the run's own, so that nobody's settings enable
 * the commands: they are enabled here. `nix develop` hands words on as they are; `nix-shell` gives one text to its shell.
 */
async function enterNix(place: Place): Promise<Entered> {
  if (await isFile("flake.nix", place)) {
    const enabled = ["--extra-experimental-features", "nix-command flakes"];
    return { kind: "words", words: ["nix", ...enabled, "develop", "--no-update-lock-file", "--command"] };
  }
  if ((await isFile("shell.nix", place)) || (await isFile("default.nix", place))) return { kind: "quoted", words: ["nix-shell", "--run"] };
  return refused("finds no flake.nix, shell.nix or default.nix at the root of the project", "Commit one of them, or leave `in:` out");
}

/** `--locked`: an environment that is not the one of pixi.lock is an error. */
async function enterPixi(place: Place): Promise<Entered> {
  const project = await place.files.readTextIfThere(posix.join(place.folder, "pyproject.toml"));
  const isProject = (await isFile("pixi.toml", place)) || /^\s*\[tool\.pixi[\].]/m.test(project ?? "");
  if (!isProject) return refused("finds no pixi.toml, and no [tool.pixi] in pyproject.toml", "Commit one of them, or leave `in:` out");
  if (!(await isFile("pixi.lock", place))) return refused("finds no pixi.lock", "Make it with `pixi lock` and commit it");
  return { kind: "words", words: ["pixi", "run", "--locked"] };
}

async function isFile(name: string, { folder, files }: Place): Promise<boolean> {
  return (await files.info(posix.join(folder, name)))?.kind === "file";
}

/** Every word in quotes, also a plain one: `A=b` in the first place would set a variable, and `if` begin a sentence. */
function quoteAll(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
}

function refused(why: string, hint: string): Entered {
  return { kind: "refused", why, hint };
}
