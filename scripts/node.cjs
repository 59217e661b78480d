// Runs a script of this folder with a Node in Slipway's range: `node scripts/node.cjs build.ts`. `npm run` puts the
// Node that `npm ci` brought first on the PATH, so that most of the time this is that Node already; where npm has none
// for a platform the system's Node must be in the range, and this says so. Read by old Nodes, see bin/node-range.js.
"use strict";
var path = require("path");
var node = require("../bin/node-range.js");

var root = path.dirname(__dirname);
var script = path.join(__dirname, process.argv[2]);
var rest = process.argv.slice(3);

if (node.isSupported(process.versions.node)) {
  process.argv.splice(1, 2, script);
  import(require("url").pathToFileURL(script).href);
} else {
  var other = node.developmentNode(root);
  if (other === undefined) {
    process.stderr.write(node.tooOldText(process.versions.node));
    process.exitCode = 2;
  } else {
    node.runWith(other, [script].concat(rest));
  }
}
