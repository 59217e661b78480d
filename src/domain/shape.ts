// The words in which slipway.yaml and what its steps take are described. Each word says two things: how one sees at once
// that data fits, and which schema of zod it is. Zod tells what is wrong and becomes the JSON Schema; but loading it and making
// its hundreds of schemas is a fifth of the time of a `plan` (docs/reference/performance.md), and most files fit: it is handed
// in by those who need it. shape.test.ts holds that nothing fits here which zod refuses. No word changes what it checks.
import type { z } from "zod";
import type { Json } from "./configuration.ts";

type Zod = typeof z;

export interface Shape<T> {
  /** Whether data has this shape: quick, and nothing is said of what is wrong. */
  readonly fits: (data: unknown) => data is T;
  /** The same as a schema; made once. */
  readonly zod: (z: Zod) => z.ZodType<T>;
  optional(): Shape<T | undefined>;
  nullable(): Shape<T | null>;
  describe(description: string): Shape<T>;
  meta(meta: Readonly<Record<string, unknown>>): Shape<T>;
}

/** Lists and numbers. */
interface Sized<T> extends Shape<T> {
  min(least: number): Sized<T>;
  max(most: number): Sized<T>;
  describe(description: string): Sized<T>;
}

/** Lengths are in UTF-16 code units. */
export interface Text extends Shape<string> {
  min(least: number): Text;
  max(most: number): Text;
  regex(pattern: RegExp, said?: Said): Text;
  refine(holds: (text: string) => boolean, said: Said): Text;
  describe(description: string): Text;
}

/** What is told where the data does not fit. */
interface Said {
  readonly error: string | ((issue: { readonly input?: unknown }) => string);
}

type AnyShape = Shape<unknown>;
type Inferred<S> = S extends Shape<infer T> ? T : never;
type Flat<T> = { [K in keyof T]: T[K] };
type Members = Readonly<Record<string, AnyShape>>;
type OptionalKeys<M> = { [K in keyof M]: undefined extends Inferred<M[K]> ? K : never }[keyof M];
type Made<M> = keyof M extends never
  ? Record<string, never>
  : Flat<{ [K in Exclude<keyof M, OptionalKeys<M>>]: Inferred<M[K]> } & { [K in OptionalKeys<M>]?: Inferred<M[K]> }>;

export function string(said?: Said): Text {
  return textOf(
    (data) => typeof data === "string",
    (z) => z.string(said),
  );
}

/** Safe integers. */
export function int(): Sized<number> {
  return numberOf(Number.isSafeInteger, (z) => z.int());
}

export function boolean(): Shape<boolean> {
  return shapeOf(
    (data) => typeof data === "boolean",
    (z) => z.boolean(),
  );
}

export function literal<const T extends string | number | boolean>(value: T, said?: Said): Shape<T> {
  return shapeOf(
    (data) => data === value,
    (z) => z.literal(value, said),
  );
}

function enumOf<const T extends readonly string[]>(words: T): Shape<T[number]> {
  const known = new Set<unknown>(words);
  return shapeOf(
    (data) => known.has(data),
    (z) => z.enum(words),
  );
}

/** Anything at all. */
export function unknown(): Shape<unknown> {
  return shapeOf(
    () => true,
    (z) => z.unknown(),
  );
}

export function json(): Shape<Json> {
  return shapeOf<Json>(isJson, (z) => z.json());
}

export function array<S extends AnyShape>(item: S): Sized<Inferred<S>[]> {
  return listOf(
    (data) => Array.isArray(data) && data.every(item.fits),
    (z) => z.array(item.zod(z)) as z.ZodArray<z.ZodType<Inferred<S>>>,
  );
}

/** A map by names that the file gives. */
export function record<S extends AnyShape>(key: Shape<string>, value: S): Shape<Record<string, Inferred<S>>> {
  return shapeOf(
    (data) => isMap(data) && Object.keys(data).every((name) => name !== "__proto__" && key.fits(name) && value.fits(data[name])),
    (z) => z.record(key.zod(z) as z.ZodString, value.zod(z) as z.ZodType<Inferred<S>>),
  );
}

/** A map with these members and no others. */
export function strictObject<const M extends Members>(members: M): Shape<Made<M>> {
  const all = Object.entries(members);
  return shapeOf(
    (data) =>
      isMap(data) && Object.keys(data).every((name) => Object.hasOwn(members, name)) && all.every(([name, one]) => one.fits(data[name])),
    (z) => z.strictObject(Object.fromEntries(all.map(([name, one]) => [name, one.zod(z)]))) as unknown as z.ZodType<Made<M>>,
  );
}

export function union<const O extends readonly AnyShape[]>(options: O): Shape<Inferred<O[number]>> {
  return shapeOf(
    (data) => options.some((one) => one.fits(data)),
    (z) => z.union(options.map((one) => one.zod(z))) as z.ZodType<Inferred<O[number]>>,
  );
}

export type { Inferred as infer };
export { enumOf as enum };

// --- helpers ----------------------------------------------------------------------------------

type Fits = (data: unknown) => boolean;
type Make<T> = (z: Zod) => T;

function shapeOf<T>(fits: Fits, make: Make<z.ZodType<T>>): Shape<T> {
  const zod = once(make);
  return {
    fits: fits as Shape<T>["fits"],
    zod,
    optional: () =>
      shapeOf<T | undefined>(
        (data) => data === undefined || fits(data),
        (z) => zod(z).optional(),
      ),
    nullable: () =>
      shapeOf<T | null>(
        (data) => data === null || fits(data),
        (z) => zod(z).nullable(),
      ),
    describe: (description) => shapeOf<T>(fits, (z) => zod(z).describe(description)),
    meta: (meta) => shapeOf<T>(fits, (z) => zod(z).meta(meta)),
  };
}

function listOf<T>(fits: Fits, make: Make<z.ZodArray<z.ZodType<T>>>): Sized<T[]> {
  const zod = once(make);
  return {
    ...shapeOf<T[]>(fits, zod),
    min: (least) =>
      listOf<T>(
        (data) => fits(data) && (data as readonly T[]).length >= least,
        (z) => zod(z).min(least),
      ),
    max: (most) =>
      listOf<T>(
        (data) => fits(data) && (data as readonly T[]).length <= most,
        (z) => zod(z).max(most),
      ),
    describe: (description) => listOf<T>(fits, (z) => zod(z).describe(description)),
  };
}

function numberOf(fits: Fits, make: Make<z.ZodInt>): Sized<number> {
  const zod = once(make);
  return {
    ...shapeOf<number>(fits, zod),
    min: (least) =>
      numberOf(
        (data) => fits(data) && Number(data) >= least,
        (z) => zod(z).min(least),
      ),
    max: (most) =>
      numberOf(
        (data) => fits(data) && Number(data) <= most,
        (z) => zod(z).max(most),
      ),
    describe: (description) => numberOf(fits, (z) => zod(z).describe(description)),
  };
}

function textOf(fits: Fits, make: Make<z.ZodString>): Text {
  const zod = once(make);
  const also = (holds: (text: string) => boolean, schema: Make<z.ZodString>): Text =>
    textOf((data) => fits(data) && holds(data as string), schema);
  return {
    ...shapeOf<string>(fits, zod),
    min: (least) =>
      also(
        (text) => text.length >= least,
        (z) => zod(z).min(least),
      ),
    max: (most) =>
      also(
        (text) => text.length <= most,
        (z) => zod(z).max(most),
      ),
    regex: (pattern, said) =>
      also(
        (text) => pattern.test(text),
        (z) => zod(z).regex(pattern, said),
      ),
    refine: (holds, said) => also(holds, (z) => zod(z).refine(holds, said)),
    describe: (description) => textOf(fits, (z) => zod(z).describe(description)),
  };
}

/** Parts that several schemas share stay one schema. */
function once<T>(make: Make<T>): Make<T> {
  let made: T | undefined;
  return (z) => (made ??= make(z));
}

function isMap(data: unknown): data is Readonly<Record<string, unknown>> {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return false;
  const prototype: unknown = Object.getPrototypeOf(data);
  return prototype === null || prototype === Object.prototype;
}

function isJson(data: unknown): boolean {
  if (data === null || typeof data === "string" || typeof data === "boolean" || Number.isFinite(data)) return true;
  if (Array.isArray(data)) return data.every(isJson);
  return isMap(data) && Object.keys(data).every((name) => name !== "__proto__" && isJson(data[name]));
}
