"""The command `tide`."""
import argparse
from pathlib import Path

from packaging.version import Version

from . import __version__
from .variants import VARIANTS, files_of


def main(arguments: "list[str] | None" = None) -> int:
    parser = argparse.ArgumentParser(prog="tide")
    parser.add_argument("--version", action="version", version=f"tide {Version(__version__)}")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="start a project")
    new.add_argument("--variant", choices=sorted(VARIANTS), required=True)
    new.add_argument("name")
    options = parser.parse_args(arguments)
    folder = Path(options.name)
    folder.mkdir()
    for path, text in files_of(options.variant, options.name).items():
        (folder / path).write_text(text, encoding="utf-8")
    print(f"started {options.name} from {options.variant}")
    return 0
