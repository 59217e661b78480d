import assert from "node:assert/strict";
import { test } from "node:test";
import { exited, fakePorts, memoryFiles } from "../../../../test/support/ports.ts";
import { chooseClient } from "./client.ts";
import { clientEnvironment } from "./client-environment.ts";
import { defaultIndexIn, parsePipConfig, readPipSettings, readUvSettings } from "./default-index.ts";
import { describesWheel } from "./own-file.ts";

test("clientEnvironment() keeps how the network is reached, and drops everything that lets another package in", () => {
  const network = { PATH: "/bin", HOME: "/h", HTTPS_PROXY: "p", SSL_CERT_FILE: "c", PIP_CERT: "c", PIP_CACHE_DIR: "d", UV_CACHE_DIR: "e" };
  const sources = {
    PIP_EXTRA_INDEX_URL: "x",
    PIP_INDEX_URL: "x",
    PIP_FIND_LINKS: "x",
    PIP_CONSTRAINT: "x",
    PIP_PRE: "1",
    UV_INDEX: "x",
    UV_EXTRA_INDEX_URL: "x",
    UV_FIND_LINKS: "x",
    UV_CONFIG_FILE: "x",
    UV_OVERRIDE: "x",
    PYTHONPATH: "x",
    PYTHONHOME: "x",
    VIRTUAL_ENV: "x",
    CONDA_PREFIX: "x",
    pip_extra_index_url: "x",
  };

  const env = clientEnvironment({ ...network, ...sources, PIP_CONFIG_FILE: "/home/pip.conf" }, "linux-x86_64");

  for (const [name, value] of Object.entries(network)) assert.equal(env[name], value, name);
  for (const name of Object.keys(sources)) assert.equal(env[name], undefined, name);
  assert.equal(env["PIP_CONFIG_FILE"], "/dev/null");
  assert.equal(env["UV_NO_CONFIG"], "1");
});

test("readUvSettings() takes the default index from the environment, then from uv's file, then from pip's variable", async () => {
  const files = memoryFiles({ "/uv.toml": 'index-url = "http://127.0.0.1/file"\nextra-index-url = ["http://127.0.0.1/extra"]\n' });
  const read = async (env: Readonly<Record<string, string>>): Promise<string | undefined> =>
    (await readUvSettings(env, files)).defaultIndex;

  assert.equal(await read({ UV_DEFAULT_INDEX: "a", UV_INDEX_URL: "b", UV_CONFIG_FILE: "/uv.toml" }), "a");
  assert.equal(await read({ UV_CONFIG_FILE: "/uv.toml", PIP_INDEX_URL: "c" }), "http://127.0.0.1/file");
  assert.equal(await read({ PIP_INDEX_URL: "c" }), "c");
  assert.equal(await read({ UV_INDEX: "http://127.0.0.1/more" }), undefined);
});

test("defaultIndexIn() takes the index marked as default and no other", () => {
  assert.equal(defaultIndexIn('[[index]]\nurl = "a"\n[[index]]\nurl = "b"\ndefault = true\n'), "b");
  assert.equal(defaultIndexIn('[[index]]\nurl = "a"\n'), undefined);
  assert.equal(defaultIndexIn('[pip]\nindex-url = "c"\n'), "c");
  assert.equal(defaultIndexIn("not = [toml"), undefined);
});

test("readPipSettings() asks pip itself, and takes its one index and the way to it", async () => {
  const listed =
    ":env:.cert='/c'\nglobal.index-url='http://127.0.0.1/global'\nglobal.extra-index-url='http://127.0.0.1/extra'\ninstall.index-url='http://127.0.0.1/install'\nglobal.timeout='30'\n";
  const ports = fakePorts({ programs: { python3: () => exited(0, listed) } });

  const settings = await readPipSettings(["python3", "-m", "pip"], ports, "/scratch");

  assert.deepEqual(settings, { defaultIndex: "http://127.0.0.1/install", variables: { PIP_CERT: "/c", PIP_DEFAULT_TIMEOUT: "30" } });
  assert.equal(parsePipConfig("nonsense\nglobal.no-index='true'").size, 1);
});

test("chooseClient() takes uv, else a Python of the wanted version, and knows whether its pip works from outside", async () => {
  const pip = (version: string) => ({ python3: () => exited(0, `pip ${version} from /x`), "python3.12": () => exited(1) });
  const chosen = async (programs: Parameters<typeof fakePorts>[0], version?: string): Promise<unknown> => {
    const answer = await chooseClient(version, fakePorts(programs));
    return answer.kind === "client" ? answer.client : answer.kind;
  };

  assert.deepEqual(await chosen({ programs: { uv: () => exited(0), ...pip("24.0") } }), { kind: "uv", program: "/usr/bin/uv" });
  assert.deepEqual(await chosen({ programs: pip("24.0") }), { kind: "pip", python: "/usr/bin/python3", outside: true });
  assert.deepEqual(await chosen({ programs: pip("22.2") }), { kind: "pip", python: "/usr/bin/python3", outside: false });
  assert.deepEqual(await chosen({ programs: pip("24.0") }, "3.12"), { kind: "pip", python: "/usr/bin/python3.12", outside: false });
  assert.equal(await chosen({}), "missing");
});

test("describesWheel() knows a wheel by all of its tags and its build", () => {
  const file = "Wheel-Version: 1.0\r\nGenerator: x\r\nTag: py2-none-any\r\nTag: py3-none-any\r\n";

  assert.equal(describesWheel(file, "demo-1.0-py2.py3-none-any.whl"), true);
  assert.equal(describesWheel(file, "demo-1.0-py3-none-any.whl"), false);
  assert.equal(describesWheel(file, "demo-1.0-1-py2.py3-none-any.whl"), false);
  assert.equal(describesWheel(`${file}Build: 1\n`, "demo-1.0-1-py2.py3-none-any.whl"), true);
  assert.equal(describesWheel(file, "no wheel"), false);
});
