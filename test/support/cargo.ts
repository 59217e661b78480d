// Real cargo for tests: a home of the test's own, pointed at a registry on loopback by source replacement (protocols §4.4), and
// small workspaces to publish.
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { temporaryFolder } from "./temporary-folder.ts";
import { runTool, type Ended } from "./test-tools.ts";

export interface Cargo {
  /** Runs cargo in a folder, with the configuration that puts the registry in the default one's place. */
  run(folder: string, ...args: readonly string[]): Promise<Ended>;
  /** Where `cargo install` puts programs. */
  readonly bin: string;
}

export interface CargoOptions {
  /** Default a token that any rehearsal takes. */
  readonly token?: string;
  /** Default true: crates without a registry of their own come from here. */
  readonly replaces?: boolean;
}

/** @param indexUrl without `sparse+`; the registry is called `rehearsal` */
export function cargoAt(t: Pick<TestContext, "after">, indexUrl: string, options: CargoOptions = {}): Cargo {
  const home = temporaryFolder(t);
  const replacement = options.replaces === false ? "" : '[source.crates-io]\nreplace-with = "rehearsal"\n';
  const configuration = join(home, "rehearsal.toml");
  writeFileSync(configuration, `[registries.rehearsal]\nindex = "sparse+${indexUrl}"\n${replacement}`);
  const env = {
    HOME: home,
    CARGO_HOME: join(home, "cargo"),
    RUSTUP_HOME: process.env["RUSTUP_HOME"] ?? join(homedir(), ".rustup"),
    CARGO_REGISTRIES_REHEARSAL_TOKEN: options.token ?? "any-token",
    CARGO_TARGET_DIR: join(home, "target"),
    CARGO_TERM_COLOR: "never",
  };
  return {
    run: (folder, ...args) => runTool("cargo", ["--config", configuration, ...args], { cwd: folder, env, timeoutMs: 300_000 }),
    bin: join(home, "cargo", "bin"),
  };
}

/** Writes files below a new folder. @param files by path */
export function writeTree(t: Pick<TestContext, "after">, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const common = 'edition = "2021"\ndescription = "A demo"\nlicense = "MIT"\n';

/** Three crates that need one another: a program, what it calls, and what that calls. */
export const threeCrates: Readonly<Record<string, string>> = {
  "Cargo.toml": '[workspace]\nmembers = ["base", "middle", "app"]\nresolver = "2"\n',
  "base/Cargo.toml": `[package]\nname = "slip-base"\nversion = "0.1.0"\n${common}`,
  "base/src/lib.rs": 'pub fn word() -> &\'static str {\n    "slipped"\n}\n',
  "middle/Cargo.toml": `[package]\nname = "slip_middle"\nversion = "0.1.0"\n${common}[dependencies]\nslip-base = { path = "../base", version = "0.1" }\n`,
  "middle/src/lib.rs": "pub fn twice() -> String {\n    slip_base::word().repeat(2)\n}\n",
  "app/Cargo.toml": `[package]\nname = "slip-app"\nversion = "0.1.0"\n${common}[dependencies]\nmiddle = { package = "slip_middle", path = "../middle", version = "0.1.0" }\n`,
  "app/src/main.rs": 'fn main() {\n    println!("{}", middle::twice());\n}\n',
};

/** One crate for each way in which a manifest can say something that the publish request says in another way. */
export const manyShapes: Readonly<Record<string, string>> = {
  "Cargo.toml": `[workspace]
members = ["base", "sys", "renamed", "target", "dev", "inherits", "asks"]
resolver = "2"
[workspace.package]
version = "2.3.4"
authors = ["Ann <ann@example.org>", "Bob"]
license = "MIT OR Apache-2.0"
description = "Inherited words"
keywords = ["inherited"]
repository = "https://example.org/repository"
rust-version = "1.70"
edition = "2021"
readme = "SHARED.md"
[workspace.dependencies]
slip-base = { path = "base", version = "1.2", default-features = false, features = ["one"] }
`,
  "SHARED.md": "# Shared\n",
  "base/Cargo.toml": `[package]
name = "slip-base"
version = "1.2.3"
edition = "2021"
authors = []
description = """
Words on
two lines"""
license = "MIT"
homepage = "https://example.org/"
documentation = "https://example.org/docs"
repository = "https://example.org/repo"
keywords = ["one", "two-2"]
categories = ["command-line-utilities"]
rust-version = "1.56"
[features]
default = ["one"]
one = []
two = ["one"]
[badges]
maintenance = { status = "experimental" }
`,
  "base/README.md": "# Base\n\nWith `ünicode`.\n",
  "base/src/lib.rs": "",
  "sys/Cargo.toml": `[package]
name = "slip-sys"
version = "1.0.0-rc.1+build.5"
edition = "2021"
description = "Links"
license-file = "LICENSE.txt"
links = "slipz"
build = "build.rs"
readme = false
[build-dependencies]
slip-base = { path = "../base", version = "1" }
`,
  "sys/LICENSE.txt": "Do as you like.\n",
  "sys/build.rs": "fn main() {}\n",
  "sys/src/lib.rs": "",
  "renamed/Cargo.toml": `[package]
name = "slip-renamed"
version = "1.0.0"
edition = "2021"
description = "Renames"
license = "MIT"
[dependencies]
ground = { package = "slip-base", path = "../base", version = "1.2", default-features = false, features = ["two", "one"], optional = true }
slip-sys = { path = "../sys", version = "=1.0.0-rc.1", optional = true }
[features]
with-ground = ["dep:ground", "ground?/one"]
slip-sys = ["dep:slip-sys"]
`,
  "renamed/src/lib.rs": "",
  "target/Cargo.toml": `[package]
name = "slip-target"
version = "1.0.0"
edition = "2021"
description = "Platforms"
license = "MIT"
[dependencies]
slip-base = { path = "../base", version = "1.2.3" }
[target.'cfg(any(unix,target_os="windows"))'.dependencies]
slip-base = { path = "../base", version = "1.2.3", features = ["two"] }
[target.'cfg( not(all(windows, target_pointer_width = "64")) )'.build-dependencies]
slip-base = { path = "../base", version = "1" }
[target.x86_64-pc-windows-msvc.dev-dependencies]
slip-base = { path = "../base", version = "^1.2" }
`,
  "target/build.rs": "fn main() {}\n",
  "target/src/lib.rs": "",
  "dev/Cargo.toml": `[package]
name = "slip-dev"
version = "1.0.0"
edition = "2021"
description = "Development"
license = "MIT"
[dependencies]
slip-renamed = { path = "../renamed", version = "1" }
[dev-dependencies]
slip-base = { path = "../base", version = "1.0" }
slip-target = { path = "../target" }
[build-dependencies]
b = { package = "slip-base", path = "../base", version = "1" }
`,
  "dev/build.rs": "fn main() {}\n",
  "dev/src/lib.rs": "",
  "inherits/Cargo.toml": `[package]
name = "slip-inherits"
version.workspace = true
authors.workspace = true
license.workspace = true
description.workspace = true
keywords.workspace = true
repository.workspace = true
rust-version.workspace = true
edition.workspace = true
readme.workspace = true
[dependencies]
slip-base = { workspace = true, features = ["two"], optional = true }
[dev-dependencies]
slip-base.workspace = true
`,
  "inherits/src/lib.rs": "",
  "asks/Cargo.toml": `[package]
name = "slip_asks"
version = "1.0.0"
edition = "2021"
description = "Requirements"
license = "MIT"
readme = "docs/READ.md"
[dependencies]
a = { package = "slip-base", version = ">= 1.0 , <2" }
b = { package = "slip-base", version = "1.*" }
c = { package = "slip-base", version = "~1.2" }
d = { package = "slip-base", version = "1.2.x" }
e = { package = "slip-base", version = "=1.2.3" }
f = { package = "slip-base", version = "1", registry = "rehearsal" }
g = { package = "slip-base", version = ">1.0.0-alpha.1,<=1.9" }
`,
  "asks/docs/READ.md": "Read me.\n",
  "asks/src/lib.rs": "",
};
