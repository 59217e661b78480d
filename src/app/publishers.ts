// Use case: what to enter at the registries so that they trust this project's jobs; `slipway doctor --publishers` and the closing words
// of `init`. Computed from the file and the remote alone: no registry shows what it was told (systems S2.12, S5.8).
import type { Publisher } from "../domain/identity/publisher.ts";
import { fieldsOf, type PublisherEntry } from "../domain/identity/publisher-values.ts";
import { isTokenless, lookAround, type Around, type Place } from "./doctor/around.ts";
import { isKnown } from "./doctor/token-paths.ts";
import { openProject } from "./project.ts";
import type { World } from "./world.ts";

export interface Publishers {
  readonly schema: "slipway-publishers/1";
  readonly publishers: readonly PublisherEntry[];
  /** Why there are none, or fewer than expected; whole sentences. */
  readonly notes: readonly string[];
}

/** @throws SlipwayError as `openProject`, and for packages that the commit does not tell */
export async function tellPublishers(world: World): Promise<Publishers> {
  const { around, fault } = await lookAround(world, await openProject(world));
  if (fault instanceof Error) throw fault;
  return publishersOf(around, await trustedRepository(around));
}

/** The repository whose jobs could be trusted. */
export interface TrustedRepository {
  readonly provider: Publisher["provider"];
  readonly repository: string;
  readonly unknown: readonly string[];
}

/** @returns why there is none, otherwise */
export async function trustedRepository({ forge, project, world }: Around): Promise<TrustedRepository | { readonly why: string }> {
  if (forge?.kind === "github") {
    const own =
      forge.url === undefined
        ? []
        : [`Whether a registry takes identities of the server at ${forge.url}: those that are known take GitHub's own alone.`];
    return { provider: "github", repository: forge.repository, unknown: own };
  }
  if (forge !== undefined) return { why: `No registry that is known takes identities of a ${forge.kind} server` };
  const repository = gitlabRepository(project.look.remote);
  const hasPipeline = await world.git.show(project.look.root, project.look.commit, gitlabFile);
  if (repository === undefined || (hasPipeline === undefined && !repository.named))
    return {
      why: "Neither slipway.yaml nor the remote says where the repository is: write `forge: { kind: github, repository: owner/name }`",
    };
  return { provider: "gitlab", repository: repository.path, unknown: unknownOfGitlab(hasPipeline !== undefined) };
}

const gitlabFile = ".gitlab-ci.yml";

/** Of a host that is called so, or whose repository holds GitLab's file: Slipway has no client for that forge. */
function gitlabRepository(remote: string | undefined): { readonly path: string; readonly named: boolean } | undefined {
  const [, host = "", path] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/\s]+@)?([A-Za-z0-9.-]+)(?::\d+)?[/:](\S+\/[^/\s]+?)(?:\.git)?\/?$/.exec(remote ?? "") ?? [];
  if (path === undefined || host === "") return undefined;
  return { path, named: /(?:^|\.)gitlab\./.test(host) };
}

function unknownOfGitlab(hasPipeline: boolean): readonly string[] {
  return [
    hasPipeline
      ? `Whether the project's setting "CI/CD configuration file" still is ${gitlabFile}, which GitLab alone knows.`
      : `Which file starts the pipeline: the commit has no ${gitlabFile}, which is written here because it is GitLab's own choice.`,
    "Whether the server is GitLab's own: the registries take identities of no other, but for organisations that they know by name.",
    "GitLab compares the environment's name with regard to case, and makes one identity for each audience of a job: it cannot be renewed.",
  ];
}

/** Every package at every registry that takes identities, in the order of the file. */
export function publishersOf(around: Around, repository: TrustedRepository | { readonly why: string }): Publishers {
  const schema = "slipway-publishers/1" as const;
  const places = around.places.filter(
    ({ registry, opened, names }) => opened?.login !== undefined && names.length > 0 && isOfUse(registry),
  );
  if (places.length === 0) return { schema, publishers: [], notes: ["No registry of slipway.yaml takes identities"] };
  if ("why" in repository) return { schema, publishers: [], notes: [repository.why] };
  const publishers = places.flatMap((place) => entriesOf(place, repository));
  const idle = places.filter(({ pipelines }) => pipelines.length === 0);
  return {
    schema,
    publishers,
    notes: idle.map(({ environment }) => `No step publishes in environment "${environment}", so that nothing is to be trusted for it`),
  };
}

/** One of one's own may know no identities; it counts where the file says so. */
function isOfUse(registry: Place["registry"]): boolean {
  return isTokenless({ registry }) || isKnown(registry);
}

function entriesOf(place: Place, { provider, repository, unknown }: TrustedRepository): readonly PublisherEntry[] {
  const { registry, opened, environment, names, pipelines } = place;
  const login = opened?.login;
  if (login === undefined) return [];
  return pipelines.flatMap((pipeline) =>
    names.map((name): PublisherEntry => {
      const workflow = provider === "github" ? `${pipeline}.yml` : gitlabFile;
      return {
        registry: registry.name,
        package: name,
        environment,
        pipeline,
        use: isTokenless(place) ? "trusted-publishing" : "possible",
        provider,
        fields: fieldsOf({ provider, package: name, repository, workflow, environment }),
        page: login.settings(name),
        ...(login.pendingSettings === undefined ? {} : { pendingPage: login.pendingSettings }),
        unknown,
      };
    }),
  );
}
