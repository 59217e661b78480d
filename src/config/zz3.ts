
import fc from "fast-check";
import { parseConfiguration } from "./parse.ts";
import { vocabulary } from "../../test/support/vocabulary.ts";
const words = ["slipway", "project", "steps", "run", "tag", "1.10", "{version}", "true", "7", "ü"];
const marks = [": ", ":", "- ", "{ ", " }", "[", "]", ", ", "\n", "\n  ", "\n    ", "'", '"', "# ", "&a ", "*a", "!t ", "|\n", ">\n", "? ", "---\n", "...\n", "<<: ", "\\", "\t", "\r\n", "%", "@", "`", "$","k"];
const soup = fc.array(fc.constantFrom(...words, ...marks), { minLength:1, maxLength: 14 }).map((p) => p.join(""));
const worst:[number,string][]=[];
for (const part of fc.sample(soup,{numRuns:3000,seed:Number(process.argv[2]??1)})) { const text=part.repeat(Math.ceil(65536/part.length)).slice(0,65536); let best=1e9; for(let i=0;i<3;i++){const c=process.cpuUsage(); parseConfiguration(text,"x",vocabulary); const u=process.cpuUsage(c); best=Math.min(best,(u.user+u.system)/1000); if(best<50)break;} worst.push([best,part]); }
worst.sort((a,b)=>b[0]-a[0]); for(const [ms,p] of worst.slice(0,8)) console.log(ms.toFixed(0),JSON.stringify(p));
