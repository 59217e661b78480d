// A real Gitea for the acceptance tier: built from its own sources with the Go module proxy when it is first needed, kept in
// the user's cache. Seven minutes the first time on two cores, nothing after that.
import { execFileSync } from "node:child_process";
import { copyFileSync, chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The newest whose dependencies the module proxy serves. */
const version = "1.26.0";
const modulePath = "code.gitea.io/gitea";
const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "slipway", "gitea");

export interface GiteaProgram {
  readonly program: string;
  /** Sources of the module: templates and options are read from there. */
  readonly sources: string;
}

/** @throws when there is no Go, or the build fails: a test that needs Gitea is then a failed test */
export function giteaProgram(): GiteaProgram {
  const program = join(folder, `gitea-${version}`);
  const build = join(folder, "src");
  mkdirSync(build, { recursive: true });
  const go = (...args: readonly string[]) =>
    execFileSync("nice", ["-n", "15", "go", ...args], {
      cwd: build,
      encoding: "utf8",
      env: { ...process.env, CGO_ENABLED: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
  if (!existsSync(join(build, "go.mod"))) go("mod", "init", "slipway-test-gitea");
  if (!existsSync(join(folder, "sources.txt"))) {
    go("mod", "download", `${modulePath}@v${version}`);
    writeFileSync(join(folder, "sources.txt"), join(go("env", "GOMODCACHE").trim(), `${modulePath}@v${version}`));
  }
  const sources = readFileSync(join(folder, "sources.txt"), "utf8");
  if (existsSync(program)) return { program, sources };
  writeModule(build, sources);
  const flags = ["-mod=mod", "-tags", "sqlite sqlite_unlock_notify", "-ldflags", `-s -w -X "main.Version=${version}"`];
  go("build", ...flags, "-o", `${program}.new`, modulePath);
  renameSync(`${program}.new`, program);
  return { program, sources };
}

/** Gitea's own module file with another name: `go install` refuses the original for its replace directives. */
function writeModule(build: string, sources: string): void {
  writeFileSync(join(build, "tools.go"), `//go:build tools\n\npackage gitea\n\nimport _ "${modulePath}"\n`);
  copyFileSync(join(sources, "go.sum"), join(build, "go.sum"));
  chmodSync(join(build, "go.sum"), 0o644);
  const own = readFileSync(join(sources, "go.mod"), "utf8")
    .replace(/^module .*$/m, "module slipway-test-gitea")
    .replace(/^tool .*\n/gm, "")
    .replace(/^ignore[\s\S]*?^\)\n/m, "");
  writeFileSync(join(build, "go.mod"), `${own}\nrequire ${modulePath} v${version}\n`);
}
