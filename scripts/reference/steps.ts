// docs/reference/steps.md, from the catalogue of built-in steps: what each is, and what may stand in its `with:`.
import { z } from "zod";
import type { Step } from "../../src/steps/step.ts";
import { heading, type Page, table } from "./page.ts";

const source = "src/steps/catalog.ts";

const introduction = `A step is used by its name (\`uses: publish\`). **work** happens in a throw-away copy of the source and is begun again when it was
interrupted; a **gate** holds until a person has answered; an **acting** step changes the world, effect by effect. The zone says what a
step may touch: only \`publish\` and \`forge\` steps get credentials, \`project\` steps never do.
`;

export const stepsPage: Page = {
  path: "docs/reference/steps.md",
  source,
  make: async () => {
    const { stepCatalog, laterSteps } = await import("../../src/steps/catalog.ts");
    return [heading("Steps", source), introduction, ...stepCatalog.map(section), laterSection(laterSteps)].join("\n");
  },
};

function laterSection(steps: readonly Pick<Step, "name" | "kind" | "summary">[]): string {
  const rows = steps.map(({ name, kind, summary }) => [`\`${name}\``, kind, summary]);
  const text =
    "The language knows these names, and a file may use them. This version cannot do them yet: the plan says so, with [NOT_YET](errors.md#not_yet).";
  return rows.length === 0 ? "" : `## Not yet\n\n${text}\n\n${table(["step", "kind", "will do"], rows)}`;
}

function section(step: Step): string {
  const facts = `- Kind: ${step.kind}, zone \`${step.zone}\`, revision ${step.revision}\n- Time-out: ${duration(step.timeoutMs)}, unless \`timeout\` says otherwise\n`;
  return `## ${step.name}\n\n${step.summary}\n\n${facts}${inputTable(step.input.zod(z))}`;
}

function inputTable(input: z.ZodType): string {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const { description = "", ...shape } = typeof member === "object" ? member : {};
    return [`\`${name}\``, typeText(shape), required.has(name) ? "yes" : "", description];
  });
  return rows.length === 0 ? "" : `\n${table(["member of `with`", "type", "required", "meaning"], rows)}`;
}

type Shape = Exclude<z.core.JSONSchema._JSONSchema, boolean>;

function typeText(shape: Shape): string {
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (shape.enum !== undefined) return shape.enum.map((one) => `\`${String(one)}\``).join(", ");
  const either = shape.anyOf ?? shape.oneOf;
  if (either !== undefined) return either.map((one) => (typeof one === "object" ? typeText(one) : "any")).join(" or ");
  if (shape.type === "array" && typeof shape.items === "object" && !Array.isArray(shape.items)) return `list of ${typeText(shape.items)}`;
  return Array.isArray(shape.type) ? shape.type.join(" or ") : (shape.type ?? "any");
}

/** Milliseconds as people write them in slipway.yaml. */
function duration(ms: number): string {
  const units = [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const;
  const fitting = units.find(([, size]) => ms >= size && ms % size === 0);
  return fitting === undefined ? `${ms} ms` : `${ms / fitting[1]}${fitting[0]}`;
}
