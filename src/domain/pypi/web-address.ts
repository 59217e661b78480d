// Which texts PyPI takes for the address of a page: `http` or `https` and the characters of RFC 3986, nothing else.
// Browsers' parsers mend what they read, so the platform's URL class would pass addresses that PyPI refuses.

const unreserved = "A-Za-z0-9._~\\-";
const delimiters = "!$&'()*+,;=";
const encoded = "%[0-9A-Fa-f]{2}";

const address = /^https?:(?:\/\/([^\\/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/is;
const userInfo = new RegExp(`^(?:[${unreserved}${delimiters}:]|${encoded})+$`);
const registeredName = new RegExp(`^(?:[${unreserved}${delimiters}]|${encoded})*$`);
const bracketed = /^\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\]$/;
const path = new RegExp(`^(?:[/:@${unreserved}${delimiters}]|${encoded})*$`);
const query = new RegExp(`^(?:[/?:@${unreserved}${delimiters}]|${encoded})*$`);

/** Longest address that is looked at, in characters. */
const lengthMax = 4_096;

/** Whether a text is an address that PyPI takes in `Home-page`, `Download-URL` and `Project-URL`. */
export function isWebAddress(text: string): boolean {
  const parts = text.length > lengthMax ? null : address.exec(text);
  if (parts === null) return false;
  const [, authority = "", pathText = "", queryText = ""] = parts;
  return isAuthority(authority) && path.test(pathText) && query.test(queryText);
}

function isAuthority(text: string): boolean {
  const at = text.indexOf("@");
  if (at !== -1 && !userInfo.test(text.slice(0, at))) return false;
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]{0,5}))?$/.exec(text.slice(at + 1)) ?? [];
  if (host === "" && text !== "") return false;
  if (port !== undefined && Number(port) > 65_535) return false;
  return host.startsWith("[") ? bracketed.test(host) : registeredName.test(host) && isPossibleIpv4(host);
}

function isPossibleIpv4(host: string): boolean {
  return !/^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/.test(host) || host.split(".").every((part) => Number(part) <= 255);
}
