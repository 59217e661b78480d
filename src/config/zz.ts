import { readFileSync } from "node:fs";
import { parseConfiguration } from "./parse.ts";
import { vocabulary } from "../../test/support/vocabulary.ts";
const ex=readFileSync("test/support/language/tag-driven.yaml","utf8");
for(let i=0;i<Number(process.env.WARM??1);i++) parseConfiguration(ex,"x",vocabulary);
const snippets=["[","{","- ","? ","a: ","a:\n","\"","'","a\n","# x\n","&a ","*a ","!a ","|\n a\n",">\n","[a,","{a: ","- a\n","a: {b: c}\n","---\n","...\n","%YAML 1.2\n","\n"," \n","\t","a b c d\n","\"a\\n\"","[\n","[]","{}","a: |\n  x\n","1.10\n","- - - \n","? a\n: b\n","!!x ","&x a: *x\n",": ","::","a:b:c:","\\","[[],","'a'\n", "x: [1,2\n", "a: 'b\n", " a:\n  b:\n", "- ? : ","\r","\0","\u202e","é","😀","a ","    "];
const res:[number,string][]=[];
for (const N of [65536, 262144]) for(const s of snippets){const t=s.repeat(Math.ceil(N/s.length)).slice(0,N);
 for (const pre of ["","slipway: 1\nproject: x\npackages: { x: { path: . } }\nsteps:\n  a: { run: '"]) {
 const c=process.cpuUsage(); const h=process.memoryUsage().heapUsed; const r=parseConfiguration(pre+t,"x",vocabulary); const u=process.cpuUsage(c); const ms=(u.user+u.system)/1000;
 res.push([ms,`${N} ${JSON.stringify(pre.slice(0,3)+s)} ${r.kind==="invalid"?r.problems.length+" "+r.problems[0]?.message.slice(0,70):"ok"} mem ${((process.memoryUsage().heapUsed-h)/1e6).toFixed(0)}`]);}}
res.sort((a,b)=>b[0]-a[0]); for(const [ms,x] of res.slice(0,25)) console.log(ms.toFixed(0),x);
// gen: many unique keys
const gens:Record<string,(n:number)=>string>={keys:n=>{let s="";for(let i=0;s.length<n;i++)s+=`k${i}: v\n`;return s},flowkeys:n=>{let s="{";for(let i=0;s.length<n;i++)s+=`k${i},`;return s+"}"},
 steps:n=>{let s="slipway: 1\nproject: x\npackages: { x: { path: . } }\nsteps:\n";for(let i=0;s.length<n;i++)s+=`  s${i}: { run: just x, when: tag, in: nix }\n`;return s},
 badsteps:n=>{let s="slipway: 1\nproject: x\npackages: { x: { path: . } }\nsteps:\n";for(let i=0;s.length<n;i++)s+=`  s${i}: { rnu: just x, whn: tagg, inn: nix, uses: foo${i}, environment: e${i} }\n`;return s},
 pipes:n=>{let s="slipway: 1\nproject: x\npackages: { x: { path: ., tag: 'v{version}' } }\npipelines:\n";for(let i=0;s.length<n;i++)s+=`  p${i}: { on: { tag: x, dispatch: }, steps: { t: { uses: tag }, p: { uses: push } } }\n`;return s},
 envs:n=>{let s="slipway: 1\nproject: x\npackages: { x: { path: ., tag: 'v{version}' } }\nsteps: {a: {run: x}}\nenvironments:\n";for(let i=0;s.length<n;i++)s+=`  p${i}: { registry: r${i}, credentials: none, gate: g${i} }\n`;return s},
 matrix:n=>{let s="slipway: 1\nproject: x\npackages: { x: { path: ., tag: 'v{version}' } }\nsteps: {a: {run: x, matrix: { p: [";for(let i=0;s.length<n;i++)s+=`a${i},`;return s+"]}}}\n"},
 nums:n=>{let s="slipway: 1\nproject: x\npackages: { x: { path: ., tag: 'v{version}' } }\nsteps: {a: {uses: build-wheel, with: { python: [";for(let i=0;s.length<n;i++)s+=`1${i},`;return s+"]}}}\n"},
 slash:n=>"slipway: 1\nproject: x\npackages: { x: { path: '"+"a/".repeat(n/2)+"..' } }\nsteps: {a: {run: x}}\n",
 run:n=>"slipway: 1\nproject: x\npackages: { x: { path: '.' } }\nsteps: {a: {run: '"+"\\\" ".repeat(n/3)+"'}}\n",
 cond:n=>"slipway: 1\nproject: x\npackages: { x: { path: '.' } }\nsteps: {a: {run: x, when: '"+"not ".repeat(n/4)+"'}}\n",
 dup:n=>"a: 1\n".repeat(n/5),
};
for (const [k,g] of Object.entries(gens)) for (const n of [30000,60000,250000]) { const t=g(n); const c=process.cpuUsage(); const r=parseConfiguration(t,"x",vocabulary); const u=process.cpuUsage(c); console.log(k,n,((u.user+u.system)/1000).toFixed(0),r.kind==="invalid"?r.problems.length+" "+r.problems[0]?.message.slice(0,90):"ok");}
