import { parseConfiguration } from "./parse.ts";
import { scan } from "./yaml/scan.ts";
import { vocabulary } from "../../test/support/vocabulary.ts";
for (const unit of ["[ü|\n|\n# ","\\project\r\n@$>\n1.10: '\"","[>\n|\n# <<: `ü1.10$<<: $ü","\n  \n    ? ","7*a<<: `tag---\n``- \n    7"]) for (const lim of [10,0]) { Error.stackTraceLimit=lim;
const s=unit.repeat(65536).slice(0,65536);
let out="";
for (let i=0;i<4;i++) {let c=process.cpuUsage(); const sc=scan(s); let u=process.cpuUsage(c);const a=(u.user+u.system)/1000; c=process.cpuUsage(); const r=parseConfiguration(s,"x",vocabulary);  u=process.cpuUsage(c); out+=` ${a.toFixed(0)}/${((u.user+u.system)/1000).toFixed(0)} tok ${sc.tokens.length} st ${sc.stopped} n${(r as any).problems.length}`} console.log(lim,JSON.stringify(unit),out);}
