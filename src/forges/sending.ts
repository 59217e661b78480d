// The bytes of an asset on their way: read once, digested while they go. Bytes that are not the frozen ones are cut before
// their end, which no server accepts (performance §13: memory stays flat whatever the size).
import { createHash } from "node:crypto";
import type { Http } from "../platform/http-port.ts";
import type { AssetUpload } from "./forge.ts";

/** The bytes to send differ from the frozen ones: a damaged store, or a file changed under our hands. */
export class ChangedBytes extends Error {}

/** @throws ChangedBytes in the middle of the stream */
export async function* checkedBytes(http: Http, asset: AssetUpload): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let held: Buffer | undefined;
  for await (const block of http.blocks(asset.file, asset.sizeBytes)) {
    sizeBytes += block.length;
    if (sizeBytes > asset.sizeBytes) throw changed(asset, `has more than ${asset.sizeBytes} bytes`);
    hash.update(block);
    // The last byte is held back until the digest is known: whole bytes of the wrong kind would be accepted.
    if (held !== undefined) yield held;
    if (block.length > 1) yield block.subarray(0, -1);
    held = Buffer.from(block.subarray(-1));
  }
  const found = hash.digest("hex");
  if (sizeBytes !== asset.sizeBytes) throw changed(asset, `has ${sizeBytes} bytes, but the plan says ${asset.sizeBytes}`);
  if (found !== asset.sha256) throw changed(asset, `has sha256 ${found}, but the plan says ${asset.sha256}`);
  if (held !== undefined) yield held;
}

function changed(asset: AssetUpload, how: string): ChangedBytes {
  return new ChangedBytes(`Nothing was accepted: the frozen file of "${asset.name}" ${how}`);
}
