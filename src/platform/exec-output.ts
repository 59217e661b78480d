// What a program writes, on its way to us: bytes become text without breaking characters at chunk borders, the text
// passes the redactor, and then goes line by line to the log and, bounded, into the result.
import { StringDecoder } from "node:string_decoder";
import type { RedactorStream } from "./ports.ts";

export interface Output {
  push(bytes: Buffer): void;
  /** Ends the stream: the last line goes out, and what was kept comes back. */
  end(): Kept;
}

export interface Kept {
  readonly text: string;
  /** Bytes dropped from the middle. */
  readonly leftOutBytes: number;
}

/** Longest line that is handed on in one piece, in UTF-16 units. */
export const lineLengthMax = 64 * 1024;

export function createOutput(
  redaction: RedactorStream,
  options: {
    readonly keepBytes: number;
    readonly onLine: ((line: string) => void) | undefined;
    /** Takes everything; nothing is kept then. */
    readonly onText?: ((text: string) => void) | undefined;
  },
): Output {
  const decoder = new StringDecoder("utf8");
  const keeper = createKeeper(options.keepBytes);
  const lines = options.onLine === undefined ? undefined : createLineSplitter(options.onLine);
  const keep = options.onText ?? ((text: string) => keeper.push(text));
  const pass = (text: string): void => {
    keep(text);
    lines?.push(text);
  };
  return {
    push: (bytes) => pass(redaction.push(decoder.write(bytes))),
    end() {
      pass(redaction.push(decoder.end()) + redaction.end());
      lines?.end();
      return keeper.end();
    },
  };
}

/** Cuts text at line ends (LF or CR LF); a line above the limit goes out in pieces. */
export function createLineSplitter(onLine: (line: string) => void): { push(text: string): void; end(): void } {
  let open = "";

  function flushLong(): void {
    while (open.length > lineLengthMax) {
      const cut = isHighSurrogate(open.charCodeAt(lineLengthMax - 1)) ? lineLengthMax - 1 : lineLengthMax;
      onLine(open.slice(0, cut));
      open = open.slice(cut);
    }
  }

  return {
    push(text) {
      let start = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
        open += text.slice(start, end);
        flushLong();
        onLine(open.endsWith("\r") ? open.slice(0, -1) : open);
        open = "";
        start = end + 1;
      }
      open += text.slice(start);
      flushLong();
    },
    end() {
      if (open !== "") onLine(open);
      open = "";
    },
  };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Keeps the first and the last half of `keepBytes`: the beginning says what was tried, the end what went wrong. */
export function createKeeper(keepBytes: number): { push(text: string): void; end(): Kept } {
  const headMax = Math.floor(keepBytes / 2);
  const tailMax = keepBytes - headMax;
  const head: string[] = [];
  let headBytes = 0;
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let leftOutBytes = 0;

  function keepTail(bytes: Buffer): void {
    tail.push(bytes);
    tailBytes += bytes.length;
    // Shortened in large steps, so that many small pieces do not cost a copy each.
    if (tailBytes > 2 * tailMax + 65_536) shortenTail();
  }

  function shortenTail(): void {
    const all = Buffer.concat(tail, tailBytes);
    const from = characterStart(all, Math.max(0, all.length - tailMax));
    leftOutBytes += from;
    // A copy: a view would keep the whole memory alive.
    tail = [Buffer.from(all.subarray(from))];
    tailBytes = all.length - from;
  }

  return {
    push(text) {
      if (text === "") return;
      const bytes = Buffer.byteLength(text);
      if (tailBytes === 0 && leftOutBytes === 0 && headBytes + bytes <= headMax) {
        head.push(text);
        headBytes += bytes;
        return;
      }
      const all = Buffer.from(text);
      const cut = tailBytes === 0 && leftOutBytes === 0 ? characterStart(all, Math.max(0, headMax - headBytes)) : 0;
      if (cut > 0) {
        head.push(all.toString("utf8", 0, cut));
        headBytes += cut;
      }
      keepTail(all.subarray(cut));
    },
    end() {
      if (tailBytes > tailMax) shortenTail();
      const gap = leftOutBytes === 0 ? "" : `\n… ${leftOutBytes} bytes left out …\n`;
      return { text: head.join("") + gap + Buffer.concat(tail).toString("utf8"), leftOutBytes };
    },
  };
}

/** The first byte at or after `from` that does not continue a character (UTF-8 continuation bytes are 10xxxxxx). */
function characterStart(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
