// `run:` and its neighbours as the input of the step `run`: commands as words, artifacts as a list, effects written out.
import type { Json, JsonObject } from "../../domain/configuration.ts";
import { complain, complainAtKey, complainWithin, type Judging } from "../judging.ts";
import { type Path, pathText, quoted } from "../phrases.ts";
import type { WrittenStep } from "../schema.ts";
import { readCommand } from "../words.ts";
import { defined } from "./defined.ts";

interface RunAt {
  readonly written: WrittenStep;
  readonly path: Path;
  /** Ids of the packages of the file. */
  readonly packages: readonly string[];
}

export function resolveRun(judging: Judging, at: RunAt): JsonObject {
  const { written, path } = at;
  const around = {
    in: resolveEntrance(judging, written.in, [...path, "in"]),
    produces: resolveProduced(judging, at),
    effect: resolveEffect(written.effect),
    look: written.look === undefined ? undefined : resolveCommand(judging, written.look, [...path, "look"]),
  };
  return { ...resolveCommands(judging, at), ...defined(around) };
}

function resolveCommands(judging: Judging, { written, path }: RunAt): JsonObject {
  const { run, shell } = written;
  const at = [...path, "run"];
  if (shell !== undefined && Array.isArray(run)) {
    complainAtKey(judging, at, () => ({
      message: `Cannot give the list in ${pathText(at)} to the shell that ${pathText([...path, "shell"])} names: expected one string`,
      hint: "Write the script as one string after `run: |`",
    }));
  }
  if (shell !== undefined) return { script: [run ?? ""].flat().join("\n"), shell };
  if (typeof run === "string") return { commands: [resolveCommand(judging, run, at)] };
  return { commands: (run ?? []).map((text, index) => resolveCommand(judging, text, [...at, index])) };
}

function resolveCommand(judging: Judging, text: string, path: Path): readonly string[] {
  const read = readCommand(text);
  if (read.kind === "command") return read.words;
  const { index, message, hint } = read;
  complainWithin(judging, { path, index }, () => ({
    message: `Cannot read the command ${quoted(text)} of ${pathText(path)}: ${message}`,
    hint,
  }));
  return [];
}

function resolveEntrance(judging: Judging, written: string | undefined, path: Path): string | undefined {
  if (written !== undefined && written !== "nix" && written !== "pixi") resolveCommand(judging, written, path);
  return written;
}

function resolveProduced(judging: Judging, { written, path, packages }: RunAt): Json | undefined {
  if (written.produces === undefined) return undefined;
  return [written.produces].flat().map((produced, index) => {
    const { kind, files } = produced;
    const owner = produced.package ?? (packages.length === 1 ? packages[0] : undefined);
    const at = Array.isArray(written.produces) ? [...path, "produces", index] : [...path, "produces"];
    if (owner === undefined) {
      complain(judging, at, () => ({
        message: `Cannot tell whose artifacts ${pathText(at)} makes: the file has ${packages.length} packages`,
        hint: "Add `package: NAME`",
      }));
    }
    return { kind, package: owner ?? "", files };
  });
}

function resolveEffect(written: WrittenStep["effect"]): Json | undefined {
  // Unless the file says otherwise, what is done cannot be taken back.
  return typeof written === "string" ? { title: written, reach: "irreversible" } : written;
}
