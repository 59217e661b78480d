import assert from "node:assert/strict";
import { test } from "node:test";
import { childEnvironment, handedOn, hasUrlCredential } from "./child-environment.ts";

const common = { home: "/run/home", temporaryFolder: "/run/tmp", epochSeconds: 1_700_000_000, machine: {} };

test("a child gets what is fixed and what the table names, and nothing else", () => {
  const { env, dropped } = childEnvironment({
    ...common,
    machine: { PYENV_ROOT: "/home/ada/.pyenv", PIP_CACHE_DIR: "/home/ada/.cache/pip" },
    env: {
      PATH: "/usr/bin:/bin",
      HOME: "/home/ada",
      LANG: "de_DE.UTF-8",
      TZ: "Europe/Berlin",
      PIP_INDEX_URL: "https://mirror.example/simple",
      PIP_CACHE_DIR: "/big/cache",
      PYPI_TOKEN: "secret",
      UV_PUBLISH_TOKEN: "secret",
      AWS_SECRET_ACCESS_KEY: "secret",
      PYTHONPATH: "/evil",
      LD_PRELOAD: "/evil.so",
      HTTPS_PROXY: "",
    },
  });

  assert.deepEqual(env, {
    PATH: "/usr/bin:/bin",
    HOME: "/run/home",
    TMPDIR: "/run/tmp",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    SOURCE_DATE_EPOCH: "1700000000",
    PYTHONHASHSEED: "0",
    PIP_NO_INPUT: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    GIT_TERMINAL_PROMPT: "0",
    PIP_INDEX_URL: "https://mirror.example/simple",
    PIP_CACHE_DIR: "/big/cache",
    PYENV_ROOT: "/home/ada/.pyenv",
  });
  assert.deepEqual(dropped, []);
});

test("the environment is the same for two people with other locales, zones and homes", () => {
  const of = (env: Readonly<Record<string, string>>): unknown => childEnvironment({ ...common, env: { PATH: "/usr/bin", ...env } }).env;

  assert.deepEqual(
    of({ HOME: "/home/ada", LANG: "C", TZ: "UTC", USER: "ada" }),
    of({ HOME: "/home/bob", LC_ALL: "tr_TR", TZ: "Asia/Tokyo", USER: "bob" }),
  );
});

test("a URL with a credential is left out, and said to be, without its value", () => {
  const { env, dropped } = childEnvironment({
    ...common,
    env: {
      PIP_EXTRA_INDEX_URL: "https://a.example https://ada:s3cret@b.example/simple",
      HTTPS_PROXY: "http://token@proxy.example:3128",
      NO_PROXY: "x@y",
    },
  });

  assert.deepEqual(
    dropped.map(({ name }) => name),
    ["PIP_EXTRA_INDEX_URL", "HTTPS_PROXY"],
  );
  assert.ok(!JSON.stringify({ env, dropped }).includes("s3cret"));
  assert.equal(env["NO_PROXY"], "x@y");
});

test("relative and empty entries of the PATH are left out", () => {
  const { env } = childEnvironment({ ...common, env: { PATH: ":.:bin:/usr/bin:./x:/bin:" } });

  assert.equal(env["PATH"], "/usr/bin:/bin");
});

test("no name in the table is that of a credential, and each has its reason", () => {
  for (const [name, reason] of Object.entries(handedOn)) {
    assert.doesNotMatch(name, /TOKEN|PASSWORD|SECRET|USERNAME|CREDENTIAL|_KEY$/i);
    assert.ok(reason.length > 10, name);
  }
});

test("hasUrlCredential() knows user information from a path or a query with an @", () => {
  const texts = ["https://a@b", "index-url = https://u:p@host/simple", "socks5h://u@h"].map(hasUrlCredential);
  const harmless = ["https://host/@scope/name", "https://host?x=a@b", "ada@example.org", "git@host:a/b", ""].map(hasUrlCredential);

  assert.deepEqual([...texts, ...harmless], [true, true, true, false, false, false, false, false]);
});

test("behind a proxy, what is on this machine is asked directly, in both spellings that clients read", () => {
  const { env } = childEnvironment({
    ...common,
    env: { PATH: "/usr/bin", https_proxy: "http://proxy.example:3128", NO_PROXY: "intern.example, 127.0.0.1" },
  });

  assert.equal(env["NO_PROXY"], "intern.example,127.0.0.1,localhost,::1");
  assert.equal(env["no_proxy"], env["NO_PROXY"]);
  assert.equal(env["https_proxy"], "http://proxy.example:3128");
});
