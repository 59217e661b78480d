// What a `.pypirc` holds for an index: the section of its upload address, or of its name where the section gives no address
// (packaging.python.org, "The .pypirc file"). Pure; the file is read where it stands, and copied nowhere.
import { createCredential, type Credential } from "../../domain/credential.ts";
import { tokenUser } from "./wire.ts";

/** @param at `isKnown`: the index is a known service, which a section may name without an address */
export function pypircCredential(
  text: string,
  at: { readonly name: string; readonly uploadUrl: string; readonly isKnown: boolean },
): Credential | undefined {
  const sections = readSections(text);
  const found = [...sections].find(([section, settings]) => {
    const address = settings.get("repository");
    // A section of the same name with another address is the way to somebody else.
    return address === undefined ? at.isKnown && section === at.name : isSame(address, at.uploadUrl);
  });
  const password = found?.[1].get("password") ?? "";
  return password === "" ? undefined : createCredential(found?.[1].get("username") ?? tokenUser, password);
}

function readSections(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\[([^\]]{1,200})\]\s*$/.exec(line)?.[1];
    if (section !== undefined) sections.set(section, (current = sections.get(section) ?? new Map<string, string>()));
    const [, key = "", value] = /^([A-Za-z_]{1,50})\s*[=:]\s*(\S.*)$/.exec(line) ?? [];
    if (value !== undefined) current?.set(key.toLowerCase(), value.trim());
  }
  return sections;
}

function isSame(one: string, other: string): boolean {
  const plain = (address: string): string | undefined => (URL.canParse(address) ? new URL(address).href.replace(/\/+$/, "") : undefined);
  return plain(one) !== undefined && plain(one) === plain(other);
}
