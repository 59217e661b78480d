// Asks the libraries that PyPI and twine judge metadata with (packaging, email-validator, rfc3986, configparser), from the
// tests' own Python, and makes texts near the border between right and wrong, at random from a seed.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { testTool } from "./test-tools.ts";

/** SLIPWAY_SEED, or the day these tests were written. */
export const seed = Number(process.env["SLIPWAY_SEED"] ?? 20261121);

const program = `
import configparser, email.message, json, sys
from email.utils import parseaddr
from email_validator import validate_email
from packaging.licenses import canonicalize_license_expression
from packaging.metadata import Metadata, parse_email
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rfc3986 import uri_reference, validators

def requirement(text):
    assert Requirement(text).url is None

def email_address(text):
    address = parseaddr(text)[1]
    assert address
    validate_email(address, check_deliverability=False)

def address(text):
    validator = validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query").validate(uri_reference(text).normalize())

def content_type(text):
    raw = {"metadata_version": "2.1", "name": "x", "version": "1", "description_content_type": text}
    Metadata.from_raw(raw)

def entry_points(text):
    class Parser(configparser.ConfigParser):
        optionxform = staticmethod(str)
    parser = Parser(delimiters=("=",), interpolation=None)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}

def metadata(text):
    raw, unparsed = parse_email(text.encode())
    return [raw, unparsed]

def markdown(text):
    from readme_renderer import markdown
    assert markdown.render(text) is not None

def plain(text):
    from readme_renderer import txt
    assert txt.render(text) is not None

def classifier(text):
    from trove_classifiers import classifiers, deprecated_classifiers
    assert text in classifiers and text not in deprecated_classifiers

judges = {
    "markdown": markdown, "plain": plain, "classifier": classifier,
    "requirement": requirement, "specifiers": SpecifierSet, "license": canonicalize_license_expression, "email": email_address,
    "address": address, "contentType": content_type, "entryPoints": entry_points, "metadata": metadata,
}

def judge(kind, text):
    try:
        answer = judges[kind](text)
        return {"answer": answer if isinstance(answer, (dict, list)) else True}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}

json.dump([judge(kind, text) for kind, text in json.load(sys.stdin)], sys.stdout)
`;

export interface Judged {
  readonly answer?: unknown;
  readonly error?: string;
}

/** Asks for a judgement of each text, in one process. */
export function askPython(kind: string, texts: readonly string[]): readonly Judged[] {
  const input = JSON.stringify(texts.map((text) => [kind, text]));
  const output = execFileSync(testTool("python"), ["-I", "-X", "utf8", "-c", program], {
    input,
    maxBuffer: 256 * 1024 * 1024,
    timeout: 120_000,
  });
  return JSON.parse(output.toString("utf8")) as readonly Judged[];
}

/** Texts of a kind, most of them near the border between right and wrong. */
export function texts(arbitrary: fc.Arbitrary<string>, count: number): readonly string[] {
  return [...new Set(fc.sample(arbitrary, { numRuns: count, seed }))];
}

export const piece = (...pieces: readonly string[]) => fc.constantFrom(...pieces);
export const joined = (parts: readonly fc.Arbitrary<string>[], options: { readonly max: number }) =>
  fc.array(fc.oneof(...parts), { minLength: 1, maxLength: options.max }).map((list) => list.join(""));
export const number = fc.nat({ max: 2030 }).map(String);
