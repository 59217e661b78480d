// `npm run demo`: the main job, as a user would do it. Takes the example package into a repository of its own, shows the
// plan, and runs the whole release – built, checked, published, installed back, verified – on the index inside Slipway.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.dirname(import.meta.dirname);
const folder = mkdtempSync(path.join(tmpdir(), "slipway-demo-"));
const project = path.join(folder, "tide");
const state = path.join(folder, "state");

/** Runs a program as a person would, and ends the demonstration where it fails. */
function run(program: string, args: readonly string[], options: { readonly quiet: boolean }): string {
  const ended = spawnSync(program, [...args], {
    cwd: project,
    stdio: ["ignore", options.quiet ? "pipe" : "inherit", "inherit"],
    encoding: "utf8",
  });
  if (ended.status !== 0) process.exit(ended.status ?? 1);
  return ended.stdout ?? "";
}

function slipway(args: readonly string[]): void {
  process.stdout.write(`\n$ slipway ${args.join(" ")}\n`);
  run(process.execPath, [path.join(root, "bin", "slipway.js"), "--state", state, ...args], { quiet: false });
}

cpSync(path.join(root, "examples", "tag-driven"), project, { recursive: true });
run("git", ["init", "--quiet", "--initial-branch=main"], { quiet: true });
run("git", ["add", "--all"], { quiet: true });
run("git", ["-c", "user.name=alice", "-c", "user.email=alice@example.org", "commit", "--quiet", "--message=Tide 0.2.0rc1"], {
  quiet: true,
});

slipway(["plan"]);
slipway(["rehearse"]);
const records = run("find", [state, "-name", "record.json"], { quiet: true }).trim().split("\n");
process.stdout.write(`\nThe record of the rehearsal (${records[0]}):\n`);
process.stdout.write(readFileSync(records[0] ?? "", "utf8"));
