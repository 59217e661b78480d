// Uploads under way: bytes go to a file while they arrive, digested on the way. They end with the process, as an upload at a
// real registry may: the client begins again. Source: distribution-spec v1.1 "Pushing blobs".
import { createHash, randomBytes, type Hash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Digest } from "./names.ts";

export interface Session {
  readonly id: string;
  readonly repository: string;
  readonly path: string;
  sizeBytes: number;
  /** Of what came so far. */
  readonly sha256: Hash;
  /** A request of this upload is being read. */
  busy: boolean;
}

export interface Sessions {
  begin(repository: string): Promise<Session>;
  find(repository: string, id: string): Session | undefined;
  /** Adds what comes. @returns false when it is more than the limit. @throws when the client goes away; what came is kept */
  append(session: Session, body: AsyncIterable<Buffer>, limitBytes: number): Promise<boolean>;
  /** Whether the bytes that came have this digest. */
  fits(session: Session, digest: Digest): Promise<boolean>;
  end(session: Session): Promise<void>;
}

const sessionsMax = 1_000;

export function createSessions(folder: string): Sessions {
  const open = new Map<string, Session>();
  const end = async (session: Session): Promise<void> => {
    open.delete(session.id);
    await rm(session.path, { force: true });
  };
  return {
    async begin(repository) {
      const [oldest] = open.values();
      if (open.size >= sessionsMax && oldest !== undefined) await end(oldest);
      const id = randomBytes(16).toString("hex");
      const session: Session = { id, repository, path: join(folder, id), sizeBytes: 0, sha256: createHash("sha256"), busy: false };
      await writeFile(session.path, "");
      open.set(id, session);
      return session;
    },
    find: (repository, id) => {
      const session = open.get(id);
      return session?.repository === repository ? session : undefined;
    },
    append,
    fits,
    end,
  };
}

async function append(session: Session, body: AsyncIterable<Buffer>, limitBytes: number): Promise<boolean> {
  let whole = true;
  const taken = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      whole &&= session.sizeBytes + chunk.length <= limitBytes;
      if (!whole) continue;
      session.sha256.update(chunk);
      session.sizeBytes += chunk.length;
      yield chunk;
    }
  };
  session.busy = true;
  try {
    await pipeline(taken(), createWriteStream(session.path, { flags: "a" }));
  } finally {
    session.busy = false;
  }
  return whole;
}

async function fits(session: Session, digest: Digest): Promise<boolean> {
  if (digest.algorithm === "sha256") return session.sha256.copy().digest("hex") === digest.hex;
  const hash = createHash(digest.algorithm);
  for await (const chunk of createReadStream(session.path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex") === digest.hex;
}
