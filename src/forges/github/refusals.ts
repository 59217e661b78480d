// Why GitHub would refuse a release, as far as its texts and the names and sizes of its files tell: known before the first
// byte is sent (protocols §7.1).
import type { ReleaseReads } from "../forge.ts";
import { limits } from "./wire.ts";

/** Room for our mark and the empty line before it. */
const markRoom = 256;

export const refusals: ReleaseReads["refusals"] = (wanted, assets) => {
  const textMax = limits.text - markRoom;
  const names = assets.map((asset) => asset.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return [
    ...(wanted.notes.length > textMax ? [`The notes have ${wanted.notes.length} characters and the limit is ${textMax}`] : []),
    ...(assets.length > limits.assets ? [`The release has ${assets.length} assets and the limit is ${limits.assets}`] : []),
    ...(twice === undefined ? [] : [`Two assets have the name "${twice}"`]),
    ...assets.flatMap(({ name, sizeBytes }) => [...sizeRefusals(name, sizeBytes), ...nameRefusals(name)]),
  ];
};

function sizeRefusals(name: string, sizeBytes: number): readonly string[] {
  if (sizeBytes === 0) return [`"${name}" is empty, and GitHub takes no empty asset`];
  return sizeBytes < limits.assetBytes ? [] : [`"${name}" has ${sizeBytes} bytes and an asset must have fewer than ${limits.assetBytes}`];
}

function nameRefusals(name: string): readonly string[] {
  const bad = name === "" || name.length > 255 || /[\p{Cc}/\\]/u.test(name) || !name.isWellFormed();
  return bad ? [`"${name.slice(0, 80)}" cannot be the name of an asset`] : [];
}
