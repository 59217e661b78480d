// What a registry asks for when it does not let a request in. Pure. Sources: RFC 9110 §11.6.1 (WWW-Authenticate);
// distribution's token specification (protocols §6.3).

export type Challenge =
  | {
      readonly kind: "bearer";
      /** Address of the token service, with the service's name and the scopes that were missing. */
      readonly realm: string;
      readonly service?: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: "basic" }
  | { readonly kind: "none" }
  /** A token service that no secret may be sent to. */
  | { readonly kind: "unsafe"; readonly why: string };

/** Longer ones are no challenge of a registry. */
const challengeLengthMax = 8_192;

export function readChallenge(header: string | undefined): Challenge {
  if (header === undefined || header.length > challengeLengthMax) return { kind: "none" };
  const bearer = /(?:^|,)\s*Bearer\s+(.*)$/i.exec(header)?.[1];
  if (bearer !== undefined) return bearerOf(parametersOf(bearer));
  return /(?:^|,)\s*Basic\b/i.test(header) ? { kind: "basic" } : { kind: "none" };
}

function parametersOf(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g);
  return new Map([...found].map(([, name = "", quoted, plain]) => [name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? ""]));
}

function bearerOf(parameters: ReadonlyMap<string, string>): Challenge {
  const realm = parameters.get("realm") ?? "";
  if (!URL.canParse(realm)) return { kind: "unsafe", why: "its challenge names no token service" };
  const url = new URL(realm);
  if (!isSafe(url)) return { kind: "unsafe", why: `its token service "${url.origin}" is not reached over https` };
  if (url.username !== "" || url.password !== "") return { kind: "unsafe", why: "its token service has user information in its address" };
  const service = parameters.get("service");
  const scopes = (parameters.get("scope") ?? "").split(" ").filter((one) => one !== "");
  return { kind: "bearer", realm: url.href, scopes, ...(service === undefined ? {} : { service }) };
}

/** Whether a secret may go there: over https, or to this machine. */
export function isSafe(url: URL): boolean {
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}
