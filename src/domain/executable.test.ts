import assert from "node:assert/strict";
import { test } from "node:test";
import { elf, machO, pe, universalMachO } from "../../test/support/executables.ts";
import { differsFrom, needsLibraries, readExecutable, type Executable } from "./executable.ts";

function read(bytes: Uint8Array): string {
  const found = readExecutable(bytes);
  if (found.kind === "other") return found.why;
  const { os, processors, hasInterpreter, dynamic } = found.executable;
  return [os, processors.join("+"), ...(hasInterpreter ? ["interpreter"] : []), ...(dynamic === undefined ? [] : ["dynamic"])].join(" ");
}

const cases: readonly (readonly [string, Uint8Array, string])[] = [
  ["a static program of Linux", elf(), "linux x86_64"],
  ["a program of Linux with a loader", elf({ headers: ["load", "interpreter", "dynamic"], type: 3 }), "linux x86_64 interpreter dynamic"],
  ["a program of Linux on ARM", elf({ machine: 183 }), "linux aarch64"],
  ["a program of Linux on something else", elf({ machine: 243 }), "linux "],
  ["an object file", elf({ type: 1 }), "is ELF, and no executable"],
  ["a program of FreeBSD", elf({ abi: 9 }), "is ELF for another system than Linux"],
  ["a program of a Mac", machO("arm64"), "macos aarch64"],
  ["a library of a Mac", machO("x86_64", 6), "is Mach-O, and no executable"],
  ["a universal program of a Mac", universalMachO(), "macos x86_64+aarch64"],
  ["a program of Windows", pe(), "windows x86_64"],
  ["a program of Windows on ARM", pe(0xaa64), "windows aarch64"],
  ["a library of Windows", pe(0x8664, 0x2022), "is PE, and no executable"],
  ["a class of Java", Buffer.concat([Buffer.from("cafebabe00000041", "hex"), Buffer.alloc(64)]), "is neither ELF nor Mach-O nor PE"],
  ["a script", Buffer.from(`#!/bin/sh\n${"true\n".repeat(20)}`), "is neither ELF nor Mach-O nor PE"],
  ["nothing", Buffer.alloc(0), "has fewer bytes than any executable"],
  ["a header that is cut off", elf({ headers: ["load", "load"] }).subarray(0, 70), "has a header that leads out of it"],
  ["MS-DOS", Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]), "begins like a program of MS-DOS, and is none of Windows"],
];
for (const [what, bytes, wanted] of cases) {
  test(`readExecutable() tells ${what}`, () => {
    assert.equal(read(bytes), wanted);
  });
}

test("needsLibraries() finds a needed library before the end of the section, and not behind it", () => {
  const dynamic = (...tags: readonly number[]): Uint8Array => {
    const whole = elf({ headers: ["dynamic"], tags });
    return whole.subarray(whole.byteLength - tags.length * 16);
  };

  assert.equal(needsLibraries(dynamic(5, 1, 0)), true);
  assert.equal(needsLibraries(dynamic(5, 6, 0, 1)), false);
  assert.equal(needsLibraries(dynamic()), false);
});

test("differsFrom() wants the system, and the very processors", () => {
  const one = (parts: Partial<Executable> = {}): Executable => ({ os: "linux", processors: ["x86_64"], hasInterpreter: false, ...parts });

  assert.equal(differsFrom(one(), { os: "linux", processor: "x86_64" }), undefined);
  assert.equal(differsFrom(one(), { os: "linux", processor: "aarch64" }), "is for linux on x86_64, and should be for linux on aarch64");
  assert.match(differsFrom(one({ os: "macos" }), { os: "linux", processor: "x86_64" }) ?? "", /^is for macos/);
  assert.match(differsFrom(one({ processors: [] }), { os: "linux", processor: "x86_64" }) ?? "", /does not know/);
  const both = one({ os: "macos", processors: ["aarch64", "x86_64"] });
  assert.equal(differsFrom(both, { os: "macos", processor: "universal2" }), undefined);
  assert.match(differsFrom(both, { os: "macos", processor: "aarch64" }) ?? "", /should be for macos on aarch64$/);
});
