// The token service of the rehearsal registry, and what it asks for at the door: everybody may read, only the rehearsal's own
// credential may write. Tokens carry what they allow, so that a restart forgets none; nothing secret is behind them.
// Source: distribution's token specification (protocols §6.3).
import { rehearsalPassword, type WireToken } from "../wire.ts";
import { errorReply, jsonReply, withHeader, type Reply } from "./replies.ts";

const lifeSeconds = 300;
const prefix = "slipway-rehearsal.";
const service = "slipway-rehearsal";

interface Rights {
  readonly push: boolean;
  readonly untilMs: number;
}

/** `GET /token`: a password gives the right to write, none the right to read, a wrong one nothing. */
export function tokenReply(authorization: string | undefined, nowMs: number): Reply {
  const password = passwordOf(authorization);
  if (password === "unreadable" || (password !== undefined && password.text !== rehearsalPassword)) {
    return errorReply(401, "UNAUTHORIZED", "authentication required");
  }
  const rights: Rights = { push: password !== undefined, untilMs: nowMs + lifeSeconds * 1000 };
  const token = `${prefix}${Buffer.from(JSON.stringify(rights)).toString("base64url")}`;
  const answer: WireToken = { token, access_token: token, expires_in: lifeSeconds };
  return jsonReply(200, answer);
}

function passwordOf(authorization: string | undefined): { readonly text: string } | "unreadable" | undefined {
  if (authorization === undefined) return undefined;
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return "unreadable";
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? "unreadable" : { text: text.slice(colon + 1) };
}

export interface Door {
  readonly url: string;
  readonly authorization: string | undefined;
  /** Absent: the registry as a whole. */
  readonly repository?: string;
  readonly writes: boolean;
  readonly nowMs: number;
}

/** What is answered at the door; undefined: come in. */
export function turnedAway(door: Door): Reply | undefined {
  const rights = rightsOf(door.authorization);
  if (rights === undefined) return challenge(door, undefined);
  if (rights.untilMs <= door.nowMs) return challenge(door, "invalid_token");
  return door.writes && !rights.push ? challenge(door, "insufficient_scope") : undefined;
}

function rightsOf(authorization: string | undefined): Rights | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined || !token.startsWith(prefix)) return undefined;
  try {
    const read = JSON.parse(Buffer.from(token.slice(prefix.length), "base64url").toString("utf8")) as Partial<Rights>;
    return { push: read.push === true, untilMs: read.untilMs ?? 0 };
  } catch {
    return undefined;
  }
}

/** 401 with the address of the token service and the scope that is missing. */
export function challenge(door: Pick<Door, "url" | "repository" | "writes">, error: string | undefined): Reply {
  const scope = door.repository === undefined ? "" : `,scope="repository:${door.repository}:${door.writes ? "pull,push" : "pull"}"`;
  const why = error === undefined ? "" : `,error="${error}"`;
  const header = `Bearer realm="${door.url}/token",service="${service}"${scope}${why}`;
  return withHeader(errorReply(401, "UNAUTHORIZED", "authentication required"), "www-authenticate", header);
}
