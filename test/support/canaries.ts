// Canaries: secrets that are like no others, the forms in which they could come out, and the search for all of them in
// everything that was written anywhere. The forms are made here anew, so that the search shares nothing with what hides them.
import { readdirSync, readFileSync, lstatSync } from "node:fs";
import path from "node:path";

export interface Sighting {
  readonly canary: string;
  readonly encoding: string;
  readonly sink: string;
  /** What stands around it. */
  readonly around: string;
}

type Encoding = (secret: string) => readonly string[];

/** Characters of a base64 text that depend on the secret alone, whatever stands before it. */
const within = (secret: string, alphabet: "base64" | "base64url"): readonly string[] =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.from(secret);
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(alphabet);
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });

const escaped = (secret: string): string => JSON.stringify(secret).slice(1, -1);

/** By name; each gives the texts to look for. */
export const encodings: Readonly<Record<string, Encoding>> = {
  plain: (secret) => [secret],
  "a line of several": (secret) => secret.split("\n").filter((line) => line.length >= 16 && !line.startsWith("-----")),
  base64: (secret) => within(secret, "base64"),
  base64url: (secret) => within(secret, "base64url"),
  hex: (secret) => [Buffer.from(secret).toString("hex")],
  "upper-case hex": (secret) => [Buffer.from(secret).toString("hex").toUpperCase()],
  percent: (secret) => [encodeURIComponent(secret)],
  "lower-case percent": (secret) => [encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase())],
  form: (secret) => [new URLSearchParams({ a: secret }).toString().slice(2)],
  JSON: (secret) => [escaped(secret)],
  "JSON inside JSON": (secret) => [escaped(escaped(secret))],
  reversed: (secret) => [Array.from(secret).toReversed().join("")],
};

/** All forms of a secret, each once, with the name of its encoding. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  for (const [name, encode] of Object.entries(encodings)) {
    for (const form of encode(secret)) if (form.length >= 6 && !forms.has(form)) forms.set(form, name);
  }
  return forms;
}

/** What was written in one place. */
export type Sinks = ReadonlyMap<string, string>;

/** Looks for every canary in every encoding in every place. */
export function sightings(sinks: Sinks, canaries: Readonly<Record<string, string>>): readonly Sighting[] {
  const found: Sighting[] = [];
  for (const [canary, secret] of Object.entries(canaries)) {
    for (const [form, encoding] of formsOf(secret)) {
      for (const [sink, text] of sinks) {
        const at = text.indexOf(form);
        if (at >= 0) found.push({ canary, encoding, sink, around: text.slice(Math.max(0, at - 80), at + 60) });
      }
    }
  }
  return found;
}

/** Every file below a folder, as text; those that `leftOut` names by their path in it are not read. */
export function filesBelow(
  folder: string,
  leftOut: (path: string) => boolean = () => false,
): readonly (readonly [path: string, text: string])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((name) => {
    const file = path.join(folder, name);
    if (leftOut(name) || !lstatSync(file).isFile()) return [];
    // Both readings, so that neither bytes nor letters outside ASCII are passed over.
    const bytes = readFileSync(file);
    return [[name, `${bytes.toString("utf8")}\n${bytes.toString("latin1")}\n${bytes.toString("utf16le")}`] as const];
  });
}
