// A real Sigstore: Fulcio with its certificates' log, Rekor of version 1, both on Trillian with MariaDB below, and a server of
// signed times. To be started in a network of its own (apart.ts): its ports are fixed, and some listen everywhere.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from "node:crypto";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../src/domain/configuration.ts";
import type { SigstorePrograms } from "./sigstore-programs.ts";

export const addresses = {
  certificates: "http://127.0.0.1:9101",
  certificateLog: "http://127.0.0.1:9130/test",
  log: "http://127.0.0.1:9150",
  timestamps: "http://127.0.0.1:9120",
} as const;

const trillian = "127.0.0.1:9140";
const password = "of-a-test";

export interface StackOptions {
  /** Its path is short and plain: a socket is made there. */
  readonly folder: string;
  readonly programs: SigstorePrograms;
  /** Issuer of identities of GitHub's form. */
  readonly issuer: string;
  /** Authority of the issuer's TLS, as PEM. */
  readonly authority: string;
}

export interface Stack {
  readonly trustedRoot: JsonObject;
  /** File with the private key of the log, as PEM. */
  readonly logKey: string;
}

interface Doing extends StackOptions {
  readonly at: (name: string) => string;
  readonly run: (program: string, args: readonly string[], env?: Readonly<Record<string, string>>) => void;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const at = (name: string): string => join(options.folder, name);
  const doing: Doing = {
    ...options,
    at,
    run: (program, args, env = {}) => {
      const log = openSync(at(`${program.split("/").at(-1) ?? ""}.log`), "a");
      const child = spawn(program, args, { cwd: options.folder, env: { ...process.env, ...env }, stdio: ["ignore", log, log] });
      child.once("error", (error) => process.stderr.write(`${program}: ${error.message}\n`));
    },
  };
  const keys = makeKeys(doing);
  await startDatabase(doing);
  await startLogs(doing);
  startAuthorities(doing);
  await Promise.all([
    answers(`${addresses.certificates}/healthz`, doing),
    answers(`${addresses.log}/api/v1/log`, doing),
    answers(`${addresses.timestamps}/ping`, doing),
  ]);
  return { trustedRoot: rootOf(doing, keys), logKey: at("log.key") };
}

interface Keys {
  readonly log: KeyObject;
  readonly certificateLog: KeyObject;
}

function makeKeys({ at }: Doing): Keys {
  const pair = (name: string, isSealed = false): KeyObject => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const sealed = isSealed ? { cipher: "aes-256-cbc", passphrase: password } : {};
    writeFileSync(at(`${name}.key`), privateKey.export({ type: "sec1", format: "pem", ...sealed }));
    writeFileSync(at(`${name}.plain`), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(at(`${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    return publicKey;
  };
  const keys = { log: pair("log"), certificateLog: pair("ct", true) };
  for (const name of ["ca", "tsaroot"]) pair(name, true);
  pair("tsa");
  const self = (name: string, use: string) => [
    "req",
    "-x509",
    "-new",
    "-key",
    at(`${name}.plain`),
    "-days",
    "2",
    "-subj",
    `/O=slipway/CN=test ${name}`,
    "-out",
    at(`${name}.pem`),
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
    "-addext",
    `extendedKeyUsage=${use}`,
  ];
  openssl(...self("ca", "codeSigning"));
  openssl(...self("tsaroot", "timeStamping"));
  openssl("req", "-new", "-key", at("tsa.plain"), "-subj", "/O=slipway/CN=test tsa", "-out", at("tsa.csr"));
  writeFileSync(at("tsa.ext"), "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n");
  const by = ["-CA", at("tsaroot.pem"), "-CAkey", at("tsaroot.plain"), "-CAcreateserial", "-days", "1", "-extfile", at("tsa.ext")];
  openssl("x509", "-req", "-in", at("tsa.csr"), ...by, "-out", at("tsa.pem"));
  writeFileSync(at("tsachain.pem"), `${readFileSync(at("tsa.pem"), "utf8")}${readFileSync(at("tsaroot.pem"), "utf8")}`);
  return keys;
}

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}

async function startDatabase({ at, run, folder, programs }: Doing): Promise<void> {
  const data = at("data");
  const install = ["--no-defaults", `--datadir=${data}`, "--user=root", "--auth-root-authentication-method=normal", "--skip-test-db"];
  execFileSync("mariadb-install-db", install, { cwd: folder, stdio: "ignore" });
  run("mariadbd", ["--no-defaults", `--datadir=${data}`, `--socket=${at("sql")}`, "--skip-networking", "--user=root"]);
  const sql = (text: string, ...more: readonly string[]) =>
    execFileSync("mariadb", ["--no-defaults", `--socket=${at("sql")}`, "--user=root", ...more], {
      input: text,
      stdio: ["pipe", "pipe", "pipe"],
    });
  await until(async () => void sql("CREATE DATABASE trillian"), "MariaDB");
  sql(readFileSync(programs.tables, "utf8"), "trillian");
}

async function startLogs({ at, run, programs }: Doing): Promise<void> {
  const tables = ["--storage_system=mysql", "--quota_system=noop", `--mysql_uri=root@unix(${at("sql")})/trillian`];
  const { programs: built } = programs;
  run(built.trillian_log_server, [...tables, `--rpc_endpoint=${trillian}`, "--http_endpoint=127.0.0.1:9141"]);
  run(built.trillian_log_signer, [...tables, "--force_master", "--sequencer_interval=100ms", "--rpc_endpoint=127.0.0.1:9142", "--http_endpoint=127.0.0.1:9143"]); // prettier-ignore
  const made = await until(
    async () =>
      execFileSync(built.createtree, [`--admin_server=${trillian}`, "--max_root_duration=0s"], { encoding: "utf8", stdio: "pipe" }),
    "Trillian",
  );
  writeFileSync(
    at("ct.cfg"),
    `config { log_id: ${made.trim()} prefix: "test" roots_pem_file: ${JSON.stringify(at("ca.pem"))} ext_key_usages: "CodeSigning"
      private_key { [type.googleapis.com/keyspb.PEMKeyFile] { path: ${JSON.stringify(at("ct.key"))} password: ${JSON.stringify(password)} } } }\n`,
  );
  run(built.ct_server, [`--log_config=${at("ct.cfg")}`, `--log_rpc_server=${trillian}`, "--http_endpoint=127.0.0.1:9130"]);
  const [host = "", port = ""] = trillian.split(":");
  run(built["rekor-server"], [
    "serve",
    "--rekor_server.address",
    "127.0.0.1",
    "--port",
    "9150",
    "--rekor_server.hostname",
    "127.0.0.1",
    "--trillian_log_server.address",
    host,
    "--trillian_log_server.port",
    port,
    "--rekor_server.signer",
    at("log.key"),
    "--enable_retrieve_api=false",
  ]);
}

function startAuthorities({ at, run, programs, issuer, authority }: Doing): void {
  // A comment, since Fulcio reads what is JSON by other names.
  writeFileSync(at("fulcio.yaml"), `# YAML\n${JSON.stringify(fulcioConfiguration(issuer))}\n`);
  run(
    programs.programs.fulcio,
    [
      "serve",
      "--ca",
      "fileca",
      "--fileca-cert",
      at("ca.pem"),
      "--fileca-key",
      at("ca.key"),
      "--fileca-key-passwd",
      password,
      "--fileca-watch=false",
      "--ct-log-url",
      addresses.certificateLog,
      "--ct-log-public-key-path",
      at("ct.pub"),
      "--host",
      "127.0.0.1",
      "--port",
      "9101",
      "--grpc-host",
      "127.0.0.1",
      "--grpc-port",
      "9102",
      "--metrics-port",
      "9103",
      "--config-path",
      at("fulcio.yaml"),
      "--legacy-unix-domain-socket",
      at("fulcio.sock"),
    ],
    { SSL_CERT_FILE: authority },
  );
  run(programs.programs["timestamp-server"], [
    "serve",
    "--host",
    "127.0.0.1",
    "--port",
    "9120",
    "--timestamp-signer",
    "file",
    "--file-signer-key-path",
    at("tsa.plain"),
    "--certificate-chain-path",
    at("tsachain.pem"),
    "--disable-ntp-monitoring",
  ]);
}

/** What certificates say of a job on GitHub, as the public Fulcio's own configuration has it. */
function fulcioConfiguration(issuer: string): JsonObject {
  const type = "github-workflow";
  return {
    "oidc-issuers": { [issuer]: { "issuer-url": issuer, "client-id": "sigstore", type: "ci-provider", "ci-provider": type } },
    "ci-issuer-metadata": {
      [type]: {
        "default-template-values": { url: "https://github.com", environment: "" },
        "extension-templates": {
          "github-workflow-trigger": "event_name",
          "github-workflow-sha": "sha",
          "github-workflow-name": "workflow",
          "github-workflow-repository": "repository",
          "github-workflow-ref": "ref",
          "build-signer-uri": "{{ .url }}/{{ .job_workflow_ref }}",
          "build-signer-digest": "job_workflow_sha",
          "runner-environment": "runner_environment",
          "source-repository-uri": "{{ .url }}/{{ .repository }}",
          "source-repository-digest": "sha",
          "source-repository-ref": "ref",
          "source-repository-identifier": "repository_id",
          "source-repository-owner-uri": "{{ .url }}/{{ .repository_owner }}",
          "source-repository-owner-identifier": "repository_owner_id",
          "build-config-uri": "{{ .url }}/{{ .workflow_ref }}",
          "build-config-digest": "workflow_sha",
          "build-trigger": "event_name",
          "run-invocation-uri": "{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}",
          "source-repository-visibility-at-signing": "repository_visibility",
          "deployment-environment": "environment",
        },
        "subject-alternative-name-template": "{{ .url }}/{{ .job_workflow_ref }}",
      },
    },
  };
}

/** @throws what it failed with last, after a minute */
async function until<T>(attempt: () => Promise<T>, what: string): Promise<T> {
  for (let tries = 0; ; tries += 1)
    try {
      return await attempt();
    } catch (cause) {
      if (tries > 300) throw new Error(`${what} does not answer`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
}

async function answers(url: string, { folder }: Doing): Promise<void> {
  await until(async () => assert.ok((await fetch(url)).ok), `${url} (its log is in ${folder})`);
}

const hourMs = 3_600_000;

/** Sigstore's `trusted_root.json`. */
function rootOf({ at }: Doing, keys: Keys): JsonObject {
  const validFor = { start: new Date(Date.now() - hourMs).toISOString() };
  const certificate = (name: string) => ({ rawBytes: new X509Certificate(readFileSync(at(`${name}.pem`))).raw.toString("base64") });
  const authorityOf = (uri: string, ...names: readonly string[]) => ({
    subject: { organization: "slipway", commonName: `test ${names.at(-1) ?? ""}` },
    uri,
    certChain: { certificates: names.map(certificate) },
    validFor,
  });
  const logOf = (baseUrl: string, key: KeyObject) => {
    const bytes = createPublicKey(key.export({ type: "spki", format: "pem" })).export({ type: "spki", format: "der" });
    return {
      baseUrl,
      hashAlgorithm: "SHA2_256",
      publicKey: { rawBytes: bytes.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
      logId: { keyId: createHash("sha256").update(bytes).digest("base64") },
    };
  };
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf(addresses.log, keys.log)],
    certificateAuthorities: [authorityOf(addresses.certificates, "ca")],
    ctlogs: [logOf(addresses.certificateLog, keys.certificateLog)],
    timestampAuthorities: [authorityOf(`${addresses.timestamps}/api/v1/timestamp`, "tsa", "tsaroot")],
  };
}
