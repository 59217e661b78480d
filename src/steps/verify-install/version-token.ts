// Whether a program's output says a version: as a word of its own, so that `1.0` is not seen in `1.0.1` or `11.0`. Pure.

/** Output that is looked through, in characters; a version stands at its beginning if anywhere. */
const outputLengthMax = 100_000;

/** True if a word of the text is exactly the version, or the version after a `v`. @example saysVersion("tool 1.0rc1", "1.0rc1") */
export function saysVersion(output: string, version: string): boolean {
  return versionWords(output).includes(version);
}

/** Words of the text that could be versions: they begin with a digit, or with `v` and a digit. At most 20. */
export function versionWords(output: string): readonly string[] {
  const words = output.slice(0, outputLengthMax).match(/[0-9A-Za-z.+!_-]+/g) ?? [];
  const bare = words.map((word) => word.replace(/^[.\-_]+|[.\-_]+$/g, "").replace(/^v(?=[0-9])/, ""));
  return bare.filter((word) => /^[0-9]/.test(word)).slice(0, 20);
}
