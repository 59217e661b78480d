import { parseAllDocuments, Composer, Parser, Lexer } from "yaml";
const s="people:\n  7: [alice]\n  [a, b]: [bob]\n  true: [carol]\n";
for (const t of [s, "a: 1\n[a, b]: [bob]\n","[a, b]: [bob]\n", "a:\n  [a, b]: [bob]\n  c: d\n"]) {
console.log(parseAllDocuments(t).map(d=>d.errors.map(e=>e.code+" "+e.message)));
const p=new Parser(); const toks=[...new Lexer().lex(t)]; console.log(JSON.stringify(toks));
console.log([...new Composer().compose((function*(){for(const x of toks) yield* p.next(x); yield* p.end()})())].map(d=>d.errors.map(e=>e.code+" "+e.message)));}
