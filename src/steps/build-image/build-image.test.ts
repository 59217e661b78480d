import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { Artifact } from "../../domain/artifact.ts";
import { readImageDigest } from "../../domain/oci/names.ts";
import type { ImagePlatform } from "../../domain/oci/platform.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Command, ImageArchive, ImageMaking } from "../../platform/ports.ts";
import { elf } from "../../../test/support/executables.ts";
import {
  aFrozen,
  anArtifact,
  aPackage,
  aPlan,
  aPlanned,
  aPlannedStep,
  aUse,
  digestOf,
  exited,
  fakePorts,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { Worked } from "../step.ts";
import { buildImageStep } from "./build-image.ts";
import { foreignRun } from "./containerfile.ts";
import { buildImageInput, type BuildImageInput } from "./input.ts";

const image: PlannedPackage = aPackage({ id: "image", ecosystem: "oci", name: "owner/proxy", version: "1.2.0" });
const command: PlannedPackage = aPackage({ id: "command", ecosystem: "binary", name: "proxy", version: "1.2.0" });
const commit = "c".repeat(40);
const [version, revision] = ["org.opencontainers.image.version", "org.opencontainers.image.revision"];

interface Machine {
  readonly sources?: Readonly<Record<string, string | { readonly kind: "link" }>>;
  readonly programs?: readonly string[];
  readonly host?: string;
  /** What the archive that comes out is for. */
  readonly makes?: ImagePlatform;
  readonly labels?: Readonly<Record<string, string>>;
  readonly emulator?: string;
  readonly binaries?: Readonly<Record<string, Buffer>>;
}

interface FakeMachine {
  readonly ports: FakePorts;
  readonly made: ImageMaking[];
}

const amd64: ImagePlatform = { os: "linux", architecture: "amd64" };
const manifestDigest = readImageDigest(`sha256:${"a".repeat(64)}`) ?? assert.fail();

function anImage(platform: ImagePlatform, labels: Readonly<Record<string, string>>): ImageArchive {
  const manifest = { mediaType: "m", digest: manifestDigest, sizeBytes: 1, text: "{}", annotations: {} };
  return { sizeBytes: 10, manifest, platform, labels, blobs: [], bytesOf: () => assert.fail() };
}

function machine(of: Machine = {}): FakeMachine {
  const files = memoryFiles();
  for (const [path, text] of Object.entries(of.sources ?? {}))
    for (const root of ["/work", "/source"]) files.content.set(`${root}/${path}`, text);
  for (const [name, bytes] of Object.entries(of.binaries ?? {})) files.content.set(`/store/${digestOf(name)}`, bytes.toString("latin1"));
  if (of.emulator !== undefined) files.content.set(`/proc/sys/fs/binfmt_misc/${of.emulator}`, "enabled");
  const made: ImageMaking[] = [];
  const program = (ran: Command) => {
    const leaves = ran.args.find((word) => word.startsWith("oci-archive:"))?.slice("oci-archive:".length);
    if (leaves !== undefined) files.content.set(`${ran.cwd}/${leaves}`, "image");
    const told = ran.env["SLIPWAY_IMAGE"];
    if (told !== undefined && ran.args[0] !== "nothing") files.content.set(told, "image");
    return exited(0, ran.args[0] === "--version" ? `${ran.program} version 9\n` : "built\n");
  };
  const programs = Object.fromEntries([...(of.programs ?? ["buildah"]), "chmod", "make"].map((name) => [name, program]));
  const images = {
    openImage: async () =>
      ({ kind: "opened", image: anImage(of.makes ?? amd64, of.labels ?? { [version]: "1.2.0", [revision]: commit }) }) as const,
    writeImage: async (making: ImageMaking) => {
      made.push(making);
      files.content.set(making.to, "image");
    },
  };
  return { ports: fakePorts({ files, programs, images, ...(of.host === undefined ? {} : { host: of.host }) }), made };
}

interface Leg {
  readonly platform?: string;
  readonly artifacts?: readonly Artifact[];
  readonly plan?: ReturnType<typeof aPlan>;
}

function around({ platform, artifacts = [], plan }: Leg = {}) {
  const leg: Readonly<Record<string, string>> = platform === undefined ? {} : { platform };
  return { packages: [image, command], leg, artifacts, ...(plan === undefined ? {} : { plan }) };
}

async function build({ ports }: FakeMachine, input: BuildImageInput, leg: Leg = {}): Promise<Worked> {
  return buildImageStep.perform(aFrozen(buildImageInput.zod(z).parse(input), around(leg)), ports);
}

function outcome(worked: Worked): string {
  if (worked.kind === "failed") return `${worked.code}: ${worked.message}`;
  return worked.kind === "done"
    ? worked.artifacts.map(({ kind, name, platform }) => `${kind} ${name} ${platform ?? ""}`).join(" ")
    : worked.kind;
}

const copyFile = { Containerfile: "FROM scratch\nCOPY proxy /proxy\n" };
const binary = anArtifact("binary", "proxy-linux-x86_64", { package: "command", platform: "linux-x86_64-static" });
const binaries = { [binary.name]: elf() };

test("build-image: puts files and a binary of the same platform together, with labels, where nothing is run", async () => {
  // What is asked for says that the Containerfile is for something else.
  const used = machine({ sources: { ...copyFile, "etc/a.toml": "a", "etc/deep/b.toml": "b" }, binaries });
  const other = anArtifact("binary", "proxy-linux-arm64", { package: "command", platform: "linux-aarch64" });

  const worked = await build(
    used,
    {
      copy: [{ binary: "command" }, { from: "etc", to: "/etc/proxy" }, { from: "etc/a.toml", to: "/opt/" }],
      entrypoint: ["/proxy"],
      labels: { a: "b" },
    },
    {
      platform: "linux-x86_64",
      artifacts: [other, binary],
      plan: aPlan({ forge: { kind: "github", url: "https://forge.example/", repository: "o/r" } }),
    },
  );

  assert.equal(outcome(worked), "image proxy-linux-x86_64.oci.tar linux-x86_64");
  const [making] = used.made;
  assert.deepEqual(
    making?.files.map(({ path, file, executable }) => [path, file, executable]),
    [
      ["proxy", `/store/${binary.digest}`, true],
      ["etc/proxy/a.toml", "/work/etc/a.toml", undefined],
      ["etc/proxy/deep/b.toml", "/work/etc/deep/b.toml", undefined],
      ["opt/a.toml", "/work/etc/a.toml", undefined],
    ],
  );
  assert.deepEqual(making.settings, {
    entrypoint: ["/proxy"],
    labels: {
      "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
      [revision]: commit,
      "org.opencontainers.image.source": "https://forge.example/o/r",
      [version]: "1.2.0",
      a: "b",
    },
  });
  assert.equal(making.annotations[version], "1.2.0");
});

test("build-image: a leg for another machine is put together here too, and is called as the file writes its platform", async () => {
  const used = machine({ sources: { a: "a" }, programs: [], makes: { os: "linux", architecture: "arm64" } });

  const worked = await build(used, { builder: "layers", copy: [{ from: "a" }] }, { platform: "linux-arm64" });

  assert.equal(outcome(worked), "image proxy-linux-arm64.oci.tar linux-arm64");
  assert.deepEqual(used.made[0]?.platform, { os: "linux", architecture: "arm64", variant: "v8" });
});

test("build-image: buildah builds with a storage of its own, no login, the release's time and labels, and no daemon", async () => {
  const used = machine({ sources: copyFile, binaries });

  const worked = await build(
    used,
    { copy: [{ binary: "command" }], args: { A: "1" }, target: "last", labels: { b: "c" } },
    { platform: "linux-x86_64", artifacts: [binary] },
  );

  assert.equal(outcome(worked), "image proxy-linux-x86_64.oci.tar linux-x86_64");
  const [asked, changed, built, pushed, cleaned] = used.ports.exec.commands.map(({ program, args }) => [program, ...args].join(" "));
  const storage = "buildah --root /scratch/image-image/storage --runroot /scratch/image-image/running --storage-driver vfs";
  const labels = (option: string): string =>
    `${option} org.opencontainers.image.created=2023-11-14T22:13:20Z ${option} ${revision}=${commit} ${option} ${version}=1.2.0`;
  assert.equal(asked, "buildah --version");
  assert.equal(changed, "chmod 755 /work/proxy");
  assert.equal(
    built,
    `${storage} build --authfile /scratch/image-image/auth.json --isolation chroot --format oci --timestamp 1700000000 ` +
      `--platform linux/amd64 --target last --build-arg A=1 ${labels("--label")} --label b=c ${labels("--annotation")} ` +
      "--file /work/Containerfile --tag localhost/slipway-build:image /work",
  );
  assert.equal(pushed, `${storage} push --authfile /scratch/image-image/auth.json localhost/slipway-build:image oci-archive:image.tar`);
  assert.equal(cleaned, `${storage} rmi --all --force`);
  assert.equal(used.ports.files.content.get("/scratch/image-image/auth.json"), "{}\n");
  assert.equal(used.ports.exec.commands[2]?.env["REGISTRY_AUTH_FILE"], "/scratch/image-image/auth.json");
});

test("build-image: podman builds where there is no buildah", async () => {
  const used = machine({ sources: copyFile, programs: ["podman"] });

  assert.match(outcome(await build(used, {}, { platform: "linux-x86_64" })), /^image /);
  assert.equal(used.ports.exec.commands.at(-1)?.program, "podman");
});

test("build-image: a command leaves an archive, and what it does not tell of itself is a warning", async () => {
  const used = machine({ labels: { [version]: "1.1.0" } });

  const worked = await build(used, { run: "make image" }, { platform: "linux-x86_64" });

  assert.equal(outcome(worked), "image proxy-linux-x86_64.oci.tar linux-x86_64");
  const [ran] = used.ports.exec.commands;
  assert.deepEqual(
    [ran?.cwd, ran?.env["SLIPWAY_IMAGE"], ran?.env["SLIPWAY_IMAGE_PLATFORM"]],
    ["/work", "/scratch/image-image/image.tar", "linux/amd64"],
  );
  assert.deepEqual(
    used.ports.printed.filter((line) => line.startsWith("warning")),
    [
      `warning: the image of "image" has the label "${version}" with "1.1.0" instead of "1.2.0"`,
      `warning: the image of "image" has no label "${revision}"`,
    ],
  );
});

const arm = { os: "linux", architecture: "arm64" } as const;
const failures: readonly (readonly [string, Machine, BuildImageInput, Leg, RegExp])[] = [
  [
    "an image for another platform than the leg, whatever the builder said",
    { makes: arm },
    { run: "make image" },
    { platform: "linux-x86_64" },
    /^ARTIFACT_INVALID: .*it is for linux\/arm64, and should be for linux-x86_64$/,
  ],
  ["a command that leaves nothing", {}, { run: "make nothing" }, {}, /^ARTIFACT_INVALID: .*left no file at \$SLIPWAY_IMAGE$/],
  ["a command for another machine", {}, { run: "make image" }, { platform: "linux-aarch64" }, /^NO_PLACE: .*this one is linux-x86_64$/],
  [
    "a foreign leg whose Containerfile runs programs",
    { sources: { Containerfile: "FROM debian\nRUN apt-get update\n" } },
    {},
    { platform: "linux-aarch64" },
    /^NO_PLACE: .*"Containerfile" has `RUN apt-get update`, which runs programs of that machine, and `emulate` is never$/,
  ],
  [
    "emulation that this machine cannot do",
    { sources: { Containerfile: "FROM debian\nRUN true\n" } },
    { emulate: "allowed" },
    { platform: "linux-aarch64" },
    /^NO_PLACE: .*this machine has no emulator "qemu-aarch64"$/,
  ],
  ["no builder", { sources: copyFile, programs: [] }, {}, { platform: "linux-x86_64" }, /^TOOL_MISSING: .*neither buildah nor podman/],
  [
    "no builder for another machine",
    { sources: copyFile, programs: [] },
    {},
    { platform: "linux-aarch64" },
    /^NO_PLACE: .*neither buildah/,
  ],
  [
    "a machine that is no Linux",
    { sources: copyFile, host: "macos-aarch64" },
    {},
    { platform: "linux-aarch64" },
    /^NO_PLACE: .*is macos-aarch64$/,
  ],
  ["nothing to build", {}, {}, {}, /^PLAN_INVALID: .*has neither "Containerfile" nor "Dockerfile"$/],
  ["a Containerfile that is not there", {}, { file: "Other" }, {}, /^PLAN_INVALID: .*has no "Other"$/],
  [
    "a file that is not there",
    {},
    { copy: [{ from: "gone" }] },
    {},
    /^PLAN_INVALID: Cannot copy "gone" into the image: it is not in the source$/,
  ],
  [
    "a link, which may lead anywhere",
    { sources: { "etc/link": { kind: "link" } } },
    { copy: [{ from: "etc" }] },
    {},
    /^PLAN_INVALID: Cannot copy "etc\/link" into the image: it is a link/,
  ],
  [
    "a file behind a link",
    { sources: { "etc/link": { kind: "link" }, "etc/link/passwd": "x" } },
    { copy: [{ from: "etc/link/passwd" }] },
    {},
    /^PLAN_INVALID: Cannot copy "etc\/link" into the image: it is a link/,
  ],
  [
    "a binary that nobody builds for the platform",
    { binaries },
    { copy: [{ binary: "command" }] },
    { platform: "linux-aarch64", artifacts: [binary] },
    /^PLAN_INVALID: .*no step above builds the binary of "command" for linux on aarch64$/,
  ],
  [
    "a binary whose leg had no place here",
    { binaries },
    { copy: [{ binary: "command" }] },
    {
      platform: "linux-aarch64",
      artifacts: [binary],
      plan: aPlan({
        steps: [aPlannedStep({ makes: [{ kind: "binary", package: "command", platform: "linux-arm64", countMin: 1, countMax: 1 }] })],
      }),
    },
    /^NO_PLACE: .*the binary of "command" for linux on aarch64 was not built here$/,
  ],
  [
    "a binary whose bytes are for another platform",
    { binaries: { [binary.name]: elf({ machine: 183 }) } },
    { copy: [{ binary: "command" }] },
    { platform: "linux-x86_64", artifacts: [binary] },
    /^ARTIFACT_INVALID: Cannot put "proxy-linux-x86_64" into the image: it is for linux on aarch64/,
  ],
  [
    "a base that is not there",
    {},
    { base: { file: "base.tar" } },
    {},
    /^PLAN_INVALID: Cannot build upon "base.tar": it is not in the source$/,
  ],
  [
    "a base of another digest",
    { sources: { "base.tar": "x" } },
    { base: { file: "base.tar", digest: `sha256:${"b".repeat(64)}` } },
    {},
    /^ARTIFACT_INVALID: Cannot build upon "base.tar": it is "sha256:a+" and should be "sha256:b+"$/,
  ],
];
for (const [what, of, input, leg, message] of failures) {
  test(`build-image: refuses ${what}`, async () => {
    assert.match(outcome(await build(machine(of), input, leg)), message);
  });
}

test("build-image: a Containerfile that only copies is built for another machine, and one that runs programs where they are emulated", async () => {
  const copies = machine({ sources: copyFile, makes: arm });
  const runs = machine({ sources: { Dockerfile: "FROM debian\nRUN true\n" }, makes: arm, emulator: "qemu-aarch64" });

  assert.match(outcome(await build(copies, {}, { platform: "linux-aarch64" })), /^image /);
  assert.match(outcome(await build(runs, { emulate: "allowed" }, { platform: "linux-aarch64" })), /^image /);
});

test("build-image: a dynamic binary in an image from scratch is a warning", async () => {
  const used = machine({ binaries: { [binary.name]: elf({ headers: ["load", "interpreter"] }) } });

  await build(used, { copy: [{ binary: "command" }] }, { platform: "linux-x86_64", artifacts: [binary] });

  assert.match(used.ports.printed.join("\n"), /^warning: "proxy-linux-x86_64" is started by a loader/m);
});

const containerfiles: readonly (readonly [string, string, string | undefined])[] = [
  ["copies alone", 'FROM scratch\nCOPY a /a\nENTRYPOINT ["/a"]\n', undefined],
  ["a program that is run", "FROM debian\nrun apt-get update\n", "run apt-get update"],
  [
    "a stage that runs on the machine that builds",
    "FROM --platform=$BUILDPLATFORM golang AS b\nRUN go build\nFROM scratch\nCOPY --from=b /a /a\n",
    undefined,
  ],
  [
    "a second stage of the image's own platform",
    "FROM --platform=${BUILDPLATFORM} golang\nRUN go build\nFROM debian\nRUN true\n",
    "RUN true",
  ],
  ["the word in a comment", "FROM scratch\n# RUN true\nCOPY a /a\n", undefined],
  ["the word in a continued line", "FROM scratch\nLABEL a=b \\\n  # words\n  RUN=true\n", undefined],
  ["the word in a text that is copied", "FROM scratch\nCOPY <<EOF /a\nRUN true\nEOF\nCOPY b /b\n", undefined],
  ["a program behind a text that is copied", "FROM debian\nCOPY <<-'EOF' /a\ntext\nEOF\nRUN true\n", "RUN true"],
];
for (const [what, text, found] of containerfiles) {
  test(`build-image: reads a Containerfile with ${what}`, () => {
    assert.equal(foreignRun(text), found);
  });
}

test("build-image: makes one image per package and leg, and takes binaries where `copy` names them", () => {
  const use = aUse<BuildImageInput>({ copy: [{ binary: "command", to: "/a" }] }, around({ platform: "linux-x86_64" }));

  assert.deepEqual(buildImageStep.makes(use), [{ kind: "image", package: "image", countMin: 1, countMax: 1, platform: "linux-x86_64" }]);
  assert.deepEqual(buildImageStep.takes(use), [{ kinds: ["binary"], packages: ["command"] }]);
  assert.deepEqual(buildImageStep.takes(aUse({}, around())), []);
  assert.equal(buildImageStep.describe(use), "build the image owner/proxy for linux-x86_64");
});

const contradictions: readonly (readonly [BuildImageInput, string, RegExp])[] = [
  [{ builder: "command" }, "linux-x86_64", /needs the commands in `run`/],
  [{ builder: "layers" }, "linux-x86_64", /layers needs the files in `copy`/],
  [{ entrypoint: ["/a"] }, "linux-x86_64", /layers needs the files in `copy`/],
  [{ run: "make", builder: "buildah" }, "linux-x86_64", /`run` is of `builder: command`/],
  [{ run: "make", entrypoint: ["/a"] }, "linux-x86_64", /would be passed over/],
  [{ target: "a", entrypoint: ["/a"] }, "linux-x86_64", /are not of one builder/],
  [{ copy: [{ binary: "image" }] }, "linux-x86_64", /"image", which `copy` takes, is no package of ecosystem binary/],
  [{}, "macos-arm64", /"macos-arm64" is not Linux/],
  [{}, "linux-x86_64-static", /ends with "-static"/],
];
for (const [input, platform, message] of contradictions) {
  test(`build-image: cannot be planned with ${JSON.stringify(input)} for ${platform}`, () => {
    assert.throws(() => buildImageStep.makes(aUse(input, around({ platform }))), { code: "PLAN_INVALID", message });
  });
}

for (const to of ["", "/../a", "a/./b"]) {
  test(`build-image: "${to}" is no place in an image`, () => {
    assert.equal(buildImageInput.fits({ copy: [{ from: "a", to }] }), false);
  });
}

test("build-image: preflight says how an image is built, and where a leg can be", async () => {
  const look = (of: Machine, input: BuildImageInput, platform: string) =>
    buildImageStep.preflight(aPlanned(input, around({ platform })), machine(of).ports);

  const fine = await look({ sources: copyFile }, {}, "linux-x86_64");
  const elsewhere = await look({ sources: { Containerfile: "FROM a\nRUN b\n" } }, {}, "linux-aarch64");
  const missing = await look({ sources: copyFile, programs: [] }, {}, "linux-x86_64");

  assert.deepEqual(
    [fine, elsewhere, missing].map(([one]) => [one?.id, one?.level]),
    [
      ["PF-BUILDER", "fine"],
      ["PF-NO-PLACE", "warns"],
      ["PF-TOOL-MISSING", "blocks"],
    ],
  );
  assert.equal(fine[0]?.message, 'The image of "image" is built from "Containerfile" with buildah version 9, for linux/amd64');
});
