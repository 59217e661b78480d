"""Answers questions about versions and file names with Python's own `packaging`.

Reads one JSON document from standard input and writes one to standard output:
  versions   [text]            -> [null | {normal, base, prerelease}]
  pairs      [[text, text]]    -> [-1 | 0 | 1]     both texts have to be valid
  names      [text]            -> [normalized]
  wheels     [file name]       -> [null | {name, version, build, tags}]
"""

import json
import sys

import packaging
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version


def describe_version(text):
    try:
        version = Version(text)
    except InvalidVersion:
        return None
    return {"normal": str(version), "base": version.base_version, "prerelease": version.is_prerelease}


def describe_wheel(file_name):
    try:
        name, version, build, tags = parse_wheel_filename(file_name)
    except InvalidWheelFilename:
        return None
    return {
        "name": name,
        "version": str(version),
        "build": list(build) if build else None,
        "tags": sorted(str(tag) for tag in tags),
    }


def order(one, other):
    left, right = Version(one), Version(other)
    return (left > right) - (left < right)


questions = json.load(sys.stdin)
json.dump(
    {
        "packaging": packaging.__version__,
        "versions": [describe_version(text) for text in questions.get("versions", [])],
        "pairs": [order(one, other) for one, other in questions.get("pairs", [])],
        "names": [canonicalize_name(text) for text in questions.get("names", [])],
        "wheels": [describe_wheel(name) for name in questions.get("wheels", [])],
    },
    sys.stdout,
)
