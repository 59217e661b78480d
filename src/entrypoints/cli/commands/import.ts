// `slipway import`: brings in what another machine built for legs that have no place here.
import path from "node:path";
import { importArtifacts, type Imported } from "../../../app/import-artifacts.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { askedFor, printJson, type Context } from "../context.ts";
import { safe } from "../terminal.ts";
import { sizeWords } from "../words.ts";

export interface ImportOptions {
  readonly step?: string;
  readonly platform?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly provenance?: string;
  readonly pipeline?: string;
  readonly input?: readonly string[];
}

/** @throws SlipwayError NOT_YET for provenance, USAGE without a person and a reason, and what the use case throws */
export async function importCommand(context: Context, files: readonly string[], options: ImportOptions): Promise<number> {
  const { world, terminal } = context;
  const { by, reason } = wordOf(options);
  const { pipeline, input, step, platform } = options;
  const asked = await askedFor(context, undefined, {
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(input === undefined ? {} : { input }),
    mayAssumeTag: false,
  });
  const imported = await importArtifacts(world, {
    asked,
    by,
    reason,
    step,
    platform,
    files: files.map((file) => path.resolve(world.folder, file)),
  });
  if (terminal.json) {
    const { state, legs, driven, opened } = imported;
    printJson(terminal, { schema: "slipway-imported/1", run: state.run, driven, opened, by, reason, legs });
  } else {
    terminal.out(showImported(imported, { by, reason }));
  }
  return 0;
}

/** Nothing comes in on nobody's word. */
function wordOf({ by, reason, provenance }: ImportOptions): { readonly by: string; readonly reason: string } {
  if (provenance !== undefined) {
    throw new SlipwayError("NOT_YET", "Cannot import with --provenance: this version of Slipway verifies no attestations", {
      hint: "Say who knows where the files come from: --by NAME --reason TEXT",
    });
  }
  if (by === undefined || by.trim() === "" || reason === undefined || reason.trim() === "") {
    throw new SlipwayError(
      "USAGE",
      "Cannot import without a person who says that the files were built from this commit, and how they know",
      {
        hint: "Say so with --by NAME --reason TEXT",
      },
    );
  }
  return { by: by.trim(), reason: reason.trim() };
}

function showImported({ state, legs, driven, opened }: Imported, said: { readonly by: string; readonly reason: string }): string {
  const rows = legs.flatMap(({ step, artifacts }) => [
    `  ${safe(step)}`,
    ...artifacts.map(({ name, sizeBytes, digest }) => `    ${safe(name)}  ${sizeWords(sizeBytes)}  sha256:${digest}`),
  ]);
  const next = driven
    ? "The process that drives the run takes them up now."
    : opened
      ? "The run is opened and nothing of it was begun: start it with `slipway run`."
      : "Go on with `slipway run`.";
  const who = `on the word of ${safe(said.by)} (not authenticated: on this machine nothing proves who says it): ${safe(said.reason)}`;
  return `Imported into ${safe(state.plan.release.title)}, ${who}\n${rows.join("\n")}\n${next}\n`;
}
