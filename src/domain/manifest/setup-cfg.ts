// `version` of `[metadata]` in setup.cfg, as setuptools and configparser read it. `attr:` and `file:` name another place
// and are no statement; where they lead is told by domain/pypi/project.ts.
import { refuseAt, type Reading } from "./edit.ts";

const line = /([^\r\n]*)(\r\n|\n|\r|$)/g;

export function readSetupCfg(text: string): Reading {
  let section = "";
  for (const found of text.matchAll(line)) {
    const content = (found[1] ?? "").replace(/^\ufeff/, "");
    const offset = found.index + (found[1] ?? "").length - content.length;
    const head = /^\[([^\]]+)\]/.exec(content);
    if (head !== null) section = (head[1] ?? "").trim();
    const pair = section === "metadata" ? /^(version\s*[=:]\s*)(\S.*?)?\s*$/i.exec(content) : null;
    if (pair === null) continue;
    const [, before = "", version = ""] = pair;
    if (/^(?:attr|file)\s*:/.test(version)) return { kind: "read", statements: [] };
    if (version === "") return refuseAt(text, offset + before.length, "the version does not stand on the line of its key");
    const start = offset + before.length;
    return { kind: "read", statements: [{ name: "metadata.version", version, start, end: start + version.length }] };
  }
  return { kind: "read", statements: [] };
}
