// Our PyPI client against servers that somebody else wrote: the same contract as against the rehearsal index, made
// through the catalogue, as a configuration with another address would make it.
import { before, type TestContext } from "node:test";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { openHttp } from "../../src/platform/http.ts";
import { createRegistry } from "../../src/registries/catalog.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { registryContract, type Subject } from "../contract/registry-suite.ts";
import { pypiGoods, realClock } from "../support/pypi.ts";
import { startDevpi, startPypiserver, type Devpi, type PypiserverOptions, type PythonIndex } from "../support/python-indexes.ts";
import { after } from "node:test";

const ends: (() => unknown)[] = [];
let devpi: Devpi;

before(async () => {
  devpi = await startDevpi({ after: (end) => void ends.push(end as () => unknown) });
});

after(async () => {
  for (const end of ends.toReversed()) await end();
});

const plain = (options: PypiserverOptions) => async (t: TestContext) => subjectOf(await startPypiserver(t, options), {});

// Only the upload address is given: the index is derived from it.
registryContract("pypiserver", { goods: pypiGoods, sameAgain: "unknown", hashes: true, uploadTimes: false }, plain({ hashes: "sha256" }));

// Without digests, or with one that proves nothing, the bytes are compared.
registryContract(
  "pypiserver without digests",
  { goods: pypiGoods, sameAgain: "unknown", hashes: false, uploadTimes: false },
  plain({ hashes: "no" }),
);
registryContract(
  "pypiserver with md5",
  { goods: pypiGoods, sameAgain: "unknown", hashes: false, uploadTimes: false },
  plain({ hashes: "md5" }),
);

registryContract("devpi", { goods: pypiGoods, sameAgain: "sent", hashes: true, uploadTimes: false }, async (t) => {
  const index = await devpi.newIndex(t);
  return subjectOf(index, { index: index.indexUrl });
});

function subjectOf(index: PythonIndex, explicit: { readonly index?: string }): Subject {
  const planned = {
    name: "internal",
    ecosystem: "pypi",
    test: false,
    credentials: { kind: "none" },
    url: index.uploadUrl,
    ...explicit,
  } as const;
  return {
    registry: createRegistry(planned, {
      clock: realClock,
      http: openHttp({ userAgent: "slipway/0.0.0-test" }),
      images: createImageArchives(),
    }),
    credential: createCredential("u", "p"),
    wrongCredential: createCredential("u", "not-the-password"),
    stop: () => index.stop(),
  };
}
