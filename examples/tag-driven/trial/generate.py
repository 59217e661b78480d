"""Tries an installed tide: generates a project of one variant in an empty folder and runs the project's own check."""
import os
import subprocess
import sys

variant = os.environ["SLIPWAY_LEG_VARIANT"]
subprocess.run([sys.executable, "-m", "slipway_example_tide", "new", "--variant", variant, "demo"], check=True)
subprocess.run([sys.executable, "check.py"], check=True, cwd="demo")
print(f"{variant}: generated, and its own check passes")
