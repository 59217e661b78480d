// A release with one thing of every kind, for tests of its closing table; and its texts without the addresses of public
// services, which stand in one file alone.
import type { Artifact } from "../../src/domain/artifact.ts";
import type { ClosingThing } from "../../src/domain/closing/things.ts";
import { knownForges, knownServices } from "../../src/domain/known-services.ts";
import type { Plan, PlannedRegistry } from "../../src/domain/plan/plan.ts";
import { aPackage, aPlan, aRegistry, anArtifact } from "./ports.ts";

export const registries = {
  crates: aRegistry({ name: "crates", ecosystem: "crates" }),
  ownCrates: aRegistry({ name: "our-crates", ecosystem: "crates", index: "sparse+https://crates.example/index" }),
  pypi: aRegistry({ name: "pypi" }),
  testpypi: aRegistry({ name: "testpypi", test: true }),
  ownPypi: aRegistry({ name: "devpi", url: "https://devpi.example/team/legacy/" }),
  npm: aRegistry({ name: "npm", ecosystem: "npm" }),
  ownNpm: aRegistry({ name: "verdaccio", ecosystem: "npm", url: "https://npm.example" }),
  testNpm: aRegistry({ name: "npm-trial", ecosystem: "npm", url: "https://trial.example/", test: true }),
  ghcr: aRegistry({ name: "ghcr", ecosystem: "oci" }),
} as const satisfies Readonly<Record<string, PlannedRegistry>>;

/** A workspace with a program, a Python module that is imported by another name, a binary, an npm package and an image. */
export const kelpPlan: Plan = aPlan({
  project: "kelp",
  forge: { kind: "github", repository: "example/kelp" },
  packages: [
    aPackage({
      id: "workspace",
      ecosystem: "crates",
      name: "kelp",
      version: "0.2.0",
      tag: "v0.2.0",
      members: [
        { name: "kelp-core", folder: "crates/core" },
        { name: "kelp", folder: "crates/kelp", program: "beside-library" },
      ],
    }),
    aPackage({ id: "python", name: "agent-kelp", importName: "kelp_agent", version: "0.2.0", folder: "python" }),
    aPackage({ id: "command", ecosystem: "binary", name: "kelp", version: "0.2.0", folder: "crates/kelp" }),
    aPackage({ id: "js", ecosystem: "npm", name: "@example/kelp", version: "0.2.0", folder: "js" }),
    aPackage({ id: "image", ecosystem: "oci", name: "example/kelp", version: "0.2.0" }),
  ],
});

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** What is there at the end of its release. */
export const kelpThings: readonly ClosingThing[] = [
  {
    kind: "package",
    registry: registries.crates,
    name: "kelp-core",
    version: "0.2.0",
    file: { name: "kelp-core-0.2.0.crate", digest: digest("a") },
  },
  { kind: "package", registry: registries.crates, name: "kelp", version: "0.2.0", file: { name: "kelp-0.2.0.crate", digest: digest("b") } },
  ...["manylinux_2_17_x86_64", "macosx_11_0_universal2"].map((tag): ClosingThing => ({
    kind: "package",
    registry: registries.pypi,
    name: "agent-kelp",
    version: "0.2.0",
    file: { name: `agent_kelp-0.2.0-cp312-cp312-${tag}.whl`, digest: digest("c") },
  })),
  {
    kind: "package",
    registry: registries.npm,
    name: "@example/kelp",
    version: "0.2.0",
    file: { name: "example-kelp-0.2.0.tgz", digest: "sha512-SRI==" },
  },
  ...["1", "2", "9"].map((letter): ClosingThing => ({
    kind: "package",
    registry: registries.ghcr,
    name: "example/kelp",
    version: "0.2.0",
    file: { name: `example/kelp@${digest(letter)}`, digest: digest(letter) },
  })),
  { kind: "channel", registry: registries.ghcr, name: "example/kelp", channel: "latest" },
  { kind: "channel", registry: registries.ghcr, name: "example/kelp", channel: "0.2.0" },
  { kind: "page", tag: "v0.2.0" },
  { kind: "asset", tag: "v0.2.0", package: "command", of: "binary", file: { name: "kelp-linux-x86_64", digest: digest("d") } },
  { kind: "asset", tag: "v0.2.0", package: "command", of: "install-script", file: { name: "install.sh", digest: digest("e") } },
];

/** Frozen files of the same release. */
export const kelpArtifacts: readonly Artifact[] = [
  anArtifact("wheel", "agent_kelp-0.2.0-py3-none-any.whl", { package: "python" }),
  anArtifact("crate", "kelp-core-0.2.0.crate", { package: "workspace" }),
  anArtifact("npm-tarball", "example-kelp-0.2.0.tgz", { package: "js" }),
  anArtifact("image", "kelp-linux-x86_64.tar", { package: "image" }),
];

/** Addresses of public services in words, so that no test names one. */
export function withoutHosts(text: string): string {
  const known = [
    ...knownServices.flatMap(({ name, addresses }) =>
      Object.entries(addresses).map(
        ([use, address]) => [String(address), `<${name} ${use}>${String(address).endsWith("/") ? "/" : ""}`] as const,
      ),
    ),
    ...knownForges.map(({ host, name }) => [`https://${host}/`, `<${name}>/`] as const),
  ];
  const hosts = knownServices.flatMap(({ name, addresses }) =>
    Object.values(addresses).map((address) => [new URL(address as string).host, `<${name}>`] as const),
  );
  const longestFirst = [...known, ...hosts].toSorted(([one], [other]) => other.length - one.length);
  return longestFirst.reduce((all, [address, words]) => all.replaceAll(address, words), text);
}
