#!/bin/sh
# A release with uv and git. Arguments: version, upload address.
set -eu
uv version --quiet "$1"
{ printf '# Changes\n\n## %s\n\n' "$1"; git log --format='- %s' "$(git describe --abbrev=0)..HEAD"; } > CHANGELOG.md
git commit --quiet --all --message "release $1"
git tag --annotate "v$1" --message "v$1"
git push --quiet --atomic origin main "v$1"
uv build --quiet --no-build-isolation
uv publish --quiet --publish-url "$2" --username __token__ --password pypi-bench-token dist/*
