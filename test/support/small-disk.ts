// A disk of a test's own that can be full: a tmpfs. Root mounts it; anybody else gets it in a name space of their own,
// which programs enter. Where neither can be had the test fails and says so.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { testTool } from "./test-tools.ts";

export interface SmallDisk {
  readonly folder: string;
  /** Words before a program that should see the disk. */
  through(cwd: string): readonly string[];
  /** Leaves so much free, and not one byte where it is 0. */
  fill(leaveMiB: number): void;
  makeRoom(): void;
}

export async function smallDisk(context: TestContext, sizeMiB: number): Promise<SmallDisk> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "slipway disk ")));
  const through = mountHere(context, folder, sizeMiB) ?? (await mountApart(context, folder, sizeMiB));
  assert.ok(
    through !== undefined,
    "Cannot mount a tmpfs, as root or in a user name space: run the tests where one of both is allowed (docker: --privileged)",
  );
  const python = (...words: readonly string[]): void => {
    const [program = "", ...args] = [...through(folder), testTool("python"), "-c", ...words];
    const ended = spawnSync(program, args, { encoding: "utf8" });
    assert.equal(ended.status, 0, `${ended.stdout}${ended.stderr}`);
  };
  return {
    folder,
    through,
    fill: (leaveMiB) => python(filling, folder, String(leaveMiB)),
    makeRoom: () => python("import os, sys; os.unlink(os.path.join(sys.argv[1], 'filler'))", folder),
  };
}

const filling = `
import os, sys
folder, leave = sys.argv[1], int(sys.argv[2]) << 20
with open(os.path.join(folder, "filler"), "ab", buffering=0) as filler:
    for size in (1 << 20, 4096):
        while leave == 0 or os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize > leave:
            try:
                filler.write(b"x" * size)
            except OSError:
                break
`;

function mountHere(context: TestContext, folder: string, sizeMiB: number): SmallDisk["through"] | undefined {
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMiB}m`, "tmpfs", folder]);
  if (mounted.status !== 0) return undefined;
  context.after(() => {
    spawnSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return () => [];
}

/** A process holds the name space for as long as the test runs. */
async function mountApart(context: TestContext, folder: string, sizeMiB: number): Promise<SmallDisk["through"] | undefined> {
  const script = 'mount -t tmpfs -o "size=$1m" tmpfs "$2" && echo mounted && exec sleep 3600';
  const holder = spawn("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", String(sizeMiB), folder], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  context.after(() => {
    holder.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const [said] = (await Promise.race([
    once(holder.stdout, "data"),
    once(holder, "close").then(() => [""]),
    once(holder, "error").then(() => [""]),
  ])) as [unknown];
  if (!String(said).includes("mounted")) return undefined;
  return (cwd) => [
    "nsenter",
    "--target",
    String(holder.pid),
    "--user",
    "--mount",
    "--preserve-credentials",
    "sh",
    "-c",
    'cd "$0" && exec "$@"',
    cwd,
  ];
}
