import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src" / "slipway_example_tide"))

from variants import VARIANTS, files_of  # noqa: E402


class Variants(unittest.TestCase):
    def test_every_variant_brings_a_check(self):
        for variant in VARIANTS:
            self.assertIn("check.py", files_of(variant, "demo"))

    def test_names_are_identifiers(self):
        with self.assertRaises(ValueError):
            files_of("cli", "../escape")


if __name__ == "__main__":
    unittest.main()
