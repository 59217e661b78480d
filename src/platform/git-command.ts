// One call of the user's git, hardened: no prompt, no hook, no pager, no monitor process, no locks taken for
// refreshing, English words, UTC. What git takes from the environment is named here; GIT_DIR and its like, which stand
// there when Slipway is started by a hook, are not among it.
import { SlipwayError } from "../domain/error.ts";
import type { CommandEnd, Exec } from "./ports.ts";
import { withoutUserInformation } from "./git-url.ts";

export interface GitOptions {
  readonly exec: Exec;
  /** The environment of the process: git reads the user's own configuration and asks the user's agent. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends a git that is under way; absent: each has its time-out alone. */
  readonly signal?: AbortSignal;
}

export interface GitCall {
  readonly input?: string;
  /** Takes the answer in pieces, which may then be of any size. */
  readonly onText?: (text: string) => void;
  /** Default one minute. */
  readonly timeoutMs?: number;
  /** Beside what every call gets. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface GitAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitRunner {
  /** Runs git in a folder; any exit code is an answer. @throws SlipwayError TOOL_MISSING, GIT_FAILED */
  ask(folder: string, args: readonly string[], call?: GitCall): Promise<GitAnswer>;
  /** Runs git and gives its output. @throws SlipwayError TOOL_MISSING, GIT_FAILED for an exit code other than 0 */
  read(folder: string, args: readonly string[], call?: GitCall): Promise<string>;
  /** Environment that sets configuration for one call, after what the user's environment sets: values stay out of argv. */
  withSettings(settings: readonly (readonly [key: string, value: string])[]): Readonly<Record<string, string>>;
  /** Whether a program is on the PATH that git sees. */
  hasProgram(name: string): Promise<boolean>;
}

/** Oldest git that knows every option used here (`clone --template=`, `status --porcelain=v2`, bare `--dissociate`). */
const versionMin = [2, 25] as const;
const timeoutMsDefault = 60_000;
const answerBytesMax = 64 * 1024 * 1024;
/** Exit code of git for options that it does not know. */
const usageCode = 129;

const handedOn = new RegExp(
  `^(?:${[
    "PATH|HOME|USER|LOGNAME|USERPROFILE|HOMEDRIVE|HOMEPATH|SYSTEMROOT|TMPDIR|XDG_CONFIG_HOME|XDG_RUNTIME_DIR",
    "SSH_AUTH_SOCK|SSH_AGENT_PID|KRB5CCNAME|GNUPGHOME",
    "GIT_SSH|GIT_SSH_COMMAND|GIT_SSH_VARIANT|GIT_SSL_[A-Z]+|GIT_PROXY_COMMAND|GIT_EXEC_PATH",
    "GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_[0-9]+|VALUE_[0-9]+)",
    "GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|EMAIL|GIT_CEILING_DIRECTORIES|GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy|SSL_CERT_FILE|SSL_CERT_DIR|CURL_CA_BUNDLE|NIX_SSL_CERT_FILE",
  ].join("|")})$`,
);

const fixedEnvironment = {
  LC_ALL: "C",
  TZ: "UTC",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  // A read must not fetch what a partial clone left out.
  GIT_NO_LAZY_FETCH: "1",
};

const hardened = [
  "--no-pager",
  "--literal-pathspecs",
  ...["core.hooksPath=/dev/null", "core.fsmonitor=false", "core.askPass=", "protocol.ext.allow=never", "log.showSignature=false"].flatMap(
    (one) => ["-c", one],
  ),
];

export function createGitRunner(options: GitOptions): GitRunner {
  const env = gitEnvironment(options.env);
  const signal = options.signal ?? new AbortController().signal;

  async function run(folder: string, args: readonly string[], call: GitCall): Promise<CommandEnd> {
    return options.exec.run({
      program: "git",
      args: [...hardened, ...args],
      cwd: folder,
      env: call.env === undefined ? env : { ...env, ...call.env },
      timeoutMs: call.timeoutMs ?? timeoutMsDefault,
      signal,
      keepBytes: answerBytesMax,
      ...(call.input === undefined ? {} : { input: call.input }),
      ...(call.onText === undefined ? {} : { onText: call.onText }),
    });
  }

  async function ask(folder: string, args: readonly string[], call: GitCall = {}): Promise<GitAnswer> {
    const end = await run(folder, args, call);
    if (end.kind === "not-found") throw gitMissing("it is not on the PATH");
    if (end.kind === "timed-out") throw gitFailed(args, folder, `it took longer than ${call.timeoutMs ?? timeoutMsDefault} ms`);
    if (end.kind === "signalled") throw gitFailed(args, folder, `it was ended by ${end.signal}`);
    if ((end.leftOutBytes ?? 0) > 0) throw gitFailed(args, folder, `its answer is larger than ${answerBytesMax} bytes`);
    if (end.code === usageCode) await requireVersion(folder);
    return { code: end.code, stdout: end.stdout, stderr: withoutUserInformation(end.stderr) };
  }

  async function requireVersion(folder: string): Promise<void> {
    const end = await run(folder, ["--version"], {});
    const version = end.kind === "exited" ? (/[0-9]+(?:\.[0-9]+)+/.exec(end.stdout)?.[0] ?? "") : "";
    if (isOld(version)) throw gitMissing(`version ${versionMin.join(".")} or newer is needed, and this is "${version}"`);
  }

  return {
    ask,
    async read(folder, args, call) {
      const answer = await ask(folder, args, call);
      if (answer.code !== 0) throw gitFailed(args, folder, saidBy(answer));
      return answer.stdout;
    },
    withSettings: (settings) => settingsIn(env, settings),
    hasProgram: async (name) => (await options.exec.find(name, env["PATH"] ?? "")) !== undefined,
  };
}

function gitEnvironment(env: GitOptions["env"]): Readonly<Record<string, string>> {
  const taken: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && handedOn.test(name)) taken[name] = value;
  }
  return { ...taken, ...fixedEnvironment };
}

/** `GIT_CONFIG_COUNT` and its pairs (git-config(1)), counted on from those that are there. */
function settingsIn(
  env: Readonly<Record<string, string>>,
  settings: readonly (readonly [key: string, value: string])[],
): Readonly<Record<string, string>> {
  const first = Number(env["GIT_CONFIG_COUNT"] ?? 0);
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return Object.fromEntries([...pairs, ["GIT_CONFIG_COUNT", String(first + settings.length)]]) as Record<string, string>;
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < versionMin[0] || (major === versionMin[0] && minor < versionMin[1]);
}

function gitMissing(why: string): SlipwayError {
  return new SlipwayError("TOOL_MISSING", `Cannot use git: ${why}`, { hint: `Install git ${versionMin.join(".")} or newer` });
}

/** What git said of a failure: its first complaint, without user information of URLs. */
export function saidBy(answer: GitAnswer): string {
  const lines = answer.stderr.split("\n").filter((line) => line.trim() !== "");
  const complaint = lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? `exit code ${answer.code}`;
  return `git says "${complaint.slice(0, 500)}"`;
}

export function gitFailed(args: readonly string[], folder: string, why: string): SlipwayError {
  return new SlipwayError("GIT_FAILED", `Cannot run "git ${args[0] ?? ""}" in "${folder}": ${why}`, {
    hint: `Run it yourself: git -C "${folder}" ${args.slice(0, 12).join(" ").slice(0, 400)}`,
    details: { folder, command: args[0] ?? "" },
  });
}
