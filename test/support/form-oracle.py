# Answers what `packaging.metadata` says about the fields of an upload form, and about file names. Reads one JSON document of
# questions from standard input and writes one of answers. Run by form-oracle.ts with the tests' own Python.
import json
import sys

import packaging
from packaging.metadata import (
    _LIST_FIELDS,
    _RAW_TO_EMAIL_MAPPING,
    _STRING_FIELDS,
    ExceptionGroup,
    InvalidMetadata,
    Metadata,
    _parse_keywords,
    _parse_project_urls,
)
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

singular = {
    "platforms": "platform",
    "supported_platforms": "supported_platform",
    "license_files": "license_file",
    "import_names": "import_name",
    "import_namespaces": "import_namespace",
}
raw_names = {singular.get(raw, raw): raw for raw in _RAW_TO_EMAIL_MAPPING}


def judge_form(fields):
    """The first complaint of the standard's rules about a form, as the server would order them, or None."""
    values = {}
    for name, value in fields:
        if name in raw_names:
            values.setdefault(name, []).append(value)
    raw = {}
    for name, found in values.items():
        target = raw_names[name]
        if found == [""]:
            continue
        if target in _STRING_FIELDS and len(found) == 1:
            raw[target] = found[0]
        elif target in _LIST_FIELDS:
            raw[target] = found
        elif target == "keywords" and len(found) == 1:
            raw[target] = _parse_keywords(found[0])
        elif target == "project_urls":
            raw[target] = _parse_project_urls(found)
        else:
            return {"field": name, "message": f"{name!r} has invalid data"}
    try:
        Metadata.from_raw(raw)
    except ExceptionGroup as group:
        found = [one for one in group.exceptions if isinstance(one, InvalidMetadata)]
        for field in ["metadata-version", "name", "version", *sorted(one.field for one in found)]:
            for one in found:
                if one.field == field:
                    return {"field": field, "message": str(one)}
    return None


def judge_wheel(name):
    try:
        parse_wheel_filename(name)
    except InvalidWheelFilename as wrong:
        return str(wrong)
    return None


questions = json.load(sys.stdin)
json.dump(
    {
        "packaging": packaging.__version__,
        "forms": [judge_form(form) for form in questions["forms"]],
        "wheels": [judge_wheel(name) for name in questions["wheels"]],
    },
    sys.stdout,
)
