// What a forge is told that a file is. It shows it and serves it so; the bytes are the same whatever is said.
const byEnding: readonly (readonly [ending: string, mediaType: string])[] = [
  [".whl", "application/zip"],
  [".zip", "application/zip"],
  [".tar.gz", "application/gzip"],
  [".tgz", "application/gzip"],
  [".crate", "application/gzip"],
  [".json", "application/json"],
  [".sh", "text/plain; charset=utf-8"],
  [".txt", "text/plain; charset=utf-8"],
  ["SUMS", "text/plain; charset=utf-8"],
];

export function mediaTypeOf(name: string): string {
  return byEnding.find(([ending]) => name.endsWith(ending))?.[1] ?? "application/octet-stream";
}
