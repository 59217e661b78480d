import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheFolder, normalRemote, projectKey, stateFolder } from "./state-folder.ts";

const cases: readonly (readonly [string, NodeJS.Platform, Readonly<Record<string, string>>, string, string])[] = [
  ["Linux", "linux", { HOME: "/home/ada" }, "/home/ada/.local/state/slipway", "/home/ada/.cache/slipway"],
  ["XDG", "linux", { HOME: "/home/ada", XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/c" }, "/s/slipway", "/c/slipway"],
  [
    "relative XDG, which is ignored",
    "linux",
    { HOME: "/home/ada", XDG_STATE_HOME: "s", XDG_CACHE_HOME: "" },
    "/home/ada/.local/state/slipway",
    "/home/ada/.cache/slipway",
  ],
  ["macOS", "darwin", { HOME: "/Users/ada" }, "/Users/ada/Library/Application Support/slipway", "/Users/ada/Library/Caches/slipway"],
  ["macOS with XDG", "darwin", { HOME: "/Users/ada", XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/c" }, "/s/slipway", "/c/slipway"],
  [
    "Windows",
    "win32",
    { LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" },
    "C:\\Users\\ada\\AppData\\Local\\slipway\\state",
    "C:\\Users\\ada\\AppData\\Local\\slipway\\cache",
  ],
];

for (const [name, platform, env, state, cache] of cases) {
  test(`state and cache stand where the system wants them: ${name}`, () => {
    assert.deepEqual([stateFolder(env, platform), cacheFolder(env, platform)], [state, cache]);
  });
}

test("an environment without a home is USAGE and names the variables", () => {
  assert.throws(() => stateFolder({ HOME: "" }, "linux"), { code: "USAGE", message: /"XDG_STATE_HOME" nor "HOME"/ });
  assert.throws(() => cacheFolder({ HOME: "/home/ada" }, "win32"), { code: "USAGE", message: /"LOCALAPPDATA"/ });
});

const spellings: readonly (readonly [string, readonly string[]])[] = [
  [
    "forge.example/team/tool",
    [
      "https://forge.example/team/tool",
      "https://forge.example/team/tool.git",
      "https://user:token@Forge.Example:443/team/tool.git/",
      "http://forge.example:80/team/tool",
      "git@forge.example:team/tool.git",
      "forge.example:team/tool",
      "git@forge.example:/team/tool",
      "ssh://git@forge.example/team/tool.git",
      "ssh://git@forge.example:2222/team/tool",
      "git+ssh://git@forge.example/team/tool",
      "git://forge.example:9418/team/tool.git",
    ],
  ],
  ["forge.example:3000/team/tool", ["http://forge.example:3000/team/tool.git", "https://me@forge.example:3000/team/tool"]],
  ["[::1]/team/tool", ["ssh://git@[::1]:22/team/tool.git", "git@[::1]:team/tool"]],
  ["file:/srv/tool", ["/srv/tool.git", "/srv/tool/", "file:///srv/tool.git"]],
  ["file:/C:/srv/tool", ["C:\\srv\\tool.git", "C:/srv/tool"]],
  ["file:/srv/a:b", ["/srv/a:b"]],
];

for (const [normal, urls] of spellings) {
  test(`all spellings of one remote are one: ${normal}`, () => {
    assert.deepEqual(new Set(urls.map(normalRemote)), new Set([normal]));
  });
}

test("projects of different remotes, names or folders have different keys; the case of a path matters", () => {
  const keys = [
    projectKey({ project: "tool", remote: "https://forge.example/team/tool", root: "/a" }),
    projectKey({ project: "tool", remote: "https://forge.example/team/Tool", root: "/a" }),
    projectKey({ project: "tool", remote: "https://forge.example:8443/team/tool", root: "/a" }),
    projectKey({ project: "other", remote: "https://forge.example/team/tool", root: "/a" }),
    projectKey({ project: "tool", root: "/a" }),
    projectKey({ project: "tool", root: "/b" }),
  ];

  assert.equal(new Set(keys).size, keys.length);
  assert.equal(projectKey({ project: "tool", remote: "git@forge.example:team/tool.git", root: "/other" }), keys[0]);
});

test("a key is a name that every file system takes", () => {
  const key = (project: string): string => projectKey({ project, root: "/a" });

  for (const name of ["../../etc", "Ünï cödé/x", ".", "", "a".repeat(300), "CON:"])
    assert.match(key(name), /^[a-z0-9_][a-z0-9._-]{0,39}-[0-9a-f]{12}$/, name);
});
