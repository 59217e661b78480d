// Which files of another machine stand for a leg of `build-image`: an oci-archive that has the name that the leg would give
// it, and is for its platform by the image's own config. Nothing is ever tagged as another platform.
import type { ImportJudge, Use } from "../step.ts";
import { fileNameOf, imageTarget, type BuildImageInput } from "./input.ts";
import { faultOfImage } from "./judge.ts";

/** @throws SlipwayError PLAN_INVALID for a platform that no image is for */
export function importsOfBuildImage({ leg, packages }: Use<BuildImageInput>): ImportJudge {
  const { platform = "" } = leg;
  const target = imageTarget(platform);
  const named = packages.filter((one) => one.ecosystem === "oci").map((one) => ({ one, name: fileNameOf(one, target) }));
  return {
    judge: (name) => {
      const found = named.find((each) => each.name === name);
      if (found !== undefined) return { kind: "taken", artifact: { kind: "image", package: found.one.id, platform } };
      const wanted = named.map((each) => `"${each.name}"`).join(" or ");
      const rank = name.endsWith(".oci.tar") ? 2 : 0;
      return { kind: "refused", rank, code: "ARTIFACT_SET", why: `is not named ${wanted}, as the image for ${platform} is` };
    },
    look: async ({ file }, { images }) => {
      const opened = await images.openImage(file);
      return opened.kind === "unreadable" ? `is no image of one platform: it ${opened.why}` : faultOfImage(opened.image, platform);
    },
    missing: () => [],
  };
}
