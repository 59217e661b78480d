// The launcher with real processes: what it answers itself, which Nodes it refuses, and how it hands over. An old Node is
// a real Node of today that is told to call itself old before the launcher is read.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse, walk } from "../../scripts/support/syntax.ts";

const root = join(import.meta.dirname, "..", "..");
const require = createRequire(import.meta.url);
const nodeRange = require("../../bin/node-range.js") as { readonly range: string; isSupported(version: string): boolean };
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};

/** A copy of what the launcher needs, apart from the repository, so that what is there can be chosen. */
let folder = "";
let old = "";

const program = `
exports.main = async function main(args) {
  if (args[0] === "exit") return Number(args[1]);
  if (args[0] === "echo") for await (const part of process.stdin) process.stdout.write(part);
  if (args[0] === "die") process.kill(process.pid, "SIGKILL");
  if (args[0] === "wait") {
    process.on("SIGTERM", () => { console.log("asked to end"); process.exit(7); });
    console.log("waiting");
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  }
  console.log(JSON.stringify({ args, node: process.versions.node }));
  return 0;
};
`;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway launcher "));
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  copyFileSync(join(root, "package.json"), join(folder, "package.json"));
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", "main.cjs"), program);
  writeFileSync(join(folder, "dist", "help.txt"), "help\n");
  old = join(folder, "old.cjs");
  writeFileSync(old, `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`);
});

after(() => rmSync(folder, { recursive: true, force: true }));

const launcher = () => join(folder, "bin", "slipway.js");

function run(args: readonly string[], how: { readonly old?: boolean; readonly input?: string } = {}) {
  const words = [...(how.old === true ? ["--require", old] : []), launcher(), ...args];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", input: how.input ?? "" });
  return { status, signal, stdout, stderr };
}

/** What the program printed when it was handed over to. */
function handed(stdout: string): { readonly args: readonly string[]; readonly node: string } {
  return JSON.parse(stdout) as ReturnType<typeof handed>;
}

/** Puts the development Node where `npm ci` puts it. */
function makeCheckout(): void {
  mkdirSync(join(folder, "tooling", "node"), { recursive: true });
  writeFileSync(join(folder, "tooling", "node", "package.json"), "{}");
  const bin = join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, "node"));
}

describe("the launcher on a Node in the range", () => {
  it("prints the version of package.json", () => {
    assert.deepEqual(run(["--version"]), { status: 0, signal: null, stdout: `slipway ${manifest.version}\n`, stderr: "" });
  });

  it("prints the help that was built, also for no words at all", () => {
    for (const args of [["--help"], ["-h"], []]) assert.equal(run(args).stdout, "help\n");
  });

  it("loads nothing but itself for that", () => {
    const hook = join(folder, "loaded.cjs");
    writeFileSync(
      hook,
      `process.on("exit", () => console.error(Object.keys(require.cache).map((file) => require("path").basename(file)).join()));`,
    );
    const { stderr } = spawnSync(process.execPath, ["--require", hook, launcher(), "--help"], { encoding: "utf8" });
    assert.equal(stderr, "loaded.cjs,slipway.js,node-range.js\n");
  });

  it("hands over words and exit status", () => {
    assert.deepEqual(handed(run(["plan", "a b", "--help"]).stdout), { args: ["plan", "a b", "--help"], node: process.versions.node });
    assert.equal(run(["exit", "6"]).status, 6);
  });

  it("is quiet when nobody reads the answer to its end", () => {
    const script = `"${process.execPath}" "${launcher()}" --help | true; exit "\${PIPESTATUS[0]}"`;
    const { status, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
  });

  it("runs the program itself for the help where no text was built", () => {
    rmSync(join(folder, "dist", "help.txt"));
    try {
      assert.deepEqual(handed(run(["--help"]).stdout).args, ["--help"]);
    } finally {
      writeFileSync(join(folder, "dist", "help.txt"), "help\n");
    }
  });
});

describe("the launcher on a Node that is too old", () => {
  it("says so and attempts nothing, where there is no other Node", () => {
    const { status, stdout, stderr } = run(["plan"], { old: true });
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(
      stderr,
      "error[NODE_TOO_OLD]: Cannot run on Node 20.20.2: Slipway needs Node ^24.15.0 || >=26.0.0\n\nhint: install Node 24.15 or newer, then run the same command again\n",
    );
  });

  describe("in a development checkout", () => {
    before(makeCheckout);

    it("goes on with the Node of the checkout", () => {
      assert.deepEqual(handed(run(["plan", "x"], { old: true }).stdout), { args: ["plan", "x"], node: process.versions.node });
    });

    it("passes standard input and exit status on", () => {
      assert.match(run(["echo"], { old: true, input: "some input\n" }).stdout, /^some input\n/);
      assert.equal(run(["exit", "5"], { old: true }).status, 5);
    });

    it("dies of the signal that the program died of", () => {
      assert.equal(run(["die"], { old: true }).signal, "SIGKILL");
    });

    it("passes a signal on to the program", async () => {
      const child = spawn(process.execPath, ["--require", old, launcher(), "wait"], { stdio: ["ignore", "pipe", "inherit"] });
      let printed = "";
      const code = await new Promise((resolve) => {
        child.on("close", resolve);
        child.stdout.on("data", (bytes: Buffer) => {
          printed += bytes.toString();
          if (printed === "waiting\n") child.kill("SIGTERM");
        });
      });
      assert.deepEqual([code, printed], [7, "waiting\nasked to end\n"]);
    });

    it("still answers for the version itself", () => {
      assert.equal(run(["--version"], { old: true }).stdout, `slipway ${manifest.version}\n`);
    });
  });
});

describe("the range of Nodes", () => {
  it("is the one that package.json states", () => {
    assert.equal(nodeRange.range, manifest.engines.node);
  });

  for (const version of ["24.15.0", "24.21.0", "26.0.0", "26.10.0", "27.0.0", "30.1.2"]) {
    it(`holds ${version}`, () => assert.ok(nodeRange.isSupported(version)));
  }

  for (const version of ["0.12.18", "12.22.12", "18.20.4", "20.20.2", "22.23.3", "23.11.0", "24.0.0", "24.14.9", "25.9.0"]) {
    it(`does not hold ${version}`, () => assert.ok(!nodeRange.isSupported(version)));
  }
});

describe("the files that old Nodes read", () => {
  const files = ["bin/slipway.js", "bin/node-range.js", "scripts/node.cjs"];
  const modern = new Set([
    "ChainExpression",
    "ClassDeclaration",
    "ClassExpression",
    "MetaProperty",
    "ImportDeclaration",
    "StaticBlock",
    "PrivateIdentifier",
  ]);

  for (const path of files) {
    it(`${path} has only the syntax and the modules of Node 12`, () => {
      const { program: tree, errors } = parse({ path, text: readFileSync(join(root, path), "utf8") });
      const found: string[] = [...errors];
      walk(tree, (node) => {
        if (modern.has(node.type)) found.push(node.type);
        if (node.type === "LogicalExpression" && node.operator === "??") found.push("??");
        if (node.type === "AssignmentExpression" && /^(?:\?\?|\|\||&&)=$/.test(node.operator)) found.push(node.operator);
        if (node.type === "Literal" && typeof node.value === "string" && node.value.startsWith("node:")) found.push(node.value);
      });
      assert.deepEqual(found, []);
    });
  }

  it("are CommonJS to every Node", () => {
    const nearest = JSON.parse(readFileSync(join(dirname(join(root, "bin", "slipway.js")), "package.json"), "utf8")) as {
      readonly type: string;
    };
    assert.equal(nearest.type, "commonjs");
  });
});
