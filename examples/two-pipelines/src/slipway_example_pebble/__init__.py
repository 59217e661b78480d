"""Counts pebbles."""

__version__ = "1.0.0"


def count(pebbles: str) -> int:
    """How many pebbles lie in a line: every `o` is one."""
    return pebbles.count("o")
