// How cargo writes the platform of a dependency: a target's name as it is, a `cfg(…)` in one form whatever blanks stand in it.
// Source: Cargo Book "Platform specific dependencies"; the reference of conditional compilation.

const token = /\s*(?:([A-Za-z_][\w-]*(?:#[A-Za-z_]\w*)?)|"([^"]*)"|([(),=]))/y;
const nestingMax = 64;

interface Reading {
  readonly tokens: readonly string[];
  at: number;
}

/** The platform as cargo sends it. An expression that cannot be read comes back as it is: cargo would not have packaged it. */
export function sentTarget(written: string): string {
  const text = written.trim();
  if (!text.startsWith("cfg(") || !text.endsWith(")")) return written;
  const tokens = tokensOf(text.slice("cfg(".length, -1));
  if (tokens === undefined) return written;
  const reading: Reading = { tokens, at: 0 };
  const expression = readExpression(reading, 0);
  return expression === undefined || reading.at !== tokens.length ? written : `cfg(${expression})`;
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (match === null) return undefined;
    tokens.push(match[1] ?? match[3] ?? `"${match[2] ?? ""}"`);
  }
  return tokens;
}

function readExpression(reading: Reading, depth: number): string | undefined {
  const name = reading.tokens[reading.at];
  if (name === undefined || depth > nestingMax || !/^[A-Za-z_]/.test(name)) return undefined;
  reading.at += 1;
  const next = reading.tokens[reading.at];
  if (next === "(") return readGroup(reading, name, depth);
  if (next !== "=") return name;
  const value = reading.tokens[reading.at + 1];
  reading.at += 2;
  return value?.startsWith('"') === true ? `${name} = ${value}` : undefined;
}

/** `all(…)`, `any(…)` and `not(…)`; a comma may follow the last one. */
function readGroup(reading: Reading, name: string, depth: number): string | undefined {
  const parts: string[] = [];
  reading.at += 1;
  while (reading.tokens[reading.at] !== ")") {
    const part = readExpression(reading, depth + 1);
    if (part === undefined) return undefined;
    parts.push(part);
    if (reading.tokens[reading.at] === ",") reading.at += 1;
    else if (reading.tokens[reading.at] !== ")") return undefined;
  }
  reading.at += 1;
  return `${name}(${parts.join(", ")})`;
}
