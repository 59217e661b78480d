import sys

from . import __version__, count

if "--version" in sys.argv[1:]:
    print(__version__)
else:
    print(sum(count(line) for line in sys.stdin))
