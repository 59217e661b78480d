import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "src"))

from slipway_example_pebble import count  # noqa: E402


class CountTest(unittest.TestCase):
    def test_every_o_is_a_pebble(self) -> None:
        self.assertEqual(count("o.oo"), 3)

    def test_an_empty_line_has_none(self) -> None:
        self.assertEqual(count(""), 0)
