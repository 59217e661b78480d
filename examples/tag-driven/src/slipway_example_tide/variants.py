"""The files of each variant, by path below the new project."""

VARIANTS = {
    "cli": {
        "pyproject.toml": '[project]\nname = "{name}"\nversion = "0.1.0"\n\n[project.scripts]\n{name} = "{name}:main"\n',
        "{name}.py": 'def main() -> int:\n    print("hello from {name}")\n    return 0\n',
        "check.py": 'import {name}\n\nassert {name}.main() == 0\n',
    },
    "library": {
        "pyproject.toml": '[project]\nname = "{name}"\nversion = "0.1.0"\n',
        "{name}.py": 'def double(value: int) -> int:\n    return 2 * value\n',
        "check.py": 'import {name}\n\nassert {name}.double(21) == 42\n',
    },
}


def files_of(variant: str, name: str) -> dict[str, str]:
    if not name.isidentifier():
        raise ValueError(f"a project name is a Python identifier, not {name!r}")
    return {path.replace("{name}", name): text.replace("{name}", name) for path, text in VARIANTS[variant].items()}
