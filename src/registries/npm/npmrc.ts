// Reads a `.npmrc`: lines of `key = value`, comments, quoted values, `${VARIABLE}` from the environment. Pure.
// Source: npm documentation of npmrc; the INI form that npm writes.

/** The settings of one file in their order; of a key that stands twice the last counts, as it does for npm. */
export function readNpmrc(text: string, env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const written = line.trim();
    // Lists (`key[]`) and sections are for nothing that is asked here.
    if (written === "" || /^[;#[]/.test(written)) continue;
    const equals = written.indexOf("=");
    if (equals <= 0) continue;
    const key = substituted(written.slice(0, equals).trim(), env);
    settings.set(key, substituted(unquoted(written.slice(equals + 1).trim()), env));
  }
  return settings;
}

function unquoted(value: string): string {
  const [, double, single] = /^(?:"(.*)"|'(.*)')$/.exec(value) ?? [];
  return double ?? single ?? value.replace(/\s+[;#].*$/, "");
}

/** `${NAME}`, `${NAME-otherwise}` and `${NAME?}`; what is not set and has no substitute stays as it is written. */
function substituted(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/(?<!\\)\$\{([^${}?-]+)(\?|-[^${}]*)?\}/g, (whole, name: string, otherwise?: string) => {
    const value = env[name];
    if (value !== undefined) return value;
    if (otherwise === undefined) return whole;
    return otherwise === "?" ? "" : otherwise.slice(1);
  });
}
