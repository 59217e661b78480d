// The time as a server tells it: the one thing that `doctor` asks of HTTP itself. Nothing is sent but the question.
import { openHttp } from "../platform/http.ts";
import type { ServerTime, World } from "./world.ts";

/** @returns undefined where nothing with a time came back; a kept answer is as old as it says */
export async function askServerTime(
  world: Pick<World, "clock" | "version" | "env" | "files">,
  url: string,
  signal: AbortSignal,
): Promise<ServerTime | undefined> {
  const http = openHttp({
    userAgent: `slipway/${world.version}`,
    env: world.env,
    // As for uploads: a proxy between may show a certificate of its own.
    certificates: async () => {
      const { trustedCertificates } = await import("../registries/pypi/upstream.ts");
      return trustedCertificates({ env: world.env, home: world.env["HOME"] ?? "", reader: world.files });
    },
  });
  const beforeMs = world.clock.nowMs();
  const reply = await http.send({ method: "HEAD", url, headers: { "cache-control": "no-cache" }, signal });
  if (reply.kind === "failed") return undefined;
  const dateMs = Date.parse(reply.headers["date"] ?? "");
  if (Number.isNaN(dateMs)) return undefined;
  const ageSeconds = Number(reply.headers["age"] ?? 0);
  const hereMs = Math.round((beforeMs + world.clock.nowMs()) / 2);
  return { host: new URL(url).host, thereMs: dateMs + (Number.isSafeInteger(ageSeconds) ? ageSeconds * 1000 : 0), hereMs };
}
