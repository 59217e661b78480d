// The version of Slipway itself. package.json is its only source; the build writes it into the bundle.
import manifest from "../../package.json" with { type: "json" };

/** For example `0.1.0`. */
export const version: string = manifest.version;
