// `build-image` with the real buildah, from Debian: from scratch for this machine and another, with `RUN` on this one, twice
// with the same digest, and nothing left behind. skopeo reads what came out.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { z } from "zod";
import { buildImageStep } from "../../src/steps/build-image/build-image.ts";
import { buildImageInput, type BuildImageInput } from "../../src/steps/build-image/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { elf } from "../support/executables.ts";
import { systemProgram } from "../support/image-programs.ts";
import { aFrozen, anArtifact, aPackage, aPlannedStep } from "../support/ports.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";
import { runTool } from "../support/test-tools.ts";

const path = (process.env["PATH"] ?? "").split(delimiter);
const step = aPlannedStep({ timeoutMs: 300_000 });
const packages = [
  aPackage({ id: "image", ecosystem: "oci", name: "slip/proxy", version: "1.2.0" }),
  aPackage({ id: "command", ecosystem: "binary", name: "proxy", version: "1.2.0" }),
];
const copies = 'FROM scratch\nCOPY proxy /proxy\nENTRYPOINT ["/proxy"]\n';

async function portsWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<RealPorts> {
  systemProgram("buildah", "apt-get install --no-install-recommends buildah");
  const ports = await realPorts(t, { path });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ports.workFolder, name)), { recursive: true });
    writeFileSync(join(ports.workFolder, name), text);
  }
  for (const [name, machine] of [["proxy-linux-x86_64", 62] as const, ["proxy-linux-aarch64", 183] as const]) {
    writeFileSync(join(ports.root, name), elf({ machine }), { mode: 0o444 });
  }
  return { ...ports, artifactFile: ({ name }) => join(ports.root, name) };
}

async function build(ports: RealPorts, platform: string, input: BuildImageInput): Promise<Worked> {
  const artifacts = ["linux-x86_64", "linux-aarch64"].map((one) =>
    anArtifact("binary", `proxy-${one}`, { package: "command", platform: one }),
  );
  return buildImageStep.perform(aFrozen(buildImageInput.zod(z).parse(input), { packages, leg: { platform }, artifacts, step }), ports);
}

function digestOf(worked: Worked): string {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const output =
    worked.kind === "done"
      ? (worked.output as { readonly images: readonly { readonly digest: string; readonly warnings: unknown }[] })
      : undefined;
  assert.deepEqual(output?.images[0]?.warnings, []);
  return output.images[0]?.digest ?? "";
}

async function inspect(ports: RealPorts, worked: Worked): Promise<unknown> {
  const file = worked.kind === "done" ? (worked.artifacts[0]?.file ?? "") : "";

  const read = await runTool(systemProgram("skopeo", "apt-get install skopeo"), ["inspect", "--config", "oci-archive:image.tar"], {
    cwd: await linkTo(ports, file),
    env: { HOME: ports.root },
  });
  assert.equal(read.code, 0, read.output);
  return JSON.parse(read.output);
}

async function linkTo(ports: RealPorts, file: string): Promise<string> {
  const folder = join(ports.root, "inspected");
  await ports.files.copy(file, join(folder, "image.tar"));
  return folder;
}

describe("build-image with buildah", () => {
  test("an image from scratch is built for another machine, with a binary of the release, its labels, and one digest twice", async (t) => {
    const input: BuildImageInput = { builder: "buildah", copy: [{ binary: "command" }], labels: { own: "1" } };
    const digests: string[] = [];
    for (const _round of [1, 2]) {
      const ports = await portsWith(t, { Containerfile: copies });
      const worked = await build(ports, "linux-aarch64", input);
      digests.push(digestOf(worked));
      const config = (await inspect(ports, worked)) as { readonly architecture: string; readonly config: Record<string, unknown> };
      assert.equal(config.architecture, "arm64");
      assert.deepEqual(config.config["Entrypoint"], ["/proxy"]);
      assert.equal((config.config["Labels"] as Record<string, string>)["org.opencontainers.image.version"], "1.2.0");
      assert.deepEqual(
        readdirSync(join(ports.env["HOME"] ?? "")).filter((name) => name === ".local" || name === ".config"),
        [],
      );
    }
    assert.equal(digests[0], digests[1]);
  });

  test("programs are run where the leg is this machine's, and are refused where it is not", async (t) => {
    const ports = await portsWith(t, {
      Containerfile: 'FROM scratch\nCOPY tool /tool\nRUN ["/tool"]\n',
      "source/go.mod": "module example.org/tool\n\ngo 1.21\n",
      "source/main.go": 'package main\n\nimport "os"\n\nfunc main() { os.WriteFile("/made", []byte("made"), 0o644) }\n',
    });
    const cwd = join(ports.workFolder, "source");
    const compiled = await runTool("go", ["build", "-o", join(ports.workFolder, "tool"), "."], {
      cwd,
      env: { ...ports.env, CGO_ENABLED: "0" },
    });
    assert.equal(compiled.code, 0, compiled.output);

    const here = await build(ports, "linux-x86_64", {});
    const elsewhere = await build(ports, "linux-aarch64", {});

    assert.match(digestOf(here), /^sha256:/);
    const config = (await inspect(ports, here)) as { readonly rootfs: { readonly diff_ids: readonly string[] } };
    assert.equal(config.rootfs.diff_ids.length, 1);
    assert.match(elsewhere.kind === "failed" ? elsewhere.message : "", /has `RUN \["\/tool"\]`, which runs programs of that machine/);
    assert.equal(elsewhere.kind === "failed" && elsewhere.code, "NO_PLACE");
  });

  test("a build that fails says what buildah said", async (t) => {
    const ports = await portsWith(t, { Containerfile: "FROM scratch\nCOPY gone /gone\n" });

    const worked = await build(ports, "linux-x86_64", {});

    assert.match(worked.kind === "failed" ? worked.message : "", /ended with exit status \d+ instead of 0; it printed last:[\s\S]*gone/);
  });
});
