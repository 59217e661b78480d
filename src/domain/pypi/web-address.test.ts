import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isWebAddress } from "./web-address.ts";

describe("isWebAddress()", () => {
  for (const address of [
    "https://host",
    "http://host/",
    "HTTPS://Host.example/a/b?c=d&e#f g",
    "https://user:pass@host:8080/~x/(y);z,%20",
    "https://[::1]:80/",
    "https://1.2.3.4/",
    "https:relative",
  ]) {
    it(`takes ${address}`, () => assert.equal(isWebAddress(address), true));
  }

  for (const address of [
    "",
    "host",
    "//host/",
    "ftp://host/",
    "javascript:alert(1)",
    "https://host/a b",
    "https://host/<name>",
    "https://host/é",
    "https://ho st/",
    "https://host:99999/",
    "https://host:port/",
    "https://256.1.1.1/",
    "https://host/%zz",
    "https://host/?a|b",
    "https://host\\path",
    `https://host/${"x".repeat(5000)}`,
  ]) {
    it(`refuses ${JSON.stringify(address.slice(0, 40))}`, () => assert.equal(isWebAddress(address), false));
  }
});
