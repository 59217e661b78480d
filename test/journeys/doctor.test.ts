// `slipway doctor` by the real program: a project of four registries with every open way planted is red and names each of them within
// ten seconds (trust §8, G15); with all of them closed it is green. And the values for publishers, as text and as a document.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { diagnosisDocumentSchema, initDocumentSchema, publishersDocumentSchema } from "../../src/app/schemas-look.ts";
import { knownForges } from "../../src/domain/known-services.ts";
import { makeBed, told, type Bed } from "../support/bed.ts";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";

const secret = "s3cret-value-that-nobody-may-see";

const trusted = "trusted-publishing";
const withFallback = "{ use: trusted-publishing, fallback: { token: BREAK, by: engineers, uses: 1 } }";
const withFirst = "{ use: trusted-publishing, first: { token: FIRST } }";

const settings = (origin: string, python = withFallback): string => `slipway: 1
project: reed
packages:
  python: { path: ., tag: "v{version}", name: reed-py }
  crate: { path: rust, ecosystem: crates }
  js: { path: js, ecosystem: npm }
  image: { path: ., ecosystem: oci, name: slip/reed }
people: { engineers: [ann] }
versions: one
version: { from: manifest }
on: { tag: python }
forge: { kind: github, repository: example/reed }
registries:
  index: { ecosystem: pypi, url: "${origin}/legacy/", index: "${origin}/simple/" }
  boxes: { ecosystem: crates, url: "${origin}/crates/" }
  parcels: { ecosystem: npm, url: "${origin}/npm/" }
  images: { ecosystem: oci, url: "${origin}/" }
environments:
  index: { registry: index, credentials: ${python} }
  boxes: { registry: boxes, credentials: ${withFirst} }
  parcels: { registry: parcels, credentials: ${trusted} }
  images: { registry: images, credentials: forge }
steps:
  build: { run: "true" }
  index: { uses: publish, environment: index }
  boxes: { uses: publish, environment: boxes }
  parcels: { uses: publish, environment: parcels }
`;

const job = (name: string, more = ""): string =>
  `  ${name}: { permissions: { id-token: write }, environment: ${name}, runs-on: x${more} }\n`;
const good = `on: { push: { tags: ["v*"] } }\npermissions: {}\njobs:\n${job("index")}${job("boxes")}${job("parcels")}`;
const bad = `on: { pull_request_target: {} }\npermissions: {}\njobs:\n${job("index")}${job("parcels", ", uses: ./.github/workflows/x.yml")}`;

/** What each registry knows of the packages: one version of each, so that no name is a first one. */
const answers: Readonly<Record<string, string>> = {
  "/simple/reed-py/": '{"meta":{"api-version":"1.0"},"name":"reed-py","versions":["0.9.0"],"files":[]}',
  "/crates/re/ed/reed-crate":
    '{"name":"reed-crate","vers":"0.9.0","deps":[],"cksum":"' + "0".repeat(64) + '","features":{},"yanked":false}\n',
  "/npm/reed-js": '{"name":"reed-js","dist-tags":{"latest":"0.9.0"},"versions":{"0.9.0":{"name":"reed-js","version":"0.9.0"}}}',
};

interface Place {
  readonly bed: Bed;
  readonly host: string;
  readonly asked: string[];
}

async function open(t: TestContext): Promise<Place> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    assert.equal(request.headers.authorization, undefined, "nothing is asked with a credential");
    const text = answers[request.url ?? ""];
    const type = request.url?.startsWith("/simple/") === true ? "application/vnd.pypi.simple.v1+json" : "application/json";
    response.writeHead(text === undefined ? 404 : 200, { "content-type": type }).end(text ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const files = {
    "slipway.yaml": settings(`http://${host}`),
    "pyproject.toml":
      '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "reed-py"\nversion = "1.0.0"\n',
    "rust/Cargo.toml": '[package]\nname = "reed-crate"\nversion = "1.0.0"\nedition = "2021"\n',
    "js/package.json": '{"name":"reed-js","version":"1.0.0"}\n',
    ".github/workflows/release.yml": bad,
  };
  const bed = makeBed({ example: { files } });
  t.after(async () => {
    bed.remove();
    await new Promise((resolve) => server.close(resolve));
  });
  return { bed, host, asked };
}

/** Every way that is open, as people leave them behind. */
const planted = (host: string): Readonly<Record<string, string>> => ({
  ".pypirc": `[distutils]\nindex-servers = work\n[work]\nrepository = http://${host}/legacy/\nusername = __token__\npassword = ${secret}\n`,
  ".npmrc": `//${host}/npm/:_authToken=${secret}\n`,
  ".cargo/credentials.toml": `[registries.boxes]\ntoken = "${secret}"\n`,
  ".docker/config.json": JSON.stringify({ auths: { [host]: { auth: Buffer.from(`ann:${secret}`).toString("base64") } } }),
  ".config/gh/hosts.yml": `forge.example:\n  user: ann\n  oauth_token: ${secret}\n`,
  ".git-credentials": `https://ann:${secret}@forge.example\n`,
});

const variables = { TWINE_PASSWORD: secret, CARGO_REGISTRIES_BOXES_TOKEN: secret, NPM_TOKEN: secret, BREAK: secret, FIRST: secret };

interface Finding {
  readonly id: string;
  readonly level: string;
  readonly message: string;
  readonly evidence: string;
  readonly hint?: string;
}

const red = (findings: readonly Finding[]): readonly string[] =>
  [...new Set(findings.filter(({ level }) => level === "warns" || level === "blocks").map(({ id }) => id))].toSorted();

test("every open way on four registries is named within ten seconds, no value is shown, and once all are closed doctor is green", async (t) => {
  const { bed, host, asked } = await open(t);
  const home = path.join(bed.folder, "home");
  for (const [name, text] of Object.entries(planted(host))) {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), text);
  }

  const fromMs = performance.now();
  const open_ = await bed.slipway(["doctor", "--json"], variables);
  const tookMs = performance.now() - fromMs;
  const text = await bed.slipway(["doctor"], variables);
  const one = await bed.slipway(["doctor", "--only", "DR-PATH-07", "--json"], variables);

  assert.equal(open_.code, 8, told(open_));
  const document = JSON.parse(open_.stdout) as { readonly findings: readonly Finding[] };
  assert.deepEqual(checkJsonSchema(strictly(diagnosisDocumentSchema), document), []);
  assert.deepEqual(
    red(document.findings),
    ["DR-PATH-01", "DR-PATH-02", "DR-PATH-03", "DR-PATH-05", "DR-PATH-06", "DR-PATH-07", "DR-PATH-08", "DR-PATH-09"].concat([
      "DR-PUB-06",
      "DR-PUB-07",
      "DR-PUB-08",
    ]),
    told(open_),
  );
  assert.ok(tookMs <= 10_000, `it took ${Math.round(tookMs)} ms`);
  for (const word of ["reed-py", "reed-crate", "reed-js", "slip/reed"]) assert.ok(open_.stdout.includes(word), `${word} is named`);
  assert.deepEqual(
    document.findings.filter(({ evidence }) => evidence === ""),
    [],
    "each says what was seen",
  );
  for (const ended of [open_, text]) assert.ok(!`${ended.stdout}${ended.stderr}`.includes(secret), "no value is shown");
  assert.match(text.stdout, /DR-PATH-07 +"[^"]+credentials\.toml" opens "boxes" for reed-crate.*\n +hint: Revoke.*\n +seen: .*: boxes\n/);
  assert.deepEqual(red((JSON.parse(one.stdout) as typeof document).findings), ["DR-PATH-07"]);
  assert.ok(
    asked.every((line) => /^(?:GET|HEAD) /.test(line)),
    asked.join("\n"),
  );

  for (const name of Object.keys(planted(host))) rmSync(path.join(home, name));
  writeFileSync(path.join(bed.project, ".github", "workflows", "release.yml"), good);
  const closed = await bed.slipway(["doctor", "--json"]);

  assert.equal(closed.code, 0, told(closed));
  const green = (JSON.parse(closed.stdout) as { readonly findings: readonly Finding[] }).findings;
  assert.deepEqual(red(green), []);
  const fine = new Set(green.filter(({ level }) => level === "fine").map(({ id }) => id));
  for (const id of ["DR-PATH-02", "DR-PATH-03", "DR-FIRST-01", "DR-FIRST-02", "DR-CLOCK-01", "DR-WINDOW-03", "DR-STATE-01"])
    assert.ok(fine.has(id), `${id} is fine\n${told(closed)}`);
});

test("the values for publishers are told exactly by doctor and at the end of init; a file that cannot be read is a finding", async (t) => {
  const { bed } = await open(t);

  const text = await bed.slipway(["doctor", "--publishers"]);
  const json = await bed.slipway(["doctor", "--publishers", "--json"]);
  const both = await bed.slipway(["doctor", "--publishers", "--only", "DR-TOOL-01"]);

  assert.equal(text.code, 0, told(text));
  assert.match(
    text.stdout,
    /reed-py at index, for pipeline "release"\n +project +reed-py\n +owner +example\n +repository +reed\n +workflow +release\.yml\n +environment +index\n/,
  );
  assert.match(text.stdout, /reed-crate at boxes[^]*not there yet: its first version needs a token/);
  const document = JSON.parse(json.stdout) as { readonly publishers: readonly { readonly registry: string; readonly package: string }[] };
  assert.deepEqual(checkJsonSchema(strictly(publishersDocumentSchema), document), []);
  assert.deepEqual(
    document.publishers.map((entry) => `${entry.package} at ${entry.registry}`),
    ["reed-py at index", "reed-crate at boxes", "reed-js at parcels"],
  );
  assert.equal(both.code, 2, told(both));

  writeFileSync(path.join(bed.project, "slipway.yaml"), "slipway: 1\nproject: [");
  const broken = await bed.slipway(["doctor", "--json"]);
  assert.equal(broken.code, 8, told(broken));
  assert.match(broken.stdout, /"id":"DR-PROJECT-01","level":"blocks"/);

  rmSync(path.join(bed.project, "slipway.yaml"));
  bed.git("remote", "add", "origin", `https://${knownForges[0]?.host ?? ""}/example/reed.git`);
  const init = await bed.slipway(["init", "--json"]);
  rmSync(path.join(bed.project, "slipway.yaml"));
  const said = await bed.slipway(["init"]);

  assert.equal(init.code, 0, told(init));
  const proposal = JSON.parse(init.stdout) as { readonly publishers: readonly { readonly package: string; readonly use: string }[] };
  assert.deepEqual(checkJsonSchema(strictly(initDocumentSchema), proposal), []);
  assert.ok(
    proposal.publishers.some((entry) => entry.package === "reed-py" && entry.use === "possible"),
    told(init),
  );
  assert.match(
    said.stdout,
    /reed-py at pypi, for pipeline "release"\n[^]*not there yet: http[^]*write `credentials: trusted-publishing` once the values/,
  );
});
