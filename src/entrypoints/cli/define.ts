// What a command's definition is: its words, and the module that is loaded when it is asked for.
import type { Command } from "commander";
import type { GlobalOptions } from "./context.ts";

/** Runs one command's module; loaded only when the command is. */
export type Act = (globals: GlobalOptions, values: readonly (string | undefined)[], options: Record<string, never>) => Promise<number>;

export type Define = (program: Command, act: (run: Act) => (...given: unknown[]) => Promise<void>) => Command;
