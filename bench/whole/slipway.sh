#!/bin/sh
# A release with Slipway, begun as by hand: a person's commands set the version, write the changelog, tag and push, as the other
# sides' tools do. Then all of it: plan, own checkout, preflight, build, artifact checks, publish, read back, record; journaled.
# Arguments: version, upload address (slipway.yaml has it), then the command that is Slipway.
set -eu
version=$1
shift 2
sed -i "s/^version = .*/version = \"$version\"/" pyproject.toml
{ printf '# Changes\n\n## %s\n\n' "$version"; git log --format='- %s' "$(git describe --abbrev=0)..HEAD"; } > CHANGELOG.md
git commit --quiet --all --message "release $version"
git tag --annotate "v$version" --message "v$version"
git push --quiet --atomic origin main "v$version"
"$@"
