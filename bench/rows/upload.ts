// Rows 7 and 8, uploads: many small wheels, with and without a registry that takes its time, and one very large wheel.
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { largeName, largeWheel, manyName, version, wheelsOfOne } from "../data/wheels.ts";
import type { Side } from "../measure.ts";
import { installAll, pythonPeers } from "../peers.ts";
import { node, python, scratch } from "../places.ts";
import { entry } from "../product.ts";
import { startSink, type Sink } from "../sink.ts";
import { atMost, mebibytes, times, type Comparison, type Prepared, type Row } from "../row.ts";

export const uploadManyRow: Row = { name: "upload", title: "7 · Upload many wheels", prepare: prepareMany };
export const uploadLargeRow: Row = { name: "large", title: "8 · Upload one wheel of 200 MiB", prepare: prepareLarge };

const notes = [
  "`slipway` is one publish step driven by the engine: journal in SQLite, survey, every file looked at, its intent written and synced, sent, looked at again and verified. `slipway, sends alone` is its client without the engine, ten at a time after a pilot, which is what the peers do: they read nothing back.",
  "The index is bench/sink (Go): it digests each file and compares the digest with that of the form. All send over plain HTTP on loopback.",
];

async function prepareMany(): Promise<Prepared> {
  const missing = installAll(pythonPeers);
  const sink = await startSink();
  const [twenty, hundred] = [
    await filesOf(await wheelsOfOne(20, "markdown"), manyName),
    await filesOf(await wheelsOfOne(100, "markdown"), manyName),
  ];
  return {
    comparisons: [delayed(sink, twenty), quick(sink, hundred)],
    notes,
    missing: [...missing],
    close: () => sink.close(),
  };
}

/** Two rounds of ten after the pilot can take no less than three delays. */
function delayed(sink: Sink, files: Files): Comparison {
  return {
    title: "20 wheels, 200 ms each",
    sides: sidesOf(sink, files, 200),
    sleeps: true,
    bars: [
      times("must", "slipway", "uv", 0.25),
      times("must", "slipway", "twine", 0.25),
      times("must", "slipway", "curl -Z, 8 at a time", 1.15),
      times("reach", "slipway, sends alone", "curl -Z, 8 at a time", 1.15),
    ],
  };
}

function quick(sink: Sink, files: Files): Comparison {
  return {
    title: "100 wheels, no delay",
    sides: sidesOf(sink, files, undefined),
    bars: [
      times("must", "slipway", "twine", 0.5),
      times("must", "slipway", "uv", 2),
      times("reach", "slipway", "uv", 1.2),
      times("reach", "slipway, sends alone", "uv", 2),
      times("reach", "slipway, sends alone", "twine", 0.5),
    ],
  };
}

async function prepareLarge(): Promise<Prepared> {
  const missing = installAll(pythonPeers);
  const sink = await startSink();
  const two = await filesOf(dirname(await largeWheel(200)), largeName);
  const six = await filesOf(dirname(await largeWheel(600)), largeName);
  const engine600 = { ...side(sink, six, { mode: "engine" }), name: "slipway, 600 MiB" };
  return {
    comparisons: [
      {
        title: "200 MiB",
        sides: [...sidesOf(sink, two, undefined), engine600],
        bars: [
          times("must", "slipway", "twine", 0.7),
          times("must", "slipway", "uv", 0.5),
          times("must", "slipway", "curl -Z, 8 at a time", 2.5),
          atMost("must", "slipway", 100, { quantity: "peakMiB", unit: mebibytes }),
          times("must", "slipway, 600 MiB", "slipway", 1.1, "peakMiB"),
          times("reach", "slipway", "twine", 0.5),
          times("reach", "slipway", "curl -Z, 8 at a time", 1.6),
        ],
      },
    ],
    notes: [...notes, "Slipway, uv and twine send the same two digests, sha256 and BLAKE2b; curl sends the sha256 it was given."],
    missing,
    close: () => sink.close(),
  };
}

interface Files {
  readonly folder: string;
  readonly manifest: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly package: string;
}

/** Name, size and digest of each file, as the store knows them once they are frozen. */
async function filesOf(folder: string, packageName: string): Promise<Files> {
  const files: { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[] = [];
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".whl"))) {
    const file = join(folder, name);
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    files.push({ name, sizeBytes: statSync(file).size, sha256: hash.digest("hex") });
  }
  const manifest = join(scratch, `${basename(folder)}.json`);
  writeFileSync(manifest, JSON.stringify({ folder, package: packageName, version, files }));
  return { folder, manifest, files, package: packageName };
}

interface How {
  readonly mode: "engine" | "client";
  readonly delayMs?: number | undefined;
}

function side(sink: Sink, files: Files, { mode, delayMs }: How): Side {
  const state = join(scratch, "upload-state");
  return {
    name: mode === "engine" ? "slipway" : "slipway, sends alone",
    command: [node, entry("upload"), mode, files.manifest, sink.uploadUrl(delayMs), sink.indexUrl, state],
    prepare: [sink.reset, ["rm", "-rf", state], ["mkdir", state]],
  };
}

function sidesOf(sink: Sink, files: Files, delayMs: number | undefined): readonly Side[] {
  const url = sink.uploadUrl(delayMs);
  const prepare = [sink.reset];
  const all = `${files.folder}/*.whl`;
  return [
    {
      name: "curl -Z, 8 at a time",
      command: [
        "curl",
        "-Z",
        "--parallel-max",
        "8",
        "--parallel-immediate",
        "--silent",
        "--show-error",
        "--fail",
        "--config",
        curlConfig(files, url),
      ],
      prepare,
    },
    side(sink, files, { mode: "engine", delayMs }),
    side(sink, files, { mode: "client", delayMs }),
    {
      name: "uv",
      command: ["sh", "-c", `${python("uv")} publish --quiet --publish-url ${url} --username __token__ --password pypi-bench-token ${all}`],
      prepare,
      env: { UV_CACHE_DIR: join(scratch, "uv-cache") },
    },
    {
      name: "twine",
      command: [
        "sh",
        "-c",
        `${python("twine")} upload --non-interactive --disable-progress-bar --repository-url ${url} -u __token__ -p pypi-bench-token ${all}`,
      ],
      prepare,
    },
  ];
}

/** One form for each file, with its digest known beforehand. */
function curlConfig(files: Files, url: string): string {
  const path = join(scratch, `${basename(files.folder)}-${createHash("md5").update(url).digest("hex").slice(0, 8)}.curl`);
  const forms = files.files.map(({ name, sha256 }) =>
    [
      `url = "${url}"`,
      'output = "/dev/null"',
      ...Object.entries({ ":action": "file_upload", name: files.package, version, sha256_digest: sha256 }).map(
        ([field, value]) => `form = "${field}=${value}"`,
      ),
      `form = "content=@${join(files.folder, name)}"`,
    ].join("\n"),
  );
  writeFileSync(path, `${forms.join("\nnext\n")}\n`);
  return path;
}
