// Our client of image registries against a server that somebody else wrote: the same contract as at the rehearsal registry.
import { createCredential } from "../../src/domain/credential.ts";
import { imageRegistryContract } from "../contract/image-registry-suite.ts";
import { startGoRegistry } from "../support/image-programs.ts";
import { ociClientOf } from "../support/oci.ts";

imageRegistryContract("go-containerregistry", { deletesTags: true, sparse: "unknown", lists: "registry" }, async (t) => {
  const { url, stop } = await startGoRegistry(t);
  return { registry: ociClientOf({ url }, { world: "real" }), credential: createCredential("", ""), stop };
});
