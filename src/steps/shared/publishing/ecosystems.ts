// The ecosystems that can be published to.
import type { Ecosystem } from "../../../domain/configuration.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { publishingCrates } from "./crates.ts";
import type { Publishing } from "./ecosystem.ts";
import { publishingImages } from "./images.ts";
import { publishingNpm } from "./npm.ts";
import { publishingPython } from "./python.ts";

/** @throws SlipwayError PLAN_INVALID for an ecosystem without registries */
export function publishingOf(ecosystem: Ecosystem): Publishing {
  switch (ecosystem) {
    case "pypi":
      return publishingPython;
    case "crates":
      return publishingCrates;
    case "npm":
      return publishingNpm;
    case "oci":
      return publishingImages;
    case "binary":
      throw new SlipwayError("PLAN_INVALID", "Cannot publish a binary to a registry: there is none for them", {
        hint: "Put binaries on the release page with `uses: forge-release`",
      });
  }
}
