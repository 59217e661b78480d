// URLs of git remotes, with what must not be shown taken out. Pure.

/**
 * A remote's URL as it may be shown and kept: without password, and without user but for ssh, where the user (mostly
 * `git`) is part of the address and no secret.
 */
export function shownUrl(url: string): string {
  return url.replace(/^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<user>[^/?#]*)@/i, (_, scheme: string, user: string) => {
    const name = user.split(":")[0] ?? "";
    return /ssh/i.test(scheme) && name !== "" ? `${scheme}://${name}@` : `${scheme}://`;
  });
}

/**
 * A text of git's, with the user information of all URLs in it taken out. It looks back from each `://`, since the text is
 * mostly a server's, and a search for a scheme from each letter takes minutes over one long word.
 */
export function withoutUserInformation(text: string): string {
  return text.replaceAll(/(?<=[a-z0-9+.-]:\/\/)[^/\s?#'"]*@/gi, "");
}

/** Rewrites a URL as `url.<base>.insteadOf` asks (git-config(1)): the longest beginning that fits wins. */
export function rewrittenUrl(url: string, rules: readonly { readonly base: string; readonly insteadOf: string }[]): string {
  let best: { readonly base: string; readonly insteadOf: string } | undefined;
  for (const rule of rules) {
    if (url.startsWith(rule.insteadOf) && rule.insteadOf.length > (best?.insteadOf.length ?? -1)) best = rule;
  }
  return best === undefined ? url : best.base + url.slice(best.insteadOf.length);
}
