// The registry contract against the rehearsal index, which needs nothing but this repository.
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import { clientOf, pypiGoods, startIndex } from "../support/pypi.ts";
import { registryContract } from "./registry-suite.ts";

registryContract("rehearsal PyPI", { goods: pypiGoods, sameAgain: "sent", hashes: true, uploadTimes: true }, async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo", "slip-other"] });
  return {
    registry: clientOf(server),
    credential: rehearsalCredential(),
    wrongCredential: createCredential("somebody", "a-password-of-somebody"),
    stop: () => server.close(),
  };
});
