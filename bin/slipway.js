#!/usr/bin/env node
// The launcher: answers `--version` and `--help` without loading anything, refuses a Node that is too old with a clear
// word, and otherwise hands over to the program. Written for Node 12 on, see node-range.js.
"use strict";
var fs = require("fs");
var path = require("path");
var node = require("./node-range.js");

var root = path.dirname(__dirname);
var built = path.join(root, "dist", "main.cjs");
var source = path.join(root, "src", "entrypoints", "cli", "main.ts");
// For those who work on Slipway: run the source although a build is there (CONTRIBUTING.md).
var fromSource = process.env.SLIPWAY_FROM_SOURCE === "1" && fs.existsSync(source);

/** Text that is known without running the program, or undefined. */
function knownAnswer(args) {
  var first = args.length === 0 ? "--help" : args[0];
  if (args.length > 1) return undefined;
  if (first === "--version" || first === "-V") {
    return "slipway " + JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).version + "\n";
  }
  if (first !== "--help" && first !== "-h") return undefined;
  var help = path.join(root, "dist", "help.txt");
  return !fromSource && fs.existsSync(help) ? fs.readFileSync(help, "utf8") : undefined;
}

/** Ends the process with a text on standard output (1) or standard error (2). */
function answer(stream, text, code) {
  var bytes = Buffer.from(text);
  var written = 0;
  process.exitCode = code;
  try {
    // Milliseconds faster than process.stdout, which loads Node's streams first.
    while (written < bytes.length) written += fs.writeSync(stream, bytes, written);
  } catch (error) {
    // A pipe that is full for now takes the rest through the stream; one that nobody reads is left alone.
    if (error.code === "EAGAIN") (stream === 1 ? process.stdout : process.stderr).write(bytes.slice(written));
    else if (error.code !== "EPIPE") fail("Cannot write the answer: " + error.message);
  }
}

function fail(message) {
  process.exitCode = 1;
  process.stderr.write("error[INTERNAL_ASSERTION]: " + message + "\n");
}

/** The source is written as ES modules, and the bundle is not: loading those takes longer. */
function program() {
  if (fromSource || !fs.existsSync(built)) return import(require("url").pathToFileURL(source).href);
  return new Promise(function (resolve) {
    resolve(require(built));
  });
}

function load() {
  program()
    .then(function (module) {
      return module.main(process.argv.slice(2));
    })
    .then(
      function (code) {
        process.exitCode = code;
      },
      function (error) {
        fail("Cannot start Slipway: " + (error && error.stack ? error.stack : String(error)));
      },
    );
}

function launch() {
  var args = process.argv.slice(2);
  var supported = node.isSupported(process.versions.node);
  var other = supported ? undefined : node.developmentNode(root);
  if (!supported && other === undefined) return answer(2, node.tooOldText(process.versions.node), 2);
  var known = knownAnswer(args);
  if (known !== undefined) return answer(1, known, 0);
  if (other !== undefined) return node.runWith(other, [__filename].concat(args));
  load();
}

launch();
