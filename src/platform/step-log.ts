// One log file per step and attempt. Every line passes the redactor before it reaches disk or screen.
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { LineLog, Redactor } from "./ports.ts";

/** A log never grows beyond this; what follows is counted, not kept. */
const logBytesMax = 64 * 1024 * 1024;

export async function openStepLog(file: string, redactor: Redactor): Promise<LineLog> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const stream = createWriteStream(file, { mode: 0o600 });
  // A full disk must not take the release down with the log: what counts is in the journal.
  let broken = false;
  stream.on("error", () => (broken = true));
  let bytes = 0;
  let dropped = 0;
  return {
    write(line) {
      const shown = redactor.redact(line);
      bytes += Buffer.byteLength(shown) + 1;
      if (bytes > logBytesMax) dropped += 1;
      else if (!broken) stream.write(`${shown}\n`);
      return shown;
    },
    async close() {
      if (dropped > 0 && !broken) stream.write(`… ${dropped} more lines are not kept\n`);
      await new Promise<void>((resolve) => (broken ? resolve() : stream.end(() => resolve())));
    },
  };
}
