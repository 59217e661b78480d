// Maps of the file as lists of named members, in the order of the file.

export interface Named<Value> {
  readonly name: string;
  readonly value: Value;
}

export function members<Value>(map: Readonly<Record<string, Value>> | undefined): readonly Named<Value>[] {
  return Object.entries(map ?? {}).map(([name, value]) => ({ name, value }));
}
