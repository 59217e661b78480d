// Declared registries: one address each, that leaks nothing. A known name may be given another address – a mirror, a
// server for trials – and the plan then shows the address beside the name.
import { faultOfAddress } from "../address.ts";
import { complainAtKey, type Judging } from "../judging.ts";
import { type Path, pathText, quoted } from "../phrases.ts";
import { members } from "../resolve/members.ts";
import type { Judged } from "./rule.ts";

export function judgeRegistries(judging: Judging, { written }: Judged): void {
  for (const { name, value } of members(written.registries)) {
    const path = ["registries", name];
    judgePlaces(judging, path, value);
    if (value.url !== undefined) judgeAddress(judging, value.url, [...path, "url"]);
    if (value.index !== undefined) judgeAddress(judging, value.index, [...path, "index"]);
  }
}

function judgePlaces(
  judging: Judging,
  path: Path,
  written: { readonly url?: string | undefined; readonly forge?: string | undefined },
): void {
  const isBoth = written.url !== undefined && written.forge !== undefined;
  const isNone = written.url === undefined && written.forge === undefined && !judging.isFaulty(path);
  if (isBoth) {
    complainAtKey(judging, [...path, "forge"], () => ({
      message: `Cannot use "url" and "forge" together in ${pathText(path)}: a registry is at one place`,
      hint: "Keep one of the two",
    }));
  }
  if (isNone) {
    complainAtKey(judging, path, () => ({
      message: `Cannot tell where the registry ${quoted(String(path.at(-1)))} is: "url" is missing`,
      hint: "Write the address that uploads go to, as in a .pypirc, as `url`",
    }));
  }
}

function judgeAddress(judging: Judging, text: string, path: Path): void {
  const fault = faultOfAddress(text);
  if (fault === undefined) return;
  const found = fault.secret ? "another one (not shown)" : quoted(text);
  judging.drafts.push({
    code: "CONFIG_INVALID",
    range: judging.tree.rangeOf(path, "value"),
    secret: fault.secret,
    tell: () => ({ message: `Cannot read ${pathText(path)}: expected ${fault.expected}, found ${found}`, hint: fault.hint }),
  });
}
