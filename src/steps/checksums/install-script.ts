// A script that installs the binaries of a release on Linux and macOS: it picks the file for the machine, downloads it from
// the release page, and installs it only when its digest is the one written into the script. POSIX sh (IEEE 1003.1, "Shell
// Command Language") and nothing else; no `eval`; every value is quoted; all of it is one function that the last line calls,
// so that a script that was cut off on its way does nothing. Pure.
import type { Processor } from "../../domain/platform.ts";

export interface InstallFile {
  readonly os: "linux" | "macos";
  readonly processor: Processor;
  /** Name that the program is installed under. */
  readonly command: string;
  /** Name of the file on the release page. */
  readonly asset: string;
  readonly archive: "none" | "tar.gz";
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface InstallScript {
  /** Its own file name, for messages. */
  readonly name: string;
  /** What is installed, for people: `proxy 0.2.0`. */
  readonly title: string;
  /** Folder of the files on the release page, without a slash at the end. */
  readonly from: string;
  readonly files: readonly InstallFile[];
}

export function writeInstallScript(script: InstallScript): string {
  const machines = [...Map.groupBy(script.files, ({ os, processor }) => `${os}-${processor}`)].toSorted(([one], [other]) => (one < other ? -1 : 1)); // prettier-ignore
  const cases = machines.map(([machine, files]) => {
    const calls = files.toSorted((one, other) => (one.asset < other.asset ? -1 : 1)).map(installCall);
    return `    ${machine})\n${calls.map((call) => `      ${call}\n`).join("")}      ;;\n`;
  });
  return `${head(script)}${body}
main() {
  from=\${DOWNLOAD_URL:-${quoted(script.from)}}
  machine=$(machine_of)
  case "$machine" in
${cases.join("")}    *) fail "there is no file for $machine; there are files for ${machines.map(([machine]) => machine).join(", ")}" ;;
  esac
}

main
`;
}

function installCall({ archive, command, asset, sha256 }: InstallFile): string {
  return `install_one ${archive === "none" ? "file" : "archive"} ${quoted(command)} ${quoted(asset)} ${sha256}`;
}

/** One word of the shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function head({ name, title }: InstallScript): string {
  return `#!/bin/sh
# Installs ${title.replaceAll(/[^\x20-\x7e]/g, " ")}. The digests below are those of the released files; another file is not installed.
#   PREFIX        where to install: $PREFIX/bin (default: ~/.local)
#   DOWNLOAD_URL  folder to download from, for a mirror
set -eu

name=${quoted(name)}
`;
}

const body = `
fail() {
  printf '%s: %s\\n' "$name" "$1" >&2
  exit 1
}

machine_of() {
  case "$(uname -s)" in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    *) os=$(uname -s) ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) processor=x86_64 ;;
    aarch64 | arm64) processor=aarch64 ;;
    *) processor=$(uname -m) ;;
  esac
  printf '%s-%s\\n' "$os" "$processor"
}

download() {
  if command -v curl >/dev/null 2>&1; then
    curl --fail --silent --show-error --location --output "$2" "$1" || fail "cannot download $1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1" || fail "cannot download $1"
  else
    fail "there is neither curl nor wget to download with"
  fi
}

digest_of() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1"
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 <"$1"
  else
    fail "there is neither sha256sum nor shasum to check the digest with"
  fi
}

# Called with: file or archive, name of the program, name of the file, its sha256.
install_one() {
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  download "$from/$3" "$folder/download"
  found=$(digest_of "$folder/download")
  found=\${found%% *}
  [ "$found" = "$4" ] || fail "refused $3: its sha256 is $found, and should be $4"
  program=$folder/download
  if [ "$1" = archive ]; then
    mkdir "$folder/unpacked"
    tar -xzf "$folder/download" -C "$folder/unpacked" "$2" || fail "cannot unpack $3"
    program=$folder/unpacked/$2
  fi
  bin=\${PREFIX:-$HOME/.local}/bin
  mkdir -p "$bin"
  # Beside its place first: a program that runs is replaced whole.
  cp "$program" "$bin/.$2.new"
  chmod 755 "$bin/.$2.new"
  mv -f "$bin/.$2.new" "$bin/$2"
  rm -rf "$folder"
  printf '%s\\n' "$name: installed $bin/$2"
  case ":$PATH:" in
    *":$bin:"*) ;;
    *) printf '%s\\n' "$name: $bin is not on the PATH" ;;
  esac
}
`;
