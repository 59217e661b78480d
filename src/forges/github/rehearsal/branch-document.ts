// A branch as GitHub tells of it, with all members that its description asks for. What a rehearsal does not know of a commit
// – its tree, its parents – is told as nothing of the kind.
import { repositoryUrls, time } from "./document-parts.ts";
import type { Service } from "./service.ts";

export function branchDocument(
  service: Pick<Service, "url" | "owner" | "name">,
  name: string,
  commit: string,
): Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const self = `${api}/branches/${encodeURIComponent(name)}`;
  return {
    name,
    commit: commitDocument({ api, web }, commit),
    _links: { self, html: `${web}/tree/${name}` },
    protected: false,
    protection: { enabled: false },
    protection_url: `${self}/protection`,
  };
}

function commitDocument({ api, web }: { readonly api: string; readonly web: string }, sha: string): Readonly<Record<string, unknown>> {
  const url = `${api}/commits/${sha}`;
  const person = { name: "rehearsal", email: "rehearsal@localhost", date: time(0) };
  const tree = { sha, url: `${api}/git/trees/${sha}` };
  return {
    sha,
    node_id: Buffer.from(`Commit:${sha}`).toString("base64"),
    url,
    html_url: `${web}/commit/${sha}`,
    comments_url: `${url}/comments`,
    commit: { url: `${api}/git/commits/${sha}`, author: person, committer: person, message: "", comment_count: 0, tree },
    author: null,
    committer: null,
    parents: [],
  };
}
