#!/bin/sh
# A release with python-semantic-release (bump, changelog, commit, tag, push, build) and twine. Arguments: version, upload
# address; the version is what it finds itself.
set -eu
semantic-release version --no-vcs-release --skip-build
python -m build --no-isolation > /dev/null
twine check --strict dist/*
twine upload --non-interactive --disable-progress-bar --repository-url "$2" --username __token__ --password pypi-bench-token dist/*
test -f "dist/slipway_bench_whole-$1-py3-none-any.whl"
