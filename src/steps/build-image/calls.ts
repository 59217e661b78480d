// The calls of buildah and podman, which take the same words: an image is built and written into an archive, with a storage of
// its own that nothing else sees, no daemon, and nobody's credentials. Pure. Source: buildah-build(1), podman-build(1).
import type { ImageTarget, BuildImageInput } from "./input.ts";
import type { Way } from "./way.ts";

export interface Place {
  readonly input: BuildImageInput;
  readonly target: ImageTarget;
  /** Absolute paths: what is built, its Containerfile, and an empty folder that is used for nothing else. */
  readonly context: string;
  readonly file: string;
  readonly out: string;
  readonly epochSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Calls {
  /** In order; all are run in `out`. */
  readonly words: readonly (readonly string[])[];
  /** Removes what only the program itself can: its layers may belong to other users than ours. */
  readonly clean: readonly string[];
  /** On top of the step's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** An empty login, by its name in `out`. */
  readonly login: string;
  /** Absolute path. */
  readonly leaves: string;
}

const tag = "localhost/slipway-build:image";
const login = "auth.json";
const archive = "image.tar";

export function containerfileCalls({ program }: Extract<Way, { kind: "containerfile" }>, place: Place): Calls {
  const { input, target, context, file, out, epochSeconds, labels } = place;
  const { os, architecture } = target.platform;
  const call = [program, "--root", `${out}/storage`, "--runroot", `${out}/running`, "--storage-driver", "vfs"];
  const pairs = (option: string, values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const build = [
    [...call, "build", "--authfile", `${out}/${login}`, "--isolation", "chroot", "--format", "oci"],
    ["--timestamp", String(epochSeconds), "--platform", `${os}/${architecture}`],
    input.target === undefined ? [] : ["--target", input.target],
    pairs("--build-arg", input.args ?? {}),
    pairs("--label", { ...labels, ...input.labels }),
    pairs("--annotation", labels),
    ["--file", file, "--tag", tag, context],
  ].flat();
  return {
    words: [build, [...call, "push", "--authfile", `${out}/${login}`, tag, `oci-archive:${archive}`]],
    clean: [...call, "rmi", "--all", "--force"],
    env: {
      BUILDAH_ISOLATION: "chroot",
      STORAGE_DRIVER: "vfs",
      REGISTRY_AUTH_FILE: `${out}/${login}`,
      DOCKER_CONFIG: out,
      XDG_RUNTIME_DIR: `${out}/running`,
    },
    login,
    leaves: `${out}/${archive}`,
  };
}
