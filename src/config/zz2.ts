import { parseConfiguration } from "./parse.ts";
import { vocabulary } from "../../test/support/vocabulary.ts";
let s="{";for(let i=0;s.length<30000;i++)s+=`k${i},`; s+="}";
for (let i=0;i<3;i++) parseConfiguration(s,"x",vocabulary);
