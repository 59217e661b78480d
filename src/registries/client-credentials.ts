// The credential that a person's own client has for a registry, where slipway.yaml says `credentials: client`: read from the client's
// file when it is needed, and copied nowhere. For a laptop: every program of the account can read those files as well.
import path from "node:path";
import type { Credential } from "../domain/credential.ts";
import { SlipwayError } from "../domain/error.ts";
import { servicesOf } from "../domain/known-services.ts";
import type { PlannedRegistry } from "../domain/plan/plan.ts";

export interface ClientPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reader: { readTextIfThere(file: string): Promise<string | undefined> };
}

/** @throws SlipwayError CREDENTIAL_MISSING where no file holds one, NOT_YET for a registry whose clients' files are not read */
export async function openClientCredential(
  planned: PlannedRegistry,
  { env, reader }: ClientPlaces,
): Promise<{ readonly credential: Credential; readonly file: string }> {
  const files = filesOf(planned, env);
  for (const file of files) {
    const text = await reader.readTextIfThere(file);
    const credential = text === undefined ? undefined : await readFrom(planned, text, env);
    if (credential !== undefined) return { credential, file };
  }
  throw new SlipwayError(
    "CREDENTIAL_MISSING",
    `Cannot find what opens "${planned.name}": ${files.map((file) => `"${file}"`).join(" and ")} hold nothing for it`,
    {
      hint: 'Log in with the client of this registry, or write "credentials: { token: NAME }" for it',
    },
  );
}

function filesOf({ ecosystem, name }: PlannedRegistry, env: ClientPlaces["env"]): readonly string[] {
  const home = env["HOME"] ?? "";
  switch (ecosystem) {
    case "pypi":
      return [path.join(home, ".pypirc")];
    case "npm":
      // The project's own file is written by whoever writes the project.
      return [env["NPM_CONFIG_USERCONFIG"] ?? path.join(home, ".npmrc")];
    case "crates":
      return ["credentials.toml", "credentials"].map((file) => path.join(env["CARGO_HOME"] ?? path.join(home, ".cargo"), file));
    case "oci":
    case "binary":
      throw new SlipwayError("NOT_YET", `Cannot open "${name}" with a client's credential: files of docker and podman are not read`, {
        hint: `Write "credentials: forge" or "credentials: { token: NAME }" for "${name}"`,
      });
  }
}

async function readFrom(planned: PlannedRegistry, text: string, env: ClientPlaces["env"]): Promise<Credential | undefined> {
  const { name, ecosystem, url, index } = planned;
  const isKnown = url === undefined && index === undefined;
  if (ecosystem === "crates") return (await import("./crates/client-credential.ts")).cargoCredential(text, { name, isKnown });
  if (ecosystem === "npm") {
    const registryUrl = url ?? servicesOf("npm").find((one) => one.name === name)?.addresses.registry;
    return registryUrl === undefined ? undefined : (await import("./npm/upstream.ts")).npmrcCredential(text, registryUrl, env);
  }
  const uploadUrl = url ?? servicesOf("pypi").find((one) => one.name === name)?.addresses.upload;
  if (uploadUrl === undefined) return undefined;
  return (await import("./pypi/client-credential.ts")).pypircCredential(text, { name, uploadUrl, isKnown: url === undefined });
}
