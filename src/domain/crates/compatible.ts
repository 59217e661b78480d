// Which versions cargo takes for one another (The Cargo Book, "SemVer Compatibility"): those that agree up to the first part
// that is not 0. A build holds one of them; of versions that are not compatible it may hold several.

/**
 * @param asked a version, or the first parts of one
 * @param version a whole one
 * @returns undefined where one of them is no version
 */
export function areCompatible(asked: string, version: string): boolean | undefined {
  const one = partsOf(asked);
  const other = partsOf(version);
  if (one === undefined || other === undefined) return undefined;
  for (const [index, part] of one.entries()) {
    if (part !== (other[index] ?? 0)) return false;
    if (part !== 0) return true;
  }
  return true;
}

function partsOf(text: string): readonly number[] | undefined {
  const [, ...parts] = /^(\d+)(?:\.(\d+))?(?:\.(\d+)(?:[-+].*)?)?$/.exec(text) ?? [];
  const numbers = parts.filter((part) => part !== undefined).map(Number);
  return numbers.length === 0 ? undefined : numbers;
}
