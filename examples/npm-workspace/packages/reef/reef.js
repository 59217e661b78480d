#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { inMetres } from "slipway-example-reef-core";

const { version } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));
const [asked] = process.argv.slice(2);
const told = asked === "--version" ? `reef ${version}` : `${inMetres(Number(asked))} m`;
process.stdout.write(`${told}\n`);
