// Addresses of declared registries. A credential in an address would stand in the file, in logs and in plans, and an
// address without TLS would hand the credential to the network (reference/trust §7); on this machine there is no network.

export interface AddressFault {
  readonly expected: string;
  readonly hint: string;
  /** The address holds a credential: it is not to be shown. */
  readonly secret: boolean;
}

/** @returns what is wrong with the address, or `undefined` */
export function faultOfAddress(text: string): AddressFault | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fault = (expected: string, hint: string): AddressFault => ({ expected, hint, secret: text.includes("@") });
  if (url === undefined || /[\s\\]/.test(text)) return fault("an address such as https://HOST/PATH/", "Write the whole address");
  if (url.username !== "" || url.password !== "") {
    return {
      expected: "an address without user name and password",
      hint: "Delete them here, and name the variable that holds the token under `credentials`",
      secret: true,
    };
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return fault("an address with https", "Write the address with https");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return fault(
      "an address with https, since http is for this machine only (localhost, 127.0.0.1, [::1])",
      "Write the address with https",
    );
  }
  if (url.search !== "" || url.hash !== "" || text.endsWith("?") || text.endsWith("#"))
    return fault('an address without "?" and "#"', 'Delete what follows "?" or "#"');
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
