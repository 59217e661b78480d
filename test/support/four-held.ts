// What the registries of a release over every kind hold on disk: their own files are read and digested here, and what they say
// of them counts for nothing.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { packedFileName } from "../../src/domain/npm/names.ts";
import type { RegistryState as CratesState } from "../../src/registries/crates/rehearsal/state.ts";
import type { RegistryState as NpmState } from "../../src/registries/npm/rehearsal/state.ts";
import type { RegistryState as OciState } from "../../src/registries/oci/rehearsal/state.ts";
import { filePath } from "../../src/registries/pypi/rehearsal/pages.ts";
import type { IndexState } from "../../src/registries/pypi/rehearsal/state.ts";

type Name = "crates" | "npm" | "pypi" | "images";

interface States {
  readonly crates: CratesState;
  readonly npm: NpmState;
  readonly pypi: IndexState;
  readonly images: OciState;
}

/** @param folder in which each registry has a folder of its name @returns undefined before it kept anything */
export async function stateAt<N extends Name>(folder: string, name: N): Promise<States[N] | undefined> {
  const file = path.join(folder, name, name === "pypi" ? "index.json" : "registry.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as States[N]);
}

/**
 * @param name of the file; of an image `NAME@DIGEST`
 * @returns SHA-256 of the bytes; of an image that of its manifest, if all that it names is there whole; undefined for none
 */
export async function heldAt(folder: string, at: Name, name: string): Promise<string | undefined> {
  const under = path.join(folder, at);
  switch (at) {
    case "pypi": {
      const projects = (await stateAt(folder, at))?.projects ?? {};
      const files = Object.values(projects).flatMap(({ releases }) => releases.flatMap((release) => release.files));
      const found = files.find((file) => file.name === name);
      return found === undefined ? undefined : digestOfFile(path.join(under, filePath(found)));
    }
    case "crates": {
      const versions = Object.values((await stateAt(folder, at))?.crates ?? {}).flatMap((crate) => crate.versions);
      const found = versions.find(({ line }) => `${line.name}-${line.vers}.crate` === name);
      return found === undefined ? undefined : digestOfFile(path.join(under, "files", found.kept.slice(0, 2), `${found.kept}.crate`));
    }
    case "npm": {
      const packages = Object.values((await stateAt(folder, at))?.packages ?? {});
      const versions = packages.flatMap((one) => Object.values(one.versions).map((version) => ({ of: one.name, ...version })));
      const found = versions.find(({ of, version }) => packedFileName(of, version) === name);
      return found === undefined ? undefined : digestOfFile(path.join(under, "packages", found.sha256, found.fileName));
    }
    case "images":
      return heldImage(await stateAt(folder, at), under, name);
  }
}

async function heldImage(state: OciState | undefined, under: string, name: string): Promise<string | undefined> {
  const [repository = "", digest = ""] = name.split("@");
  if (state?.repositories[repository]?.manifests[digest] === undefined) return undefined;
  const file = path.join(under, "content", "sha256", digest.slice("sha256:".length));
  const manifest = JSON.parse(await readFile(file, "utf8")) as {
    readonly config?: { readonly digest: string };
    readonly layers?: readonly { readonly digest: string }[];
    readonly manifests?: readonly { readonly digest: string }[];
  };
  const named = [...(manifest.config === undefined ? [] : [manifest.config]), ...(manifest.layers ?? [])];
  for (const { digest: blob } of named) {
    const there = state.repositories[repository]?.blobs[blob] !== undefined;
    const hex = blob.slice("sha256:".length);
    if (!there || (await digestOfFile(path.join(under, "content", "sha256", hex))) !== hex) return undefined;
  }
  for (const { digest: part } of manifest.manifests ?? [])
    if ((await heldImage(state, under, `${repository}@${part}`)) === undefined) return undefined;
  return digestOfFile(file);
}

/** Where a tag leads. */
export async function tagAt(folder: string, repository: string, tag: string): Promise<string | undefined> {
  return (await stateAt(folder, "images"))?.repositories[repository]?.tags[tag]?.digest;
}

async function digestOfFile(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
