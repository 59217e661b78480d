// One long-lived Python that reads archives for the fuzzer (archive-oracle.py). It exists because starting Python takes a
// hundred times as long as reading an archive.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

/** Name (or what it is of an image), kind, size, sha256 in hexadecimal digits or nothing. */
export type Row = readonly [name: string, kind: string, sizeBytes: number, sha256: string];

export type OracleKind = "Z" | "T" | "O";

export interface Oracle {
  /** Answers in the order of the questions; `null` for what Python refuses. */
  ask(kind: OracleKind, inputs: readonly Buffer[]): Promise<readonly (readonly Row[] | null)[]>;
  close(): void;
}

export function startOracle(): Oracle {
  const child = spawn("python3", ["-I", fileURLToPath(new URL("archive-oracle.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(kind, inputs) {
      for (const input of inputs) {
        const head = Buffer.alloc(5);
        head.write(kind, 0, "latin1");
        head.writeUInt32LE(input.length, 1);
        child.stdin.write(head);
        child.stdin.write(input);
      }
      const answers: (readonly Row[] | null)[] = [];
      while (answers.length < inputs.length) {
        const line = await lines.next();
        if (line.done === true) throw new Error(`Python ended after ${answers.length} of ${inputs.length} answers`);
        answers.push(JSON.parse(line.value) as readonly Row[] | null);
      }
      return answers;
    },
    close: () => child.stdin.end(),
  };
}
