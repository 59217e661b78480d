// Why we refuse archives that Python reads. Every such difference has to fall under one of these rules: each is a way in
// which readers part, or in which an archive harms the one who unpacks it (reference/protocols §1.4 and §9.1, trust §7 row
// 13). A refusal under none of them is a difference without explanation, and fails the fuzzing.

export interface Rule {
  readonly id: string;
  /** Faults that it explains. */
  readonly faults: RegExp;
  /** How readers part, or what harm is done. */
  readonly why: string;
}

const names: readonly Rule[] = [
  { id: "place", faults: /leads upwards|is an absolute path|has a backslash/, why: "unpacks to another place, on one system or on all" },
  {
    id: "name-form",
    faults: /empty or "\." part|has an empty name|control character|longer than 1024 bytes|more than 1024$|deeper than/,
    why: "is another name after cleaning",
  },
  {
    id: "name-text",
    faults: /is not UTF-8|not marked as UTF-8|that names are not UTF-8/,
    why: "has another name in another character set",
  },
  { id: "twice", faults: /occurs twice|are one name|also holds/, why: "the first counts for one reader, the last for another" },
  { id: "two-formats", faults: /(?:zip and a tar|tar and a zip) file at once/, why: "holds other files by its other format" },
];

export const zipRules: readonly Rule[] = [
  ...names,
  {
    id: "link",
    faults: /is a link|device, pipe or socket|folder by its mode/,
    why: "installers write its target as text, unpackers make a link",
  },
  { id: "descriptor", faults: /data descriptor/, why: "streaming readers find the end of the data by guessing" },
  {
    id: "headers-differ",
    faults: /in its local header|of its local header|no local header|local header that is cut short|not in the central directory/,
    why: "streaming readers believe the local headers, Python the directory",
  },
  {
    id: "unclaimed-bytes",
    faults:
      /belong to no member|bytes before it|after its end record|reaches into the central directory|Members overlap|behind its compressed data/,
    why: "another reader finds other members in them",
  },
  { id: "comment", faults: /has a comment|Has a comment/, why: "may hold a second end record" },
  { id: "count", faults: /and lists \d+|directory that cannot be read/, why: "some readers stop at the count, Python at the size" },
  { id: "end", faults: /no central directory where its end record says/, why: "Python looks before the end record, others where it says" },
  { id: "disks", faults: /several disks|another disk/, why: "no installer joins disks" },
  { id: "zip64", faults: /ZIP64/i, why: "readers differ in when they look at ZIP64 records" },
  { id: "extra", faults: /extra field/, why: "readers differ in which extra field counts" },
  { id: "method", faults: /compressed with method|is stored, with/, why: "not read everywhere" },
  { id: "flags", faults: /is encrypted|is patch data/, why: "Python passes over flags that others obey" },
  { id: "folder-content", faults: /is a folder with/, why: "content that no installer sees" },
  { id: "version", faults: /needs version/, why: "asks for what readers may not have" },
  {
    id: "size-lie",
    faults: /unpacks to \d+ bytes instead of|cannot be decompressed/,
    why: "Python stops at the size that it was told, and does not look how the data end",
  },
  { id: "bomb", faults: /decompression bomb|Unpacks to \d+ bytes, more than/, why: "fills the disk" },
];

export const tarRules: readonly Rule[] = [
  ...names,
  { id: "link", faults: /is a link to/, why: "leaves the tree, or its way depends on other links" },
  {
    id: "special",
    faults: /is sparse|a (?:character|block) device|a pipe|unknown type/,
    why: "no package needs it, and it harms who unpacks",
  },
  { id: "content-of-none", faults: /bytes of content, which some readers/, why: "content for one reader is headers for another" },
  { id: "pax", faults: /pax header|extended header/, why: "readers differ in which record counts, and for whom" },
  { id: "numbers", faults: /that is no number/, why: "zero for one reader, an error for another" },
  { id: "checksum", faults: /wrong checksum after/, why: "the end of the archive for Python, an error for others" },
  { id: "prefix", faults: /without the ustar mark/, why: "some readers use it, some do not" },
  { id: "end", faults: /end mark|cut short|no tar file/, why: "Python takes what is missing for the end" },
  { id: "gzip", faults: /gzip/, why: "some readers go on after the first member, some stop" },
  { id: "bomb", faults: /Unpacks to more than/, why: "fills the disk" },
];

export const imageRules: readonly Rule[] = [
  ...tarRules,
  { id: "foreign", faults: /which is no plain file/, why: "a layout holds files and folders" },
  { id: "blob", faults: /whose bytes have sha256/, why: "a blob that nothing leads to is judged as well" },
  { id: "layout", faults: /Is no OCI image layout/, why: "JSON with a byte order mark or a value in place of an object" },
  {
    id: "manifest",
    faults: /Cannot be followed|Has a manifest|Has an index inside|Is not whole/,
    why: "a manifest is what the specification says, or nothing",
  },
  { id: "platform", faults: /names no platform/, why: "an image is of one platform" },
];
