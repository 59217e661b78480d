// The forms in which programs print a secret without meaning to: encoded in a header, a URL, a JSON body, a dump.
// Base64 (RFC 4648 §4, §5) hides the alignment: a secret inside a longer text ("user:secret") comes in three shapes.

/** Shortest form that is looked for on its own; less would be found in ordinary text. */
const formLengthMin = 6;
/** Columns at which `base64` and `openssl base64` break their lines (RFC 2045 §6.8, RFC 7468 §2). */
const wrapColumns = [76, 64];
/** Shortest piece of a broken line that is looked for on its own. */
const wrappedPieceMin = 16;

/** The secret and its forms, each once. @param secret at least 6 characters */
export function secretForms(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret, "utf8");
  const forms = [
    ...[secret, reversed(secret)].flatMap((text) => [text, ...lines(text)]),
    ...hexForms(bytes),
    ...base64Forms(bytes),
    ...percentForms(bytes),
    ...jsonForms(secret),
  ];
  return new Set(forms.filter((form) => form.length >= formLengthMin));
}

/** A secret of several lines (a private key) is often shown line by line, with something before each. */
function lines(secret: string): readonly string[] {
  if (!secret.includes("\n")) return [];
  return secret
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= wrappedPieceMin && !line.startsWith("-----"));
}

/** Read backwards: what those do who know that a log is masked. */
function reversed(secret: string): string {
  return Array.from(secret).toReversed().join("");
}

function hexForms(bytes: Buffer): readonly string[] {
  const hex = bytes.toString("hex");
  return [hex, hex.toUpperCase()];
}

function base64Forms(bytes: Buffer): readonly string[] {
  const aligned = [0, 1, 2].map((before) => base64Within(bytes, before));
  const wrapped = wrapColumns.flatMap((columns) => pieces(bytes.toString("base64"), columns));
  const forms = [...aligned, ...wrapped];
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}

/** Characters of the base64 text that depend on the secret alone when `before` bytes stand before it. */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function pieces(text: string, columns: number): readonly string[] {
  if (text.length <= columns) return [];
  return (text.match(new RegExp(`.{1,${columns}}`, "g")) ?? []).filter((piece) => piece.length >= wrappedPieceMin);
}

/** Characters that percent-encoders leave as they are: RFC 3986, JavaScript, Python, HTML forms. */
const leftAlone = [/[A-Za-z0-9\-._~]/, /[A-Za-z0-9\-._~!'()*]/, /[A-Za-z0-9\-._~/]/, /[A-Za-z0-9\-._*]/];

function percentForms(bytes: Buffer): readonly string[] {
  return leftAlone.flatMap((kept) => {
    const upper = percent(bytes, kept);
    const lower = upper.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
    return [upper, lower, upper.replaceAll("%20", "+"), lower.replaceAll("%20", "+")];
  });
}

function percent(bytes: Buffer, kept: RegExp): string {
  let text = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += kept.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}

/** As JSON writes it; with only ASCII (Python); with escaped slashes (PHP); and as JSON inside JSON. */
function jsonForms(secret: string): readonly string[] {
  const plain = jsonText(secret);
  const ascii = plain.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [plain, ascii, plain.replaceAll("/", "\\/"), jsonText(plain), jsonText(ascii)];
}

function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
