// Who vouches for a run: the CI that it runs in, or whatever else hands out identity tokens. Read off the names of variables
// alone, so that `plan` can say whether a tokenless login will work without asking anybody (protocols §2.3).

/** Who makes identity tokens. `other`: an issuer that the registry's owner has to know by its address. */
export type IdentityProvider = "github" | "gitlab" | "other";

/** Where this process can get an identity token from. */
export type IdentitySource =
  /** The job asks the runner for a token for any audience, as often as it likes. */
  | { readonly kind: "github-actions"; readonly provider: "github"; readonly urlVariable: string; readonly secretVariable: string }
  /** GitLab writes one token for each audience that the job declares (`id_tokens:`) before the job starts. */
  | { readonly kind: "gitlab"; readonly provider: "gitlab"; readonly variables: readonly string[] }
  /** One token, in a variable or in a file that somebody renews; it has the audience that it has. */
  | { readonly kind: "variable"; readonly provider: "other"; readonly variable: string };

export type FoundIdentity =
  | { readonly kind: "found"; readonly source: IdentitySource }
  /** @member why as the end of a sentence: "this is no CI job …" */
  | { readonly kind: "none"; readonly why: string };

type Environment = Readonly<Record<string, string | undefined>>;

export const githubRequestUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
export const githubRequestToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
/** Of a source that Slipway does not know: the token, or with `_FILE` the file that holds it. */
export const genericToken = "SLIPWAY_ID_TOKEN";

/** Every variable whose value is an identity token, or opens one: no child process is given them, and no log shows them. */
export function identityVariables(env: Environment): readonly string[] {
  const perAudience = Object.keys(env).filter((name) => isTokenVariable(name));
  return [githubRequestToken, genericToken, ...perAudience];
}

/** In the order in which clients of registries look: GitHub's runner, GitLab's job, then what the user set. */
export function findIdentity(env: Environment): FoundIdentity {
  if (isSet(env, "GITHUB_ACTIONS")) return findAtGithub(env);
  if (isSet(env, "GITLAB_CI")) return findAtGitlab(env);
  if ([genericToken, `${genericToken}_FILE`, `${genericToken}_FD`].some((name) => isSet(env, name)))
    return { kind: "found", source: { kind: "variable", provider: "other", variable: genericToken } };
  return { kind: "none", why: `this is no CI job that vouches for the run, and ${genericToken} is not set` };
}

function findAtGithub(env: Environment): FoundIdentity {
  if (isSet(env, githubRequestUrl) && isSet(env, githubRequestToken)) {
    const source = {
      kind: "github-actions",
      provider: "github",
      urlVariable: githubRequestUrl,
      secretVariable: githubRequestToken,
    } as const;
    return { kind: "found", source };
  }
  return {
    kind: "none",
    why: "the job may not ask for an identity token: it lacks `permissions: { id-token: write }`, or was started from a fork",
  };
}

function findAtGitlab(env: Environment): FoundIdentity {
  const variables = Object.keys(env).filter((name) => isTokenVariable(name) && isSet(env, name));
  if (variables.length > 0) return { kind: "found", source: { kind: "gitlab", provider: "gitlab", variables } };
  return { kind: "none", why: "the job declares no `id_tokens:`, which GitLab makes identity tokens from" };
}

/** The variable in which GitLab's documentation, and the clients of registries, have the token for an audience: `PYPI_ID_TOKEN`. */
export function gitlabVariable(audience: string): string {
  // npm's audience is `npm:<host>`, and its variable is NPM_ID_TOKEN.
  const bare = audience.startsWith("npm:") ? "npm" : audience;
  return `${bare.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_ID_TOKEN`;
}

function isTokenVariable(name: string): boolean {
  return /^[A-Z0-9_]{1,64}_ID_TOKEN$/.test(name);
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}
