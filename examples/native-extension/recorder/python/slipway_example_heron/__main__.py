"""python -m slipway_example_heron SCRIPT"""

import argparse
import runpy

from . import __version__, record


def main():
    parser = argparse.ArgumentParser(prog="slipway_example_heron", description="Print which functions a script calls.")
    parser.add_argument("script", help="Python file to run")
    parser.add_argument("--version", action="version", version=__version__)
    script = parser.parse_args().script
    print(record(lambda: runpy.run_path(script, run_name="__main__")), end="")


main()
