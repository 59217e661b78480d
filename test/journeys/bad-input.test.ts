// What a release meets on a bad day, by the real program: no network, a full disk, wheels that lie, a dirty tree, things
// that are missing or taken, a plan that changed. Each ends with a clear error, its code and its exit status; nothing is
// lost, nothing is half done, and once the cause is mended the same command finishes.
import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { edit, makeBed, pointAt, readReport, startIndex, told, type Bed, type BedOptions, type Ended } from "../support/bed.ts";
import { fastClock } from "../support/fast-clock.ts";
import { runInProcess } from "../support/in-process.ts";
import { clientOf, never, uploadOf } from "../support/pypi.ts";
import { describedAs, handOn, prebuiltName, prebuiltProject, prebuiltTokens, type PrebuiltOptions } from "../support/prebuilt-project.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { sdist, type SdistLies } from "../support/sdist.ts";
import { smallDisk } from "../support/small-disk.ts";
import { freePort } from "../support/test-tools.ts";
import { wheel, type BuiltFile, type WheelLies } from "../support/wheel.ts";

const names = ["testpypi", "pypi"] as const;
type Name = (typeof names)[number];

interface Place {
  readonly bed: Bed;
  readonly folder: string;
  readonly indexes: Record<Name, RehearsalPypi>;
}

interface PlaceOptions extends PrebuiltOptions, Pick<BedOptions, "folderName" | "through"> {
  readonly faults?: Partial<Record<Name, string>>;
  readonly prepare?: (project: string, folder: string) => void;
}

async function open(context: TestContext, options: PlaceOptions = {}): Promise<Place> {
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-bad-"));
  const indexAt = (name: Name): Promise<RehearsalPypi> => {
    const faults = options.faults?.[name];
    return startIndex(path.join(folder, "index", name), { ours: [prebuiltName], ...(faults === undefined ? {} : { faults }) });
  };
  const indexes = { testpypi: await indexAt("testpypi"), pypi: await indexAt("pypi") };
  const bed = makeBed({
    example: prebuiltProject(options),
    tag: `v${options.version ?? "1.0.0"}`,
    ...(options.folderName === undefined ? {} : { folderName: options.folderName }),
    ...(options.through === undefined ? {} : { through: options.through }),
    prepare: (project) => {
      pointAt(project, { testpypi: { url: indexes.testpypi.uploadUrl }, pypi: { url: indexes.pypi.uploadUrl } });
      options.prepare?.(project, folder);
    },
  });
  context.after(async () => {
    for (const name of names) await indexes[name].close();
    bed.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  return { bed, folder, indexes };
}

const uploads = (place: Place): number => names.reduce((sum, name) => sum + place.indexes[name].received().length, 0);

function checkComplete(ended: Ended, place: Place): void {
  assert.equal(ended.code, 0, told(ended));
  const { files } = readReport(ended);
  assert.equal(files.length, 4);
  for (const { registry, name, sha256 } of files) {
    const received = place.indexes[registry as Name].received().find((file) => file.name === name);
    assert.deepEqual([received?.stored, received?.sha256], [1, sha256], `${name} at ${registry}`);
  }
}

describe("no network", () => {
  test(
    "registries that cannot be reached are named, nothing is lost, and the same command finishes once they can",
    { timeout: 120_000 },
    async (context) => {
      const { bed } = await open(context);
      const folder = mkdtempSync(path.join(tmpdir(), "slipway-unreachable-"));
      const ports = { testpypi: await freePort(), pypi: await freePort() };
      const addressOf = (name: Name) => ({
        uploadUrl: `http://127.0.0.1:${ports[name]}/legacy/`,
        indexUrl: `http://127.0.0.1:${ports[name]}/simple/`,
      });
      const registries = { testpypi: addressOf("testpypi"), pypi: addressOf("pypi") };
      // The program looks for some minutes before it gives up; here they pass quickly.
      const clock = fastClock(200);
      const run = () =>
        runInProcess({
          bed,
          state: path.join(folder, "state"),
          clock,
          registries,
          tokens: {},
          client: { settleMs: 1_000 },
          env: prebuiltTokens,
        });

      const { report } = await run();

      assert.ok([1, 5].includes(report.exitCode), report.sentence);
      assert.match(report.sentence, new RegExp(`http://127\\.0\\.0\\.1:${ports.testpypi}/simple/.*refused the connection`));
      assert.deepEqual(
        report.files.filter((file) => file.outcome !== "not-published"),
        [],
      );
      assert.ok(
        report.findings.some((finding) => finding.level === "cannot-be-tried" && finding.message.includes("refused the connection")),
      );

      const indexes = await Promise.all(
        names.map((name) => startIndex(path.join(folder, name), { ours: [prebuiltName], port: ports[name] })),
      );
      context.after(() => Promise.all(indexes.map((index) => index.close())));
      const again = await run();

      assert.equal(again.report.exitCode, 0, again.report.sentence);
      assert.equal(again.report.run, report.run);
      assert.deepEqual(
        indexes.map((index) => index.received().map((file) => file.stored)),
        [
          [1, 1],
          [1, 1],
        ],
      );
    },
  );

  test(
    "a build that cannot fetch its backend says so, and the same command finishes once it can",
    { timeout: 240_000 },
    async (context) => {
      const place = await open(context, {
        steps:
          "  build: { uses: build-wheel }\n  testpypi: { uses: publish, environment: testpypi }\n  pypi: { uses: publish, environment: pypi }\n",
        prepare: (project) => {
          mkdirSync(path.join(project, "slipway_example_reed"));
          writeFileSync(path.join(project, "slipway_example_reed", "__init__.py"), "");
          writeFileSync(path.join(project, "README.md"), "# Reed\n");
          edit(project, "pyproject.toml", (text) => `${text}readme = "README.md"\n`);
        },
      });
      const { bed } = place;
      const closed = `http://127.0.0.1:${await freePort()}/simple/`;
      const offline = {
        UV_DEFAULT_INDEX: closed,
        UV_INDEX_URL: closed,
        PIP_INDEX_URL: closed,
        XDG_CACHE_HOME: path.join(place.folder, "cache"),
        UV_CACHE_DIR: path.join(place.folder, "cache", "uv"),
      };

      const failed = await bed.slipway(["run", "--json"], { ...prebuiltTokens, ...offline });

      assert.equal(failed.code, 1, told(failed));
      assert.match(readReport(failed).sentence, /Step "build" failed/);
      assert.match(readReport(failed).sentence, /hatchling|connect|Connection refused/i);
      assert.equal(uploads(place), 0);
      checkComplete(await bed.slipway(["run", "--json"], prebuiltTokens), place);
    },
  );
});

/** Preflight wants 200 MiB. */
const diskMiB = 260;

describe("a full disk", () => {
  test(
    "one that is full from the start, or has too little room, is named before anything is sent",
    { timeout: 120_000 },
    async (context) => {
      const disk = await smallDisk(context, diskMiB);
      const place = await open(context, { through: disk.through });
      const run = () => place.bed.slipway(["--state", path.join(disk.folder, "state"), "run", "--json"], prebuiltTokens);
      disk.fill(0);

      const full = await run();
      disk.makeRoom();
      disk.fill(100);
      const narrow = await run();
      disk.makeRoom();

      assert.equal(full.code, 5, told(full));
      assert.equal(readReport(full).code, "STORAGE_FAILED");
      assert.ok(full.stderr.includes(disk.folder), full.stderr);
      assert.match(full.stderr, /hint.*[Mm]ake room/s);
      assert.equal(narrow.code, 1, told(narrow));
      assert.match(readReport(narrow).sentence, /MiB are free in/);
      assert.equal(uploads(place), 0);
      checkComplete(await run(), place);
    },
  );

  test(
    "one that fills up while a step works ends the run with 5, and with room the same command finishes",
    { timeout: 120_000 },
    async (context) => {
      const disk = await smallDisk(context, diskMiB);
      const once = `import os, sys\nmark = sys.argv[1] + "/filled"\nif os.path.exists(mark):\n    sys.exit(0)\nopen(mark, "w").close()\nwith open(sys.argv[1] + "/filler", "ab", buffering=0) as filler:\n    for size in (1 << 20, 4096):\n        try:\n            while True:\n                filler.write(b"x" * size)\n        except OSError:\n            pass\n`;
      const place = await open(context, {
        through: disk.through,
        steps:
          `  fill: { run: python3 fill.py "${disk.folder}" }\n${handOn}  testpypi: { uses: publish, environment: testpypi }\n  pypi: { uses: publish, environment: pypi }\n`
            .replace('"', "'")
            .replace('" }', "' }"),
        prepare: (project) => writeFileSync(path.join(project, "fill.py"), once),
      });
      const run = () => place.bed.slipway(["--state", path.join(disk.folder, "state"), "run", "--json"], prebuiltTokens);

      const full = await run();

      assert.equal(full.code, 5, told(full));
      assert.equal(readReport(full).code, "STORAGE_FAILED");
      assert.equal(uploads(place), 0);
      disk.makeRoom();
      checkComplete(await run(), place);
    },
  );

  test(
    "one that fills up while a file is sent ends the run with 5; with room the same command finishes, and sends no byte twice",
    { timeout: 120_000 },
    async (context) => {
      const disk = await smallDisk(context, diskMiB);
      const place = await open(context, { through: disk.through, faults: { pypi: "slow-loris:upload*1=4000ms" } });
      const args = ["--state", path.join(disk.folder, "state"), "run", "--json"];
      const running = place.bed.start(args, prebuiltTokens);
      for (let tries = 0; place.indexes.pypi.received().length === 0 && tries < 1200; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 50));
      disk.fill(0);

      const full = await running.ended;

      assert.equal(full.code, 5, told(full));
      assert.equal(readReport(full).code, "STORAGE_FAILED");
      assert.match(
        full.stderr,
        /public now: slipway_example_reed-1\.0\.0-py3-none-any\.whl at testpypi, slipway_example_reed-1\.0\.0\.tar\.gz at testpypi \(2 of 4 files\); sent, and not known yet: slipway_example_reed-1\.0\.0-py3-none-any\.whl at pypi/,
      );
      disk.makeRoom();
      checkComplete(await place.bed.slipway(args, prebuiltTokens), place);
    },
  );
});

const of = describedAs("1.0.0");
const module = "slipway_example_reed";
const lyingWheel = (lies: WheelLies): BuiltFile => wheel({ ...of, lies });
const lyingSdist = (lies: SdistLies): BuiltFile => sdist({ ...of, lies });

const lies: readonly (readonly [what: string, built: BuiltFile, said: RegExp])[] = [
  ["another digest in RECORD", lyingWheel({ recordWrongDigest: [`${module}/__init__.py`] }), /RECORD/],
  ["a member that RECORD does not list", lyingWheel({ extraMembers: [{ path: "evil.py", content: "x" }] }), /"evil\.py"/],
  ["other tags than its name has", lyingWheel({ wheelTags: ["cp312-cp312-manylinux_2_17_x86_64"] }), /tags/],
  ["another name in METADATA", lyingWheel({ metadataName: "requests" }), /"requests"/],
  ["another version in METADATA", lyingWheel({ metadataVersion: "9.9" }), /"9\.9"/],
  ["a second central directory", lyingWheel({ zip: { secondEnd: true } }), /zip|end/i],
  [
    "a member under another name in its local header",
    lyingWheel({ members: { [`${module}/__init__.py`]: { kind: "local-name", name: "evil.py" } } }),
    /local header/,
  ],
  ["a member outside of every folder", lyingWheel({ extraMembers: [{ path: "../../evil.py", content: "x" }] }), /evil\.py/],
  ["a tag that is refused", wheel({ ...of, tag: "cp312-cp312-linux_x86_64" }), /linux_x86_64/],
  ["bytes after its gzip data", lyingSdist({ trailing: Buffer.from("x") }), /gzip/],
  [
    "a link out of the sdist",
    lyingSdist({ extraMembers: [{ path: `${module}-1.0.0/link`, type: "2", linkTo: "../../etc/passwd" }] }),
    /link/,
  ],
  ["no PKG-INFO", lyingSdist({ withoutPkgInfo: true }), /PKG-INFO/],
];

describe("a file that lies is refused before anything is sent", { concurrency: 2 }, () => {
  for (const [what, built, said] of lies) {
    test(what, { timeout: 60_000 }, async (context) => {
      const isWheel = built.name.endsWith(".whl");
      const place = await open(context, { built: isWheel ? [built, sdist(of)] : [wheel(of), built] });

      const ended = await place.bed.slipway(["run", "--json"], prebuiltTokens);

      assert.equal(ended.code, 1, told(ended));
      const report = readReport(ended);
      assert.equal(report.code, "ARTIFACT_INVALID", report.sentence);
      assert.match(report.sentence, said);
      assert.equal(uploads(place), 0);
    });
  }
});

describe("what preflight finds is said before anything is sent", { concurrency: 2 }, () => {
  test("a credential that is missing", (context) =>
    blocked(context, {}, { env: { TESTPYPI_TOKEN: prebuiltTokens.TESTPYPI_TOKEN }, code: 4, said: /PYPI_TOKEN is not set/ }));

  test("a program that is missing", (context) =>
    blocked(context, { steps: `  check: { run: no-such-program --version }\n${prebuiltSteps}` }, { code: 1, said: /"no-such-program"/ }));

  for (const [what, credentials, code, said] of [
    ["an identity that nobody vouches for", "trusted-publishing", 4, /No identity opens "pypi" .* without a token/],
    ["a way to log in that this version cannot do", "forge", 2, /the forge's credential, which this version of Slipway does not do yet/],
  ] as const) {
    test(what, (context) =>
      blocked(
        context,
        {
          environments: `  testpypi: { registry: testpypi, credentials: { token: TESTPYPI_TOKEN }, test: true }\n  pypi: { registry: pypi, credentials: ${credentials} }\n`,
        },
        { code, said },
      ),
    );
  }

  test("a slipway.yaml that is not committed", (context) =>
    blocked(
      context,
      {},
      {
        before: ({ bed }) => edit(bed.project, "slipway.yaml", (text) => `${text}# more\n`),
        code: 1,
        said: /slipway\.yaml differs from the commit/,
      },
    ));

  test("a version that is taken", (context) =>
    blocked(
      context,
      {},
      {
        before: async ({ indexes, folder }) => {
          const theirs = wheel({ ...of, summary: "Somebody else's" });
          const sent = await clientOf(indexes.pypi).publish(
            uploadOf(folder, of, theirs),
            createCredential("__token__", prebuiltTokens.PYPI_TOKEN),
            never,
          );
          assert.equal(sent.kind, "sent");
        },
        code: 6,
        said: /slipway-example-reed 1\.0\.0 .*pypi.*already|pypi has 1 file/,
        uploads: 1,
      },
    ));

  test("a version that the index would never take", { timeout: 60_000 }, async (context) => {
    const place = await open(context, { version: "1.0.0+local.1" });
    const { indexes, bed } = place;
    const { report } = await runInProcess({
      bed,
      state: bed.state,
      clock: fastClock(10),
      registries: indexes,
      tokens: {},
      client: { settleMs: 1_000 },
      env: prebuiltTokens,
    });

    assert.equal(report.exitCode, 1, report.sentence);
    assert.match(report.sentence, /local part "\+local\.1"/);
    assert.equal(uploads(place), 0);
  });
});

const prebuiltSteps = `${handOn}  testpypi: { uses: publish, environment: testpypi }\n  pypi: { uses: publish, environment: pypi }\n`;

interface Blocked {
  readonly env?: Readonly<Record<string, string>>;
  readonly before?: (place: Place) => unknown;
  readonly code: number;
  readonly said: RegExp;
  /** Files that the test itself put there. */
  readonly uploads?: number;
}

async function blocked(context: TestContext, options: PlaceOptions, expected: Blocked): Promise<void> {
  const place = await open(context, options);
  await expected.before?.(place);

  const ended = await place.bed.slipway(["run", "--json"], expected.env ?? prebuiltTokens);

  assert.equal(ended.code, expected.code, told(ended));
  const report = readReport(ended);
  assert.equal(report.standing, "blocked");
  assert.match(report.sentence, expected.said);
  assert.deepEqual(
    report.steps.filter((step) => step.state !== "pending"),
    [],
  );
  assert.equal(uploads(place), expected.uploads ?? 0);
}

test(
  "a dirty tree is the same to the byte and the nanosecond after init, plan, rehearse and run",
  { timeout: 120_000 },
  async (context) => {
    const place = await open(context);
    const { bed } = place;
    dirty(bed);
    const before = snapshot(bed.project);

    for (const args of [["plan"], ["init", "--print"], ["rehearse", "--json"], ["run", "--json"], ["status"], ["verify"], ["doctor"]]) {
      const ended = await bed.slipway(args, prebuiltTokens);
      assert.ok(args[0] === "doctor" || ended.code === 0, told(ended));
      assert.deepEqual(changes(before, snapshot(bed.project)), [], args.join(" "));
    }
    checkComplete(await bed.slipway(["run", "--json"], prebuiltTokens), place);

    const init = await bed.slipway(["init", "--yes"]);
    assert.equal(init.code, 0, told(init));
    assert.deepEqual(changes(before, snapshot(bed.project)).toSorted(), [".", "slipway.yaml", "slipway.yaml.old"]);
    assert.equal(readFileSync(path.join(bed.project, "slipway.yaml.old"), "utf8"), before.get("slipway.yaml")?.content);
  },
);

/** Everything that a tree can be besides clean, without a word to slipway.yaml. */
function dirty({ project, git }: Bed): void {
  edit(project, "pyproject.toml", (text) => `${text}\n# changed, and not committed\n`);
  writeFileSync(path.join(project, "staged.txt"), "staged\r\n");
  git("add", "staged.txt");
  writeFileSync(path.join(project, "staged.txt"), "staged, then changed\n");
  writeFileSync(path.join(project, ".gitignore"), "ignored/\n");
  for (const folder of ["ignored", "build", "dist", "empty", "ünversioned folder"]) mkdirSync(path.join(project, folder));
  for (const file of ["ignored/cache", "build/left over", "dist/old-0.1.tar.gz", "ünversioned folder/ä"])
    writeFileSync(path.join(project, file), file);
  writeFileSync(path.join(project, "tool"), "#!/bin/sh\n");
  chmodSync(path.join(project, "tool"), 0o750);
  symlinkSync("nowhere", path.join(project, "dangling"));
}

interface Seen {
  readonly content: string;
  readonly stat: string;
}

/** The work tree, and of git's own folder what users would miss: HEAD, index, refs, configuration, hooks, stash. */
function snapshot(project: string): ReadonlyMap<string, Seen> {
  const all = readdirSync(project, { recursive: true, encoding: "utf8" }).filter((file) => !file.startsWith(`.git${path.sep}objects`));
  return new Map(
    ["", ...all].map((file) => {
      const at = path.join(project, file);
      const { mode, size, mtimeNs, ino } = lstatSync(at, { bigint: true });
      const isFile = (mode & 0o170000n) === 0o100000n;
      const isLink = (mode & 0o170000n) === 0o120000n;
      const content = isFile ? readFileSync(at, "latin1") : isLink ? readlinkSync(at) : "";
      return [
        file === "" ? "." : file,
        { content: isFile ? Buffer.from(content, "latin1").toString("utf8") : content, stat: `${mode} ${size} ${mtimeNs} ${ino}` },
      ];
    }),
  );
}

function changes(before: ReadonlyMap<string, Seen>, now: ReadonlyMap<string, Seen>): readonly string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (file) => before.get(file)?.content !== now.get(file)?.content || before.get(file)?.stat !== now.get(file)?.stat,
  );
}

test(
  "a plan that changed says the fields and ends with 7; --mend goes on with the bytes that are public",
  { timeout: 120_000 },
  async (context) => {
    // The build gives other bytes each time: a second one could never be taken for the first.
    const variants = ["first", "second", "third"].map((summary) => [wheel({ ...of, summary }), sdist({ ...of, summary })]);
    const place = await open(context, {
      built: [],
      steps: prebuiltSteps.replace('run: "true"', "run: python3 build.py"),
      faults: { pypi: "expired-token*1" },
      prepare: (project, folder) => {
        variants.forEach((files, at) => {
          mkdirSync(path.join(project, "variants", String(at)), { recursive: true });
          for (const file of files) writeFileSync(path.join(project, "variants", String(at), file.name), file.bytes);
        });
        writeFileSync(
          path.join(project, "build.py"),
          `import os, shutil\ncount = ${JSON.stringify(path.join(folder, "builds"))}\ntimes = os.path.getsize(count) if os.path.exists(count) else 0\nopen(count, "a").write("x")\nshutil.copytree("variants/%d" % times, "built")\n`,
        );
      },
    });
    const { bed } = place;
    const failed = await bed.slipway(["run", "--json"], prebuiltTokens);
    assert.equal(failed.code, 4, told(failed));
    const [expectedWheel, expectedSdist] = variants[0] ?? [];
    const expected = [expectedWheel?.sha256, expectedSdist?.sha256];
    assert.deepEqual(
      readReport(failed).files.map((file) => file.sha256),
      [...expected, ...expected],
    );
    edit(bed.project, "slipway.yaml", (text) => text.replace("publish, environment: pypi }", "publish, environment: pypi, timeout: 5m }"));

    const stale = await bed.slipway(["run", "--json"], prebuiltTokens);
    assert.equal(stale.code, 7, told(stale));
    assert.match(stale.stderr, /steps\.pypi\.timeoutMs: 3600000 → 300000/);
    const mended = await bed.slipway(["run", "--mend", "--json"], {
      ...prebuiltTokens,
      SLIPWAY_CRASH_AT: "effect/pypi/slipway_example_reed-1.0.0-py3-none-any.whl/after-send",
    });
    assert.equal(mended.signal, "SIGKILL", told(mended));
    const finished = await bed.slipway(["run", "--json"], prebuiltTokens);

    checkComplete(finished, place);
    assert.deepEqual(
      readReport(finished).files.map((file) => file.sha256),
      [...expected, ...expected],
    );
    assert.equal(readFileSync(path.join(place.folder, "builds"), "utf8"), "x", "it was built again");
    assert.ok(readReport(finished).findings.some((finding) => finding.id === "PF-CONFIG-UNCOMMITTED" && finding.level === "warns"));
  },
);

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${["b", "c", "d", "e", "f"].map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdef"[at]}`).join(", ")}]\n`).join("")}`;

/** What is done to a good file, the code it leads to, and the line that is pointed at. */
const unusable: readonly (readonly [what: string, change: (text: string) => string, code: string, said: RegExp])[] = [
  ["YAML that is none", (text) => text.replace("packages: {", "packages: { ["), "CONFIG_SYNTAX", /slipway\.yaml:3:/],
  ["aliases within aliases", (text) => `${bomb}${text}`, "CONFIG_SYNTAX", /slipway\.yaml:1:/],
  ["a key that nobody knows", (text) => text.replace("environments:", "enviroments:"), "CONFIG_INVALID", /"environments"/],
  ["a key twice", (text) => `${text}project: reed\n`, "CONFIG_SYNTAX", /project/],
  ["a pipeline that would start itself", (text) => `${text}  tag: { uses: tag }\n  push: { uses: push }\n`, "CONFIG_INVALID", /start/],
  ["an empty file", () => "", "CONFIG_SYNTAX", /it is empty/],
];

test("a slipway.yaml that cannot be used is refused with 2 and its place, and nothing is begun", { timeout: 120_000 }, async (context) => {
  const place = await open(context);
  const { bed } = place;
  const file = path.join(bed.project, "slipway.yaml");
  const good = readFileSync(file, "utf8");
  for (const [what, change, code, said] of unusable) {
    writeFileSync(file, change(good));
    const ended = await bed.slipway(["run", "--json"], prebuiltTokens);
    assert.equal(ended.code, 2, `${what}: ${told(ended)}`);
    assert.equal(readReport(ended).code, code, `${what}: ${told(ended)}`);
    assert.match(ended.stderr, said, what);
  }
  assert.equal(uploads(place), 0);
});

test("a clone without history is refused where the version is in its tags", { timeout: 60_000 }, async (context) => {
  const place = await open(context);
  const shallow = path.join(place.folder, "shallow");
  edit(place.bed.project, "slipway.yaml", (text) => text.replace("from: manifest", "from: tag"));
  edit(place.bed.project, "pyproject.toml", (text) =>
    text.replace('version = "1.0.0"', 'dynamic = ["version"]\n\n[tool.hatch.version]\nsource = "vcs"'),
  );
  place.bed.git("commit", "--all", "--quiet", "--message", "two");
  place.bed.git("commit", "--allow-empty", "--quiet", "--message", "three");
  place.bed.git("clone", "--quiet", "--depth", "1", "--no-tags", `file://${place.bed.project}`, shallow);

  const ended = await place.bed.slipway(["--folder", shallow, "rehearse", "--json"], prebuiltTokens);

  assert.equal(ended.code, 2, told(ended));
  assert.equal(readReport(ended).code, "SOURCE_SHALLOW");
  assert.match(ended.stderr, /git fetch --unshallow --tags/);
});

describe("unusual places", { concurrency: 2 }, () => {
  test("letters outside ASCII and spaces in the paths", { timeout: 60_000 }, async (context) => {
    const place = await open(context, { folderName: "prö jekt — 船台 'q' $x" });
    checkComplete(
      await place.bed.slipway(["--state", path.join(place.folder, 'stäte of "things"'), "run", "--json"], prebuiltTokens),
      place,
    );
  });

  test("a detached head at the tag", { timeout: 60_000 }, async (context) => {
    const place = await open(context);
    place.bed.git("checkout", "--quiet", "--detach", "v1.0.0");
    checkComplete(await place.bed.slipway(["run", "--json"], prebuiltTokens), place);
  });
});
