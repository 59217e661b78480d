// Wheels as releases have them: many small ones of one version, the same with a package each, and a very large one.
import { createCipheriv, createHash } from "node:crypto";
import { join } from "node:path";
import { markdown, restructured } from "./descriptions.ts";
import { made, numbers } from "./made.ts";
import { writeZip } from "./zip.ts";

export const manyName = "slipway-bench-many";
export const largeName = "slipway-bench-large";
export const version = "1.0.0";
const mebibyte = 1024 * 1024;

/** Wheels of one version for as many platforms, with one description: what a release has. */
export function wheelsOfOne(count: number, description: "markdown" | "restructured"): Promise<string> {
  return made(`wheels-${count}-${description}-1`, (folder) => {
    for (let index = 0; index < count; index += 1) {
      const tag = `cp3${8 + (index % 8)}-abi3-manylinux_2_${5 + Math.floor(index / 8)}_x86_64`;
      writeWheel(folder, { name: manyName, tag, seed: index + 1, description: describe(description, "Many") });
    }
  });
}

/** Wheels of as many packages, each with a description of its own: nothing is asked twice. */
export function wheelsOfMany(count: number, description: "markdown" | "restructured"): Promise<string> {
  return made(`packages-${count}-${description}-1`, (folder) => {
    for (let index = 0; index < count; index += 1) {
      writeWheel(folder, {
        name: `${manyName}-${index}`,
        tag: "py3-none-any",
        seed: index + 1,
        description: describe(description, `Package ${index}`),
      });
    }
  });
}

/** One wheel of about so many MiB, of bytes that cannot be compressed, in members of 25 MiB. */
export async function largeWheel(sizeMiB: number): Promise<string> {
  const folder = await made(`large-${sizeMiB}-1`, (making) => {
    const extra = Array.from({ length: sizeMiB / 25 }, (_, index): readonly [string, () => Buffer] => [
      `slipway_bench_large/part_${index}.bin`,
      () => noise(index + 1, 25 * mebibyte),
    ]);
    writeWheel(making, { name: largeName, tag: "py3-none-any", seed: 7, description: describe("markdown", "Large"), extra });
  });
  return join(folder, fileName(largeName, "py3-none-any"));
}

interface Wheel {
  readonly name: string;
  readonly tag: string;
  readonly seed: number;
  readonly description: { readonly type: string; readonly text: string };
  readonly extra?: readonly (readonly [path: string, content: () => Buffer])[];
}

function describe(kind: "markdown" | "restructured", title: string): Wheel["description"] {
  return kind === "markdown" ? { type: "text/markdown", text: markdown(title) } : { type: "text/x-rst", text: restructured(title) };
}

function writeWheel(folder: string, wheel: Wheel): void {
  const module = wheel.name.replaceAll("-", "_");
  const zip = writeZip(join(folder, fileName(wheel.name, wheel.tag)));
  const info = `${module}-${version}.dist-info`;
  const record: string[] = [];
  const add = (path: string, content: Buffer): void => {
    zip.add(path, content);
    record.push(`${path},sha256=${createHash("sha256").update(content).digest("base64url")},${content.length}`);
  };
  for (let index = 0; index < 8; index += 1)
    add(`${module}/${index === 0 ? "__init__" : `part_${index}`}.py`, moduleText(wheel.seed * 100 + index));
  for (const [path, content] of wheel.extra ?? []) add(path, content());
  add(`${info}/METADATA`, Buffer.from(metadata(wheel)));
  add(`${info}/WHEEL`, Buffer.from(wheelText(wheel.tag)));
  zip.add(`${info}/RECORD`, Buffer.from(`${[...record, `${info}/RECORD,,`].join("\n")}\n`));
  zip.close();
}

function fileName(name: string, tag: string): string {
  return `${name.replaceAll("-", "_")}-${version}-${tag}.whl`;
}

/** Python that compresses as Python does: some 7 KB of functions, 2 KB in the wheel. */
function moduleText(seed: number): Buffer {
  const next = numbers(seed + 1);
  const lines = Array.from(
    { length: 110 },
    (_, index) => `def function_${index}(value):\n    """Add ${next() % 1_000_000} to a value."""\n    return value + ${next()}\n`,
  );
  return Buffer.from(lines.join("\n\n"));
}

function metadata({ name, description }: Wheel): string {
  const headers = [
    "Metadata-Version: 2.4",
    `Name: ${name}`,
    `Version: ${version}`,
    "Summary: What Slipway is measured with",
    "Author-email: Ada <ada@example.org>",
    "License-Expression: Apache-2.0",
    "Classifier: Programming Language :: Python :: 3",
    "Requires-Python: >=3.8",
    `Description-Content-Type: ${description.type}`,
  ];
  return `${headers.join("\n")}\n\n${description.text}`;
}

function wheelText(tag: string): string {
  return `Wheel-Version: 1.0\nGenerator: slipway-bench 1\nRoot-Is-Purelib: ${tag.endsWith("any")}\nTag: ${tag}\n`;
}

/** The same bytes for the same seed; none of them can be guessed by a compressor. */
function noise(seed: number, sizeBytes: number): Buffer {
  const cipher = createCipheriv("aes-128-ctr", createHash("md5").update(String(seed)).digest(), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(sizeBytes));
}
