import { parseConfiguration } from "./parse.ts";
import { vocabulary } from "../../test/support/vocabulary.ts";
let s="slipway: 1\nproject: x\npackages: { x: { path: . } }\nsteps:\n";for(let i=0;s.length<30000;i++)s+=`  s${i}: { run: just x, when: tag, in: nix }\n`;
for (let i=0;i<3;i++) {const c=process.cpuUsage(); parseConfiguration(s,"x",vocabulary); const u=process.cpuUsage(c); console.log((u.user+u.system)/1000)}
