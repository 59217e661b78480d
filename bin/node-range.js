// Which Node may run Slipway, and where a development checkout keeps one. Shared by the launcher and by
// scripts/node.cjs. Written for Node 12 on (no `node:` specifiers, no `?.`, no `??`): its whole task is to be read by a
// Node that can read nothing else here. Why this range: docs/adr/0001.
"use strict";
var fs = require("fs");
var path = require("path");

// Equal to `engines.node` in package.json; test/contract/launcher.test.ts holds the two together.
var range = "^24.15.0 || >=26.0.0";

/** Whether a Node of this version (`24.21.0`) is in the range. */
function isSupported(version) {
  var parts = version.split(".");
  var major = Number(parts[0]);
  var minor = Number(parts[1]);
  return major >= 26 || (major === 24 && minor >= 15);
}

/** Absolute path of the Node that `npm ci` brought into a development checkout; undefined if this is it, or there is none. */
function developmentNode(root) {
  if (!fs.existsSync(path.join(root, "tooling", "node", "package.json"))) return undefined;
  var folder = "node-" + process.platform + "-" + process.arch;
  var program = path.join(root, "node_modules", folder, "bin", "node");
  return fs.existsSync(program) && program !== process.execPath ? program : undefined;
}

/** What a person reads when no Node in the range is at hand. */
function tooOldText(version) {
  return (
    "error[NODE_TOO_OLD]: Cannot run on Node " +
    version +
    ": Slipway needs Node " +
    range +
    "\n\n" +
    "hint: install Node 24.15 or newer, then run the same command again\n"
  );
}

/**
 * Runs the same program with another Node and ends as it ends. A terminal sends Ctrl-C to both processes, so that it is
 * not passed on there; everything else is.
 */
function runWith(program, args) {
  var child = require("child_process").spawn(program, args, { stdio: "inherit" });
  var fromTerminal = Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
  ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"].forEach(function (signal) {
    process.on(signal, function () {
      var keyboard = signal === "SIGINT" || signal === "SIGQUIT";
      if (!(keyboard && fromTerminal)) child.kill(signal);
    });
  });
  child.on("error", function (error) {
    process.stderr.write("error[NODE_TOO_OLD]: Cannot start " + JSON.stringify(program) + ": " + error.message + "\n");
    process.exit(2);
  });
  child.on("exit", function (code, signal) {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

module.exports = { developmentNode: developmentNode, isSupported: isSupported, range: range, runWith: runWith, tooOldText: tooOldText };
