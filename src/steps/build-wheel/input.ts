// `with:` of `build-wheel`, and what a use of it wants built.
import * as z from "../../domain/shape.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Leg } from "../../domain/plan/plan.ts";
import { readPlatform } from "../../domain/platform.ts";
import { environmentOfProject } from "../building.ts";
import type { Use } from "../step.ts";

const isPythonVersion = (text: string): boolean => pythonVersion.fits(text);
const pythonVersion = z.string().regex(/^[0-9]+\.[0-9]+t?$/, { error: 'must be a Python version in quotes, for example "3.12"' });

export const buildWheelInput = z.strictObject({
  builder: z
    .enum(["auto", "uv", "build", "hatch", "maturin"])
    .optional()
    .describe("Program that builds; auto (the default) takes the one that the project uses and the machine has"),
  sdist: z
    .union([z.boolean(), z.string().min(1)])
    .optional()
    .describe('Whether an sdist is made: true, false or "none", or the platform of the leg that makes it'),
  python: z.array(pythonVersion).min(1).max(20).optional().describe("Python versions to build a wheel for each; absent: the one at hand"),
  manylinux: z
    .string()
    .regex(/^[0-9]+[._][0-9]+$/, { error: 'must be a glibc version in quotes, for example "2.17"' })
    .optional()
    .describe("Oldest glibc that Linux wheels have to run on (maturin)"),
  isolation: z.boolean().optional().describe("false: build with what is installed, not in an environment of its own"),
  in: environmentOfProject,
});

export type BuildWheelInput = z.infer<typeof buildWheelInput>;

/** What one leg builds of each package. */
export interface Wanted {
  readonly builder: "auto" | "uv" | "build" | "hatch" | "maturin";
  readonly sdist: boolean;
  /** Empty: one wheel, for the Python at hand. */
  readonly pythons: readonly string[];
  /** `2.17` */
  readonly manylinux: string | undefined;
  readonly isolation: boolean;
  readonly platform: string | undefined;
}

/** @throws SlipwayError PLAN_INVALID when legs of several platforms would each make an sdist, or the leg's Python is no version. */
export function wantedOf(use: Pick<Use<BuildWheelInput>, "input" | "leg">): Wanted {
  const { input, leg } = use;
  const { platform, python } = leg;
  if (python !== undefined && !isPythonVersion(python)) {
    throw new SlipwayError("PLAN_INVALID", `Cannot plan \`build-wheel\`: the leg's python "${python}" is no version such as "3.12"`);
  }
  return {
    builder: input.builder ?? "auto",
    sdist: isSdistWanted(input.sdist, leg),
    pythons: input.python ?? (python === undefined ? [] : [python]),
    manylinux: input.manylinux?.replace("_", "."),
    isolation: input.isolation ?? true,
    platform,
  };
}

/** One leg alone may make the sdist: two builds of it rarely have the same bytes, and a version has room for one. */
function isSdistWanted(sdist: boolean | string | undefined, leg: Leg): boolean {
  const { platform, ...others } = leg;
  if (sdist === "none" || sdist === false) return false;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw manySdists(`every "${other}" of the matrix`, "Write `sdist: none` here, or name the versions in `with: { python: [...] }`");
  if (typeof sdist !== "string") {
    if (platform === undefined) return true;
    throw manySdists("every platform of the matrix", 'Write `sdist:` with the platform that makes it, or "none"');
  }
  if (readPlatform(sdist).kind === "platform") return platform === undefined || platform === sdist;
  throw new SlipwayError("PLAN_INVALID", `Cannot plan \`build-wheel\`: "sdist: ${sdist}" names no platform`, {
    hint: 'Write a platform of the matrix, or "none"',
  });
}

function manySdists(who: string, hint: string): SlipwayError {
  return new SlipwayError("PLAN_INVALID", `Cannot plan \`build-wheel\`: ${who} would make the one sdist`, { hint });
}
