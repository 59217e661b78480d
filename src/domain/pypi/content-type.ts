// `Description-Content-Type`: how PyPI is to show a description. Three types, a charset that can only be UTF-8, two
// variants of Markdown (PyPA "Core metadata specifications"; packaging 26.3). The text is a MIME content type
// (RFC 2045 §5.1); what is not exactly one is refused, because a lenient reader takes it for plain text.

export type DescriptionType = "text/plain" | "text/x-rst" | "text/markdown";

export type ParsedContentType =
  | { readonly kind: "valid"; readonly type: DescriptionType }
  | { readonly kind: "invalid"; readonly why: string };

/** What PyPI renders when nothing is said. */
export const defaultDescriptionType: DescriptionType = "text/x-rst";

const types: readonly DescriptionType[] = ["text/plain", "text/x-rst", "text/markdown"];
const markdownVariants: readonly string[] = ["GFM", "CommonMark"];
const token = "[A-Za-z0-9!#$&+.^_`{|}~-]+"; // Without the characters of RFC 2231, which would give a value in another encoding.
const parameterForm = new RegExp(`^\\s*(${token})\\s*=\\s*(?:"([^"\\\\]*)"|(${token}))\\s*$`);

/** Reads a content type as PyPI does. @returns `invalid` with what should be there instead */
export function parseDescriptionType(text: string): ParsedContentType {
  const [typeText = "", ...parameters] = text.split(";");
  const type = types.find((one) => one === typeText.trim().toLowerCase());
  if (type === undefined) return invalid(`"${typeText.trim()}" is none of ${types.join(", ")}`);
  const seen = new Set<string>();
  for (const parameter of parameters) {
    const [, name = "", quoted, plain] = parameterForm.exec(parameter) ?? [];
    if (name === "") return invalid(`"${parameter.trim()}" is no parameter of the form name=value`);
    const fault = seen.has(name.toLowerCase())
      ? `"${name}" stands there twice`
      : parameterFault(type, name.toLowerCase(), quoted ?? plain ?? "");
    if (fault !== undefined) return invalid(fault);
    seen.add(name.toLowerCase());
  }
  return { kind: "valid", type };
}

function parameterFault(type: DescriptionType, name: string, value: string): string | undefined {
  if (name === "charset" && value.toLowerCase() !== "utf-8") return `the charset is "${value}" and can only be UTF-8`;
  if (name === "variant" && type === "text/markdown" && !markdownVariants.includes(value)) {
    return `the Markdown variant is "${value}" and can only be ${markdownVariants.join(" or ")}`;
  }
  return undefined;
}

function invalid(why: string): ParsedContentType {
  return { kind: "invalid", why };
}
