import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveNpmUpstream, type NpmUpstreamQuestion } from "./upstream.ts";

const fallback = "http://registry.example/";

function ask(files: Readonly<Record<string, string>>, more: Partial<NpmUpstreamQuestion> = {}) {
  const reader = { readTextIfThere: (file: string) => Promise.resolve(files[file]) };
  return resolveNpmUpstream({ env: {}, home: "/home/ada", reader, fallback, ...more });
}

test("without any configuration it is the public registry", async () => {
  const found = await ask({});

  assert.deepEqual([found.url, found.source, found.credential, found.scopes], [fallback, "the default", undefined, {}]);
});

test("the variable counts more than the project's file, and that more than the user's and the machine's", async () => {
  const files = {
    "/src/.npmrc": "registry=http://project.example\n",
    "/home/ada/.npmrc": "registry = http://user.example/path/\n",
    "/usr/local/etc/npmrc": "registry=http://machine.example/\n",
  };

  assert.equal((await ask(files, { env: { NPM_CONFIG_REGISTRY: "http://variable.example" } })).url, "http://variable.example/");
  assert.equal((await ask(files, { project: "/src" })).url, "http://project.example/");
  assert.deepEqual([(await ask(files)).url, (await ask(files)).source], ["http://user.example/path/", "/home/ada/.npmrc"]);
  assert.equal((await ask({ "/usr/local/etc/npmrc": files["/usr/local/etc/npmrc"] })).url, "http://machine.example/");
});

test("a scope has its registry, and each registry the credential of the nearest path above it", async () => {
  const found = await ask(
    {
      "/home/ada/.npmrc": [
        "; a comment",
        "registry=http://user.example/npm/group/",
        '@slip:registry="http://scope.example/"',
        "//user.example/npm/:_authToken=${TOKEN}",
        "//scope.example/:username=ada",
        `//scope.example/:_password=${Buffer.from("hidden").toString("base64")}`,
      ].join("\n"),
    },
    { env: { TOKEN: "npm_token" } },
  );

  assert.deepEqual([found.credential?.user, found.credential?.reveal()], ["", "npm_token"]);
  const scope = found.scopes["@slip"];
  assert.deepEqual([scope?.url, scope?.credential?.user, scope?.credential?.reveal()], ["http://scope.example/", "ada", "hidden"]);
});

test("user and password in one text are read, a token counts more, and another host's are not taken", async () => {
  const both = Buffer.from("ada:hid:den").toString("base64");
  const found = await ask({
    "/home/ada/.npmrc": `registry=http://user.example/\n//user.example/:_auth=${both}\n//other.example/:_authToken=x\n`,
  });

  assert.deepEqual([found.credential?.user, found.credential?.reveal()], ["ada", "hid:den"]);
});

test("an address that is none is left out with a note, and user information never stays in one", async () => {
  const found = await ask({ "/home/ada/.npmrc": "registry=ftp://x\n@slip:registry=http://ada:secret@scope.example\n" });

  assert.deepEqual([found.url, found.scopes["@slip"]?.url], [fallback, "http://scope.example/"]);
  assert.match(found.notes.join(), /"registry" in \/home\/ada\/\.npmrc is no http or https address/);
});

test("the certificates that npm trusts are read, unless Node has them already", async () => {
  const files = { "/home/ada/.npmrc": "cafile=/etc/ca.pem\n", "/etc/ca.pem": "PEM" };

  assert.equal((await ask(files)).certificates, "PEM");
  assert.equal((await ask(files, { env: { NODE_EXTRA_CA_CERTS: "/etc/ca.pem" } })).certificates, undefined);
});
