// What cargo's `credentials.toml` holds for a registry: the token of its name, or of the public one (doc.rust-lang.org, "Registry
// Authentication", `cargo:token`). The file is read where it stands, and copied nowhere.
import { createCredential, type Credential } from "../../domain/credential.ts";

/** @param at `isKnown`: it is the public registry, whose token stands under `[registry]` */
export async function cargoCredential(
  text: string,
  at: { readonly name: string; readonly isKnown: boolean },
): Promise<Credential | undefined> {
  const { parse } = await import("smol-toml");
  const top = tableOf(readToml(() => parse(text)));
  const table = at.isKnown ? tableOf(top["registry"]) : tableOf(tableOf(top["registries"])[at.name]);
  const { token } = table;
  return typeof token === "string" && token !== "" ? createCredential("", token) : undefined;
}

/** What cargo could not read either holds nothing; a message of the parser would quote it. */
function readToml(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
