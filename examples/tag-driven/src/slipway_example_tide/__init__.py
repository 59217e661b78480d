"""Starts small projects from variants."""
from importlib.metadata import version

__version__ = version("slipway-example-tide")
