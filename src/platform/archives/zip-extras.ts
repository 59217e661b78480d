// The extra fields of a zip header, as far as they change what a reader sees: ZIP64 sizes (0x0001) and the Unicode
// path (0x7075). Both may occur once only; PyPI refuses the rest (reference/protocols §1.4, APPNOTE §4.5.3, §4.6.9).

export interface Extras {
  /** Contents of the ZIP64 extra. */
  readonly zip64?: Buffer;
  /** Name in the Unicode path extra, as bytes. */
  readonly unicodeName?: Buffer;
  readonly fault?: string;
}

/** A header without extra fields, as most are. */
export const noExtras: Extras = {};

const zip64Id = 0x0001;
const unicodePathId = 0x7075;

/** Walks the extra fields of one header. */
export function readExtras(extra: Buffer): Extras {
  let zip64: Buffer | undefined;
  let unicodeName: Buffer | undefined;
  let at = 0;
  while (at < extra.length) {
    if (at + 4 > extra.length) return { fault: "an extra field that is cut short" };
    const id = extra.readUInt16LE(at);
    const data = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    if (data.length !== extra.readUInt16LE(at + 2)) return { fault: "an extra field that is cut short" };
    if (id === zip64Id) {
      if (zip64 !== undefined) return { fault: "two ZIP64 extra fields (0x0001)" };
      zip64 = data;
    }
    if (id === unicodePathId) {
      if (unicodeName !== undefined) return { fault: "two Unicode path extra fields (0x7075)" };
      unicodeName = data.subarray(5);
    }
    at += 4 + data.length;
  }
  return { ...(zip64 === undefined ? {} : { zip64 }), ...(unicodeName === undefined ? {} : { unicodeName }) };
}

export interface Sizes {
  readonly packed: number;
  readonly size: number;
  /** Offset of the local header; absent in a local header itself. */
  readonly offset?: number;
}

const mark = 0xffffffff;
const zip64Lengths = [0, 8, 16, 24, 28];

/**
 * Puts the ZIP64 values in place of the marks. Some readers take the values one after another for the marked fields,
 * others by position: both must come to the same.
 * @returns the sizes, with `fault` when the extra field is missing or reads in two ways
 */
export function resolveSizes(stated: Sizes, zip64: Buffer | undefined): { readonly sizes: Sizes; readonly fault?: string } {
  if (zip64 === undefined && stated.size !== mark && stated.packed !== mark && stated.offset !== mark) return { sizes: stated };
  const fields = stated.offset === undefined ? [stated.size, stated.packed] : [stated.size, stated.packed, stated.offset];
  const marked = fields.filter((value) => value === mark).length;
  if (zip64 === undefined) return { sizes: stated, fault: "sizes that stand in a ZIP64 extra field which is not there" };
  if (!zip64Lengths.includes(zip64.length) || zip64.length < marked * 8)
    return { sizes: stated, fault: "a ZIP64 extra field of the wrong length" };
  if (zip64.length === marked * 8) return { sizes: inOrder(stated, fields, zip64) };
  const agrees = fields.every((value, position) => {
    const at = position * 8;
    if (value === mark) return position < marked;
    return at + 8 > zip64.length || Number(zip64.readBigUInt64LE(at)) === value;
  });
  return agrees
    ? { sizes: inOrder(stated, fields, zip64) }
    : { sizes: stated, fault: "a ZIP64 extra field that says other sizes than the header" };
}

function inOrder(stated: Sizes, fields: readonly number[], zip64: Buffer): Sizes {
  let at = 0;
  const values = fields.map((value) => {
    if (value !== mark) return value;
    at += 8;
    return Number(zip64.readBigUInt64LE(at - 8));
  });
  const [size = stated.size, packed = stated.packed, offset] = values;
  return offset === undefined ? { packed, size } : { packed, size, offset };
}
