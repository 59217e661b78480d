// The contract of image registries against the rehearsal one, which needs nothing but this repository.
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { ociClientOf, startOci } from "../support/oci.ts";
import { imageRegistryContract } from "./image-registry-suite.ts";

imageRegistryContract("rehearsal image registry", { deletesTags: true, sparse: "unknown" }, async (t) => {
  const server = await startOci(t, { ours: ["slip/demo", "slip/base"] });
  return {
    registry: ociClientOf(server),
    credential: rehearsalOciCredential(),
    wrongCredential: createCredential("somebody", "a-password-of-somebody"),
    stop: () => server.close(),
  };
});
