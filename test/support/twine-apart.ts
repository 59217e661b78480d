// The rehearsal index and an issuer of identities in a network of their own (apart.ts), where the public index's upload host is
// this one: twine, which logs in without a token at that host alone, does so here. Each line is one upload by one job.
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { answerLines } from "./apart.ts";
import { realClock } from "./pypi.ts";
import { runTool, testTool } from "./test-tools.ts";
import { startTlsFront } from "./tls-front.ts";
import type { TwineReply, TwineRequest } from "./twine-job.ts";
import { wheel } from "./wheel.ts";

const [folder = "", host = "", uploadUrl = ""] = process.argv.slice(2);
const name = "slip-demo";
let asked: TwineRequest | undefined;
const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => asked?.claims ?? {} });
const publishers = [
  { provider: "github", package: name, repository: "acme/demo", workflow: "release.yml", environment: "release" } as const,
];
const index = await startRehearsalPypi({
  clock: realClock,
  storeFolder: join(folder, "index"),
  ours: [name],
  trusts: { issuer, publishers },
});
const front = await startTlsFront({ after: () => undefined }, index.url, { names: [host], port: 443 });

async function upload(request: unknown): Promise<TwineReply> {
  asked = request as TwineRequest;
  const home = mkdtempSync(join(folder, "job-"));
  const built = wheel({ name, version: asked.version });
  const file = join(home, built.name);
  writeFileSync(file, built.bytes);
  const args = ["upload", "--non-interactive", "--disable-progress-bar", "--verbose", "--repository-url", uploadUrl, file];
  const env = { HOME: home, REQUESTS_CA_BUNDLE: front.authority, SSL_CERT_FILE: front.authority, ...issuer.jobEnvironment("release") };
  const { code, output } = await runTool(testTool("twine"), args, { env, cwd: home });
  const stored = index.received().filter((one) => one.name === built.name).reduce((sum, one) => sum + one.stored, 0); // prettier-ignore
  return { code, output, stored };
}

await answerLines("ready", upload);
