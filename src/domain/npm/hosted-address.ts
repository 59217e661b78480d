// How npm writes the address of a repository that lies at one of the forges it knows: `o/r`, `github:o/r` and every clone
// address become one form, and the pages for bugs and for reading follow from it. The registry compares this address with
// the one in a provenance, so that it has to be what npm would have sent. Source: npm documentation of package.json
// ("repository", "bugs", "homepage"), held against the real npm in test/interop/npm-publish-document.test.ts.

export interface HostedAddress {
  /** As it stands in a published manifest's `repository.url`. */
  readonly repository: string;
  /** As it stands in `dependencies`. */
  readonly dependency: string;
  readonly bugs: string;
  readonly docs: string;
}

interface Forge {
  readonly short: string;
  readonly host: string;
}

const forges: readonly Forge[] = [
  { short: "github", host: "github.com" },
  { short: "gitlab", host: "gitlab.com" },
  { short: "bitbucket", host: "bitbucket.org" },
];

/** @returns undefined for an address at any other place, which is published as it was written */
export function hostedAddress(written: string): HostedAddress | undefined {
  return readShortcut(written) ?? readScp(written) ?? readUrl(written);
}

/** `o/r` is GitHub's, `gitlab:o/r` says whose it is. */
function readShortcut(written: string): HostedAddress | undefined {
  const [, short = "github", owner, name, at = ""] = /^(?:(\w+):)?([\w.-]+)\/([\w.-]+?)(?:\.git)?(#.+)?$/.exec(written) ?? [];
  const forge = forges.find((one) => one.short === short);
  if (forge === undefined || owner === undefined || name === undefined || owner.startsWith(".")) return undefined;
  const addressed = addressAt(forge, { owner, name, at }, "https");
  return { ...addressed, dependency: `${short}:${owner}/${name}${at}` };
}

function readScp(written: string): HostedAddress | undefined {
  const [, host, owner, name, at = ""] = /^git@([\w.-]+):([\w.-]+)\/([\w.-]+?)(?:\.git)?(#.+)?$/.exec(written) ?? [];
  const forge = forges.find((one) => one.host === host);
  return forge === undefined || owner === undefined || name === undefined ? undefined : addressAt(forge, { owner, name, at }, "ssh");
}

type Form = "https" | "ssh" | "git";

const forms: Readonly<Record<string, Form>> = {
  "https:": "https",
  "git+https:": "https",
  "http:": "https",
  "ssh:": "ssh",
  "git+ssh:": "ssh",
  "git:": "git",
};

const repositoryAddress = /^([a-z+]+:)\/\/(?:[^@/]*@)?(?:www\.)?([^/:?#]+)(?::\d+)?\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?(#.*)?$/i;

function readUrl(written: string): HostedAddress | undefined {
  const [, scheme = "", host, owner, name, at = ""] = repositoryAddress.exec(written) ?? [];
  const forge = forges.find((one) => one.host === host?.toLowerCase());
  const form = forms[scheme.toLowerCase()];
  if (forge === undefined || form === undefined || owner === undefined || name === undefined) return undefined;
  return addressAt(forge, { owner, name, at }, form);
}

/** Whether a text is an address of any scheme; one of the web needs a host. */
export function isAddress(text: string): boolean {
  const [, scheme, rest = ""] = /^\s*([a-z][a-z0-9+.-]*):(.*)$/i.exec(text) ?? [];
  if (scheme === undefined) return false;
  return !/^(?:https?|ftp|wss?)$/i.test(scheme) || /^[/\\]*[^/\\?#\s]/.test(rest);
}

function addressAt(
  { host }: Forge,
  { owner, name, at }: { readonly owner: string; readonly name: string; readonly at: string },
  form: Form,
): HostedAddress {
  const prefix = { https: "git+https://", ssh: "git+ssh://git@", git: "git://" }[form];
  const repository = `${prefix}${host}/${owner}/${name}.git${at}`;
  const page = `https://${host}/${owner}/${name}`;
  const tree = at === "" ? page : `${page}/tree/${encodeURIComponent(at.slice(1))}`;
  return { repository, dependency: repository, bugs: `${page}/issues`, docs: `${tree}#readme` };
}
