// The programs of a real Sigstore for the acceptance tier: built from their own sources with the Go module proxy when they are
// first needed, kept in the user's cache. Half an hour the first time on two cores, nothing after that. Versions: the newest that
// build with Go 1.26 (Rekor 1.5.5 asks for a newer one).
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runTool, testTool } from "./test-tools.ts";

/** Go packages by the name of the program. Together means: one module, built by one call. */
const packages = {
  "rekor-server": "github.com/sigstore/rekor/cmd/rekor-server@v1.5.4",
  trillian_log_server: "github.com/google/trillian/cmd/trillian_log_server@v1.8.0",
  trillian_log_signer: "github.com/google/trillian/cmd/trillian_log_signer@v1.8.0",
  createtree: "github.com/google/trillian/cmd/createtree@v1.8.0",
  fulcio: "github.com/sigstore/fulcio@v1.8.8",
  ct_server: "github.com/google/certificate-transparency-go/trillian/ctfe/ct_server@v1.4.0",
  "timestamp-server": "github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server@v2.1.2",
  cosign: "github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3",
} as const;

const trillianModule = "github.com/google/trillian@v1.8.0";

type GoProgram = keyof typeof packages;

const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "slipway", "sigstore");
const bin = join(folder, "bin");

export interface SigstorePrograms {
  /** Absolute path of each. */
  readonly programs: Readonly<Record<GoProgram, string>>;
  /** File with the tables that Trillian keeps logs in. */
  readonly tables: string;
}

/** @throws when there is no Go, or a build fails: a test that needs Sigstore is then a failed test */
export function sigstorePrograms(): SigstorePrograms {
  mkdirSync(bin, { recursive: true });
  const names = Object.keys(packages) as readonly GoProgram[];
  const programs = Object.fromEntries(names.map((name) => [name, builtProgram(name)])) as Record<GoProgram, string>;
  for (const [program, debian] of [["mariadbd", "mariadb-server"], ["mariadb-install-db", "mariadb-server"], ["mariadb", "mariadb-client"], ["openssl", "openssl"]] as const) // prettier-ignore
    assert.equal(spawnSync(program, ["--version"], { stdio: "ignore", env: withSbin }).error, undefined, `There is no "${program}". Install it: apt-get install --no-install-recommends ${debian}`); // prettier-ignore
  const module = join(go("env", "GOMODCACHE").trim(), trillianModule);
  if (!existsSync(module)) go("mod", "download", trillianModule);
  return { programs, tables: join(module, "storage", "mysql", "schema", "storage.sql") };
}

/** The verifier alone. @throws as `sigstorePrograms` */
export function cosignProgram(): string {
  mkdirSync(bin, { recursive: true });
  return builtProgram("cosign");
}

/** Debian has servers where only root's PATH looks. */
export const withSbin = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

function builtProgram(name: GoProgram): string {
  const program = join(bin, name);
  if (!existsSync(program) || !isOf(program, packages[name])) go("install", packages[name]);
  assert.ok(isOf(program, packages[name]), `"${program}" is not what ${packages[name]} builds: remove it`);
  return program;
}

/** Go writes into each program what it was built from. */
function isOf(program: string, wanted: string): boolean {
  const [path = "", version = ""] = wanted.split("@");
  const said = go("version", "-m", program).split("\n").map((line) => line.trim().split("\t")); // prettier-ignore
  const built = said.find(([key]) => key === "mod");
  return said.some(([key, value]) => key === "path" && value === path) && built?.[2] === version;
}

function go(...args: readonly string[]): string {
  const env = { ...process.env, GOBIN: bin, GOFLAGS: "-ldflags=-s" };
  return execFileSync("nice", ["-n", "12", "go", ...args], { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

const requirements = join(import.meta.dirname, "sigstore-requirements.txt");

/** Python with pypi-attestations: an environment of its own, since its pins are nobody else's. @returns its interpreter */
export async function attestationsPython(): Promise<string> {
  const pins = readFileSync(requirements);
  const environment = join(folder, `python-${createHash("sha256").update(pins).digest("hex").slice(0, 16)}`);
  const python = join(environment, "bin", "python");
  if (existsSync(python)) return python;
  const making = `${environment}.new`;
  rmSync(making, { recursive: true, force: true });
  await must("venv", "--quiet", "--relocatable", "--python", testTool("python"), making);
  await must("pip", "install", "--quiet", "--no-deps", "--python", join(making, "bin", "python"), "--requirement", requirements);
  renameSync(making, environment);
  return python;
}

async function must(...args: readonly string[]): Promise<void> {
  const ended = await runTool(testTool("uv"), args, { env: { HOME: homedir() } });
  assert.equal(ended.code, 0, ended.output);
}
