// The GitHub client and the rehearsal GitHub, each held to GitHub's own description of its API: a proxy between them judges
// every request of the one and every answer of the other while the whole forge contract runs through it.
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalForgeCredential } from "../../src/forges/credentials.ts";
import { forgeContract, type Traits } from "../contract/forge-suite.ts";
import { commits, githubClient, nowhere, repository, startForge, workflow } from "../support/forge.ts";
import { githubDescription, type Description } from "../support/github-description.ts";

const traits: Traits = {
  digests: true,
  sameName: "unknown",
  environments: true,
  immutable: true,
  keepsNames: false,
  emptyAssets: false,
  latest: true,
};
const branch = { head: "slipway/changelog", base: "main" };
const findings = new Set<string>();
let description: Description | undefined;

before(async () => {
  description = await githubDescription();
});

after(() => {
  assert.deepEqual([...findings], []);
  // What the contract never asks for would be judged by nobody.
  assert.ok((description?.seen.size ?? 0) >= 20, [...(description?.seen ?? [])].join("\n"));
});

/** Passes everything on, and has each exchange judged. @returns the address of the proxy */
async function judged(t: TestContext, target: string): Promise<string> {
  const server = createServer((request, response) => void pass({ target, request, response })).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function pass({
  target,
  request,
  response,
}: {
  readonly target: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}) {
  try {
    const body = await readAll(request);
    const { host = "", connection: _connection, ...headers } = request.headers;
    const sent = Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as [string, string]] : []));
    const plain = sent.filter(([name]) => name !== "content-length" && name !== "transfer-encoding");
    const answer = await fetch(`${target}${request.url ?? ""}`, {
      method: request.method ?? "GET",
      headers: plain,
      redirect: "manual",
      ...(body.length === 0 ? {} : { body }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const url = new URL(request.url ?? "/", target);
    if (!url.pathname.startsWith("/storage/")) {
      const found = description?.judge({
        method: request.method ?? "GET",
        path: url.pathname.replace(/^\/uploads/, ""),
        query: url.searchParams,
        requestType: request.headers["content-type"] ?? "",
        requestText: body.toString("utf8"),
        status: answer.status,
        responseType: answer.headers.get("content-type") ?? "",
        responseText: bytes.toString("utf8"),
      });
      for (const finding of found ?? ["there was no judge"]) findings.add(finding);
    }
    const back = [...answer.headers].filter(([name]) => name !== "connection");
    const own = back.map(([name, value]) => [name, name === "location" ? value.replace(target, `http://${host}`) : value]);
    response.writeHead(answer.status, Object.fromEntries(own)).end(bytes);
  } catch (error) {
    // A client that gives an upload up is one of the cases.
    if (!request.destroyed) findings.add(`the judge broke: ${String(error)}`);
    response.destroy();
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) parts.push(chunk);
  return Buffer.concat(parts);
}

const environments = [
  { name: "pypi", waitMinutes: 30, reviewers: { people: ["ada"], teams: ["release"], notSelf: true }, branches: "protected" },
] as const;

forgeContract("GitHub as described", traits, async (t) => {
  const server = await startForge(t, { environments });
  const proxy = await judged(t, server.url);
  await server.owner.pushed("refs/heads/main", commits.first);
  await server.owner.pushed(`refs/heads/${branch.head}`, commits.second);
  await server.owner.setImmutableReleases(false);
  return {
    forge: githubClient({ apiUrl: proxy, uploadUrl: `${proxy}/uploads`, webUrl: server.webUrl }),
    gone: githubClient(nowhere),
    credential: rehearsalForgeCredential(),
    wrongCredential: createCredential("", "ghp_somebody-elses-token"),
    commit: commits.first,
    otherCommit: commits.second,
    branch,
    workflow: workflow.file,
    pushTag: (name, commit) => server.owner.pushed(`refs/tags/${name}`, commit),
    openIssue: ({ title, label }) => server.owner.openIssue({ title, labels: label === undefined ? [] : [label] }),
    endPull: async (number, how) => assert.ok(await server.owner.endPull(number, how)),
    strangerRelease: async (tag, draft) => {
      const made = await fetch(`${server.apiUrl}/repos/${repository}/releases`, {
        method: "POST",
        headers: { authorization: `Bearer ${rehearsalForgeCredential().reveal()}` },
        body: JSON.stringify({ tag_name: tag, target_commitish: "main", name: "By hand", draft }),
      });
      assert.equal(made.status, 201);
    },
  };
});

test("the judge refuses what is not as described", async () => {
  const { judge } = description ?? assert.fail("there is no description");
  const exchange = {
    method: "POST",
    path: `/repos/${repository}/releases`,
    query: new URLSearchParams(),
    requestType: "application/json",
    requestText: JSON.stringify({ name: "No tag", make_latest: true }),
    status: 201,
    responseType: "application/json",
    responseText: "{}",
  };

  const wrong = judge(exchange).join("\n");

  assert.match(wrong, /request: .*tag_name/);
  assert.match(wrong, /request: .*make_latest/);
  assert.match(wrong, /response 201: .*upload_url/);
  assert.match(judge({ ...exchange, method: "GET", path: "/repos/o/r/nothing" }).join(), /no such operation/);
  assert.match(
    judge({ ...exchange, method: "GET", requestText: "", query: new URLSearchParams({ colour: "red" }) }).join(),
    /"colour" is not described/,
  );
});
