// Takes the tarball out of a publish body while it arrives: the text of its base64 goes elsewhere and the rest, a small
// document, stays. So a tarball of any size costs the same memory (performance row 12). Pure but for its own state.

export interface SplitBody {
  /** Takes the next bytes. Pieces of base64 are handed on in order, as they lie in the body. */
  take(chunk: Buffer, onTarball: (base64: Buffer) => Promise<void>): Promise<void>;
  /** The document with an empty text where the tarball was. */
  document(): string;
  readonly overflow: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const open = new Set([0x7b, 0x5b]);
const close = new Set([0x7d, 0x5d]);
/** Longer texts are no keys that anything depends on. */
const keyBytesMax = 512;

/** @param limitBytes largest document without its tarball */
export function splitBody(limitBytes: number): SplitBody {
  const kept: Buffer[] = [];
  const scan = startScan();
  let [sizeBytes, inTarball, overflow] = [0, false, false];
  const keep = (bytes: Buffer): void => {
    sizeBytes += bytes.length;
    if (sizeBytes > limitBytes) overflow = true;
    else kept.push(Buffer.from(bytes));
  };
  return {
    take: async (chunk, onTarball) => {
      for (let at = 0; at < chunk.length;) {
        if (!inTarball) {
          const end = scan.read(chunk, at);
          keep(chunk.subarray(at, end));
          at = end;
          inTarball = scan.atTarball();
          continue;
        }
        const end = chunk.indexOf(quote, at);
        await onTarball(chunk.subarray(at, end === -1 ? chunk.length : end));
        at = end === -1 ? chunk.length : end;
        inTarball = end === -1;
      }
    },
    document: () => Buffer.concat(kept).toString("utf8"),
    get overflow() {
      return overflow;
    },
  };
}

interface Scan {
  /** Reads to the end of the chunk, or to the first byte of the tarball's text. @returns where it stopped */
  read(chunk: Buffer, from: number): number;
  atTarball(): boolean;
}

/** Follows the structure of JSON only as far as to know where it is. */
function startScan(): Scan {
  const keys: (string | undefined)[] = [];
  let [depth, inText, escaped, isValue, found, stopped] = [0, false, false, false, false, false];
  let text: number[] = [];
  const isTarball = (): boolean =>
    !found && isValue && depth === 3 && keys[1] === "_attachments" && keys[2]?.endsWith(".tgz") === true && keys[3] === "data";
  const structure = (byte: number): void => {
    if (byte === 0x3a) [keys[depth], isValue] = [Buffer.from(text).toString("utf8"), true];
    else if (byte === 0x2c) isValue = false;
    else if (open.has(byte)) [depth, isValue] = [depth + 1, false];
    else if (close.has(byte)) [depth, isValue] = [depth - 1, false];
  };
  return {
    read: (chunk, from) => {
      stopped = false;
      for (let at = from; at < chunk.length; at += 1) {
        const byte = chunk[at] ?? 0;
        if (inText) {
          if (escaped) escaped = false;
          else if (byte === backslash) escaped = true;
          else if (byte === quote) inText = false;
          if (inText && text.length < keyBytesMax) text.push(byte);
        } else if (byte === quote) {
          [inText, text] = [true, []];
          if (isTarball()) {
            [found, stopped] = [true, true];
            return at + 1;
          }
        } else structure(byte);
      }
      return chunk.length;
    },
    atTarball: () => stopped,
  };
}
