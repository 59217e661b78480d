// Asks Python, once for all files, what only its own libraries can answer. Every distinct text is asked once, whatever
// number of files has it: that is what makes 200 wheels with one description as fast as one.
import { SlipwayError } from "../../domain/error.ts";
import type { DescriptionType } from "../../domain/pypi/content-type.ts";
import type { Judgement, MetadataAnswers, MetadataQuestions } from "../../domain/pypi/core-metadata-rules.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import type { CheckPorts } from "./distribution.ts";
import { judgeProgram } from "./render-program.ts";

export interface Questions extends MetadataQuestions {
  readonly descriptions: readonly Description[];
}

export interface Description {
  readonly type: DescriptionType;
  readonly text: string;
}

export interface Answers extends MetadataAnswers {
  /** Whether PyPI can show a description, or the renderer's words. */
  description(description: Description): Judgement;
}

/** Descriptions of one release together, in UTF-16 units; longer ones are refused before Python is asked. */
export const descriptionsLengthMax = 32 * 1024 * 1024;

const timeoutMs = 120_000;
const answerBytesMax = 32 * 1024 * 1024;

const kinds = ["requirements", "specifiers", "licenses", "emails", "classifiers", "descriptions"] as const;
type Kind = (typeof kinds)[number];

type Wire = { readonly [kind in Kind]?: readonly WireAnswer[] };
interface WireAnswer {
  readonly why?: string;
  readonly direct?: boolean;
  readonly kind?: "known" | "unknown" | "deprecated";
  readonly insteadOf?: readonly string[];
}

/**
 * Asks everything in one Python process; starts none when there is nothing to ask.
 * @throws SlipwayError STEP_FAILED when the process fails, TIMED_OUT when it does not end, and what `toolboxPython` throws
 */
export async function judge(questions: Questions, ports: CheckPorts): Promise<Answers> {
  const asked = distinct(questions);
  const wire = kinds.every((kind) => asked[kind].length === 0) ? {} : await ask(asked, ports);
  return answersFrom(asked, wire);
}

interface Asked {
  readonly requirements: readonly string[];
  readonly specifiers: readonly string[];
  readonly licenses: readonly string[];
  readonly emails: readonly string[];
  readonly classifiers: readonly string[];
  readonly descriptions: readonly (readonly [type: string, text: string])[];
}

function distinct(questions: Questions): Asked {
  const unique = (values: readonly string[]) => [...new Set(values)];
  const descriptions = new Map(questions.descriptions.map((one) => [keyOf(one), [one.type, one.text] as const]));
  return {
    requirements: unique(questions.requirements),
    specifiers: unique(questions.specifiers),
    licenses: unique(questions.licenses),
    emails: unique(questions.emails),
    classifiers: unique(questions.classifiers),
    descriptions: [...descriptions.values()],
  };
}

function keyOf(description: Description): string {
  return `${description.type}\n${description.text}`;
}

async function ask(asked: Asked, ports: CheckPorts): Promise<Wire> {
  const program = await ports.toolboxPython();
  const end = await ports.exec.run({
    program,
    args: ["-I", "-B", "-X", "utf8", "-c", judgeProgram],
    cwd: ports.scratchFolder,
    env: ports.env,
    timeoutMs,
    signal: ports.signal,
    input: JSON.stringify(asked),
    keepBytes: answerBytesMax,
  });
  if (end.kind !== "exited" || end.code !== 0) throw failure(end, program);
  return parseAnswers(end.stdout, asked);
}

function parseAnswers(text: string, asked: Asked): Wire {
  const wire = parseWire(text);
  for (const kind of kinds) {
    const list = asked[kind];
    if (list.length > 0 && wire[kind]?.length !== list.length) {
      throw new SlipwayError(
        "STEP_FAILED",
        `Cannot check metadata: Python answered ${wire[kind]?.length ?? 0} of ${list.length} questions about ${kind}`,
      );
    }
  }
  return wire;
}

function parseWire(text: string): Wire {
  try {
    return JSON.parse(text) as Wire;
  } catch (cause) {
    throw new SlipwayError("STEP_FAILED", `Cannot check metadata: Python answered ${JSON.stringify(text.slice(0, 80))}, which is no JSON`, {
      cause,
    });
  }
}

function failure(end: CommandEnd, program: string): SlipwayError {
  if (end.kind === "not-found") return new SlipwayError("TOOL_MISSING", `Cannot check metadata: "${program}" is not there`);
  if (end.kind === "timed-out") {
    return new SlipwayError("TIMED_OUT", `Cannot check metadata: rendering took longer than ${timeoutMs / 1000} s`, {
      hint: "Look at the descriptions for something that takes a renderer very long",
    });
  }
  const how = end.kind === "exited" ? `status ${end.code}` : `signal ${end.signal}`;
  const said = end.kind === "exited" ? (end.stderr.trim().split("\n").at(-1) ?? "") : "";
  const missing = said.includes("ModuleNotFoundError");
  return new SlipwayError(
    missing ? "TOOL_MISSING" : "STEP_FAILED",
    `Cannot check metadata: Python ended with ${how}${said === "" ? "" : `: ${said}`}`,
  );
}

function answersFrom(asked: Asked, wire: Wire): Answers {
  const table = (kind: Kind, keys: readonly string[]) => new Map(keys.map((key, index) => [key, wire[kind]?.[index]]));
  const requirements = table("requirements", asked.requirements);
  const specifiers = table("specifiers", asked.specifiers);
  const licenses = table("licenses", asked.licenses);
  const emails = table("emails", asked.emails);
  const classifiers = table("classifiers", asked.classifiers);
  const descriptions = table(
    "descriptions",
    asked.descriptions.map((pair) => pair.join("\n")),
  );
  return {
    requirement(text) {
      const judged = judgementOf(requirements.get(text));
      return judged.kind === "invalid" ? judged : { kind: "valid", direct: requirements.get(text)?.direct === true };
    },
    specifiers: (text) => judgementOf(specifiers.get(text)),
    license: (text) => judgementOf(licenses.get(text)),
    email: (text) => judgementOf(emails.get(text)),
    classifier(text) {
      const answer = classifiers.get(text);
      if (answer?.kind === "deprecated") return { kind: "deprecated", insteadOf: answer.insteadOf ?? [] };
      return { kind: answer?.kind ?? "unknown" };
    },
    description: (description) => judgementOf(descriptions.get(keyOf(description))),
  };
}

/** No answer to a question counts as a refusal: it was never asked, and must not pass unseen. */
function judgementOf(answer: WireAnswer | undefined): Judgement {
  if (answer === undefined) return { kind: "invalid", why: "it was not judged" };
  return answer.why === undefined ? { kind: "valid" } : { kind: "invalid", why: answer.why };
}
