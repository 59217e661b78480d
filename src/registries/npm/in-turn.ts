// Writes of one package go one after the other: a registry keeps each package as one document, and answers 409 to whoever
// writes while somebody else does (trust §3, "Failed to save packument"). Different packages do not wait for each other.

export type InTurn = <T>(packageName: string, write: () => Promise<T>) => Promise<T>;

export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (packageName, write) => {
    const before = last.get(packageName);
    const mine = before === undefined ? write() : before.then(write);
    const ended = mine.then(() => undefined, () => undefined); // prettier-ignore
    last.set(packageName, ended);
    try {
      return await mine;
    } finally {
      if (last.get(packageName) === ended) last.delete(packageName);
    }
  };
}
