// What is asked of a job that runs twine in a network of its own (twine-apart.ts), and what came of it.
import type { JsonObject } from "../../src/domain/configuration.ts";

export interface TwineRequest {
  readonly version: string;
  /** Of the job, over those that an issuer adds. */
  readonly claims: JsonObject;
}

export interface TwineReply {
  readonly code: number | null;
  readonly output: string;
  /** How many of its files the index keeps. */
  readonly stored: number;
}
