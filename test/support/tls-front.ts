// TLS before a server on loopback, for clients that ask for it: an authority and a certificate for 127.0.0.1 that live as long as
// the test. openssl makes them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { runTool } from "./test-tools.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface TlsFront {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** File with the certificate of the authority, as PEM. */
  readonly authority: string;
}

export interface TlsFrontOptions {
  /** More host names that the certificate is for. */
  readonly names?: readonly string[];
  /** Default 0: any free one. */
  readonly port?: number;
}

/** @param behind `http://127.0.0.1:PORT` */
export async function startTlsFront(
  t: Pick<TestContext, "after">,
  behind: string,
  { names = [], port = 0 }: TlsFrontOptions = {},
): Promise<TlsFront> {
  const made = await makeCertificates(t, names);
  const server = createServer({ key: readFileSync(made.key), cert: readFileSync(made.certificate) }, (incoming, response) => {
    const { method = "GET", url = "/", headers } = incoming;
    const passed = plainRequest(new URL(url, behind), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, authority: made.authority };
}

async function makeCertificates(
  t: Pick<TestContext, "after">,
  names: readonly string[],
): Promise<Readonly<Record<"authority" | "certificate" | "key", string>>> {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  writeFileSync(
    at("leaf.ext"),
    `basicConstraints=CA:FALSE\nsubjectAltName=IP:127.0.0.1${names.map((name) => `,DNS:${name}`).join("")}\nextendedKeyUsage=serverAuth\n`,
  );
  await openssl("req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=test authority", "-keyout", at("ca.key"), "-out", at("ca.pem"));
  await openssl("req", ...newKey, "-subj", "/CN=127.0.0.1", "-keyout", at("leaf.key"), "-out", at("leaf.csr"));
  const by = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at("leaf.ext")];
  await openssl("x509", "-req", "-in", at("leaf.csr"), ...by, "-out", at("leaf.pem"));
  return { authority: at("ca.pem"), certificate: at("leaf.pem"), key: at("leaf.key") };
}

async function openssl(...args: readonly string[]): Promise<void> {
  const made = await runTool("openssl", args);
  assert.equal(made.code, 0, `openssl is needed for this test: apt-get install openssl\n${made.output}`);
}
