// ◆ Archives as steps see them: read as streams with limits, never unpacked to disk, and written
// alike every time. A part of ports.ts, which hands it on.

export interface ByteRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** One member of an archive, as its directory states it. */
export interface ArchiveMember {
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
  /** Uncompressed size. */
  readonly sizeBytes: number;
}

/** What a member's header says beside its path and size; it makes no other content, and yet other bytes of the archive. */
export interface MemberStamp {
  /** As written there: in a zip without a zone, in a tar in UTC. */
  readonly time: string;
  /** Permission bits of Unix; absent: none are told. */
  readonly mode?: number;
}

/**
 * An archive that was read as a stream, never unpacked to disk. `faults` are the ways in which its structure would be
 * read differently by different readers (PyPI refuses them): prefix or trailing bytes, headers that disagree, data
 * descriptors, duplicate names, sparse members; an archive with faults is still listed as far as it can be.
 */
export interface Archive {
  readonly members: readonly ArchiveMember[];
  readonly faults: readonly string[];
  /** Text of a member, at most `limitBytes` of UTF-8. */
  readText(path: string, limitBytes: number): Promise<ArchiveText>;
  /** A range of a file member, at most 16 MiB, shorter where it ends before; undefined: there is none that can be read. */
  readRange(path: string, range: ByteRange): Promise<Uint8Array | undefined>;
  /** Times and modes of the members by path; absent: they are not told. */
  stamps?(): ReadonlyMap<string, MemberStamp>;
  /** sha256 in base64url without padding, and size, of every file member; streamed. */
  digests(): Promise<ReadonlyMap<string, { readonly sha256: string; readonly sizeBytes: number }>>;
}

export type ArchiveText = { readonly kind: "text"; readonly text: string } | { readonly kind: "absent" | "too-large" | "not-utf8" };

export type ArchiveOpened = { readonly kind: "opened"; readonly archive: Archive } | { readonly kind: "unreadable"; readonly why: string };

/** An archive to be written: the same members with the same time give the same bytes, on every machine. */
export interface ArchiveWriting {
  readonly format: "tar.gz" | "zip";
  /** Absolute path; must not be there. */
  readonly to: string;
  /** Time of every member, seconds since 1970. */
  readonly epochSeconds: number;
  /** In any order, each path once. Together at most 1 GiB. */
  readonly members: readonly { readonly path: string; readonly file: string; readonly executable: boolean }[];
}

/** Reads wheels (zip) and sdists (tar.gz) with limits on entries, sizes and ratio; writes small archives. */
export interface Archives {
  openZip(file: string): Promise<ArchiveOpened>;
  openTarGz(file: string): Promise<ArchiveOpened>;
  /** @throws SlipwayError ARTIFACT_INVALID for members that the format cannot hold, FILE_UNREADABLE, STORAGE_FAILED */
  write(writing: ArchiveWriting): Promise<void>;
}
