// Where releases go and who decides: registries, credentials, environments, people and declared short cuts.
import * as z from "../../domain/shape.ts";
import { ecosystems } from "../../domain/configuration.ts";
import { changeKinds } from "../../domain/run/release-changes.ts";
import { duration, form, mapOf, name, text, variable } from "./atoms.ts";

const token = variable.describe("Environment variable (or its _FILE or _FD form) that holds the token; never the token itself");
const user = text.optional().describe("User name that goes with the token, if the registry wants one");

const fallback = z
  .strictObject({
    token,
    user,
    by: name.describe("Group of people who may decide for it"),
    uses: z.int().min(1).max(10).optional().describe("How many publishes it may serve (default: 1)"),
    tell: z.literal("tracker").optional().describe("Where its use is written down besides the audit log"),
  })
  .describe("Token for the day on which trusted publishing does not work");

const credentials = z
  .union([
    z.enum(["trusted-publishing", "forge", "client", "none"]),
    z.strictObject({ token, user }).describe("A token from the environment of the run"),
    z
      .strictObject({
        use: z.literal("trusted-publishing").describe("The usual way"),
        fallback: fallback.optional(),
        first: z.strictObject({ token, user }).optional().describe("Token for the first publish, where the registry knows no other way"),
      })
      .describe("Trusted publishing with a token for a named exception"),
  ])
  .describe(
    "What opens the registry: trusted-publishing, forge, client (what .pypirc, .npmrc or cargo have on this machine), none, or the variable that holds a token",
  );

const test = z.boolean().optional().describe("A test index: names may be burned there, nobody depends on it");

const approvals = z
  .strictObject({
    required: z.int().min(1).max(20).optional().describe("Number of approvals (default: 1)"),
    from: name.describe("Group of people who may approve"),
    not: z.literal("requester").optional().describe("Nobody approves a run that they started"),
    note: z
      .union([z.literal("required"), z.strictObject({ names: name.describe("Step or environment whose outcome the note names") })])
      .optional()
      .describe("The approval must come with a note"),
    within: duration.optional().describe("How long the run waits for approval"),
    "more-when": z
      .array(z.enum(changeKinds))
      .min(1)
      .optional()
      .describe("What asks for one approval more, as `slipway diff` finds it; what cannot be compared asks for it too"),
    standing: z.enum(["allowed", "refused"]).optional().describe("Whether an approval may be given in advance (default: refused)"),
  })
  .describe("The gate: who must consent before a step here may start");

const placement = z
  .union([
    name,
    z.strictObject({
      in: name.describe("`here`, `github-actions` or the name of a worker pool"),
      start: z.enum(["tag", "hand"]).optional().describe("What starts the job there"),
      "hand-over": z.literal("room").optional().describe("Where the job fetches the files"),
    }),
  ])
  .describe("Where steps of this environment are performed: here, github-actions, or a worker pool");

const forge = z
  .strictObject({
    "deploy-key": variable.optional().describe("Variable that holds a deploy key"),
    token: variable.optional().describe("Variable that holds a token of the forge"),
  })
  .describe("Credential for the forge, if it is not the run's own");

export const environment = z
  .strictObject({
    registry: name.optional().describe("The one registry of this environment"),
    credentials: credentials.optional(),
    test,
    registries: mapOf(z.strictObject({ credentials, test }).describe("One registry of this environment"))
      .optional()
      .describe("Several registries, each with its credentials, instead of `registry`"),
    forge: forge.optional(),
    secrets: z.array(variable).optional().describe("Variables that steps of this environment may read, such as a signing key"),
    variables: z
      .record(form(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "the name of an environment variable"), z.string().max(10_000))
      .optional()
      .describe("Variables, with their values, for steps of this environment"),
    approvals: approvals.optional(),
    gate: name.optional().describe("Environment whose gate this one shares; it is asked once per run"),
    place: placement.optional(),
    "trial-of": name.optional().describe("Environment that `slipway run --trial` replaces by this one"),
  })
  .describe("Registries with their credentials and gate");

export const forgeDeclaration = z
  .strictObject({
    kind: z.enum(["github", "gitea"]).optional().describe("Software of the forge; Forgejo is `gitea`"),
    url: form(/^https?:\/\/[^\s@?#]+$/, "an https address without user and query")
      .optional()
      .describe("Root of the forge's pages, for one of your own"),
    repository: form(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\/[A-Za-z0-9._-]{1,100}$/, "owner/name")
      .optional()
      .describe("Repository at the forge"),
  })
  .describe("The repository's forge, where the remote `origin` does not tell it");

export const registryDeclaration = z
  .strictObject({
    ecosystem: z.enum(ecosystems).describe("Protocol that the registry speaks"),
    url: text.optional().describe("Address that uploads go to, as in a .pypirc; https, or http on this machine"),
    index: text.optional().describe("Address that installers use, if it does not follow from `url`"),
    forge: z.literal("packages").optional().describe("The package registry of the forge, instead of `url`"),
  })
  .describe("A registry that Slipway does not know by name");

export const peopleGroup = z
  .union([
    z.array(text).min(1).max(200).describe("Names of people"),
    z.strictObject({ "forge-team": text.describe("Team at the forge") }),
    z.strictObject({ "room-group": text.describe("Group in the release room") }),
  ])
  .describe("Who belongs to the group");

export const pathRule = z
  .strictObject({
    "leaves-out": z.array(text).min(1).describe("Steps, groups of steps, or the rule `candidate`, that this path does without"),
    by: name.describe("Group of people who may choose this path"),
    reason: z.enum(["required", "optional"]).optional().describe("Whether a reason must be given (default: required)"),
  })
  .describe("A declared short cut, such as a hotfix");
