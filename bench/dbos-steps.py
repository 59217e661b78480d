"""300 steps that do nothing in one DBOS workflow on SQLite: prints the milliseconds of a step (reference/engine.md)."""

import os
import sys
import time

from dbos import DBOS

COUNT = 300

DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{os.path.join(sys.argv[1], 'dbos.sqlite')}", "log_level": "ERROR", "run_admin_server": False})


@DBOS.step()
def nothing(number: int) -> int:
    return number


@DBOS.workflow()
def chain() -> float:
    begun = time.perf_counter()
    for number in range(COUNT):
        nothing(number)
    return (time.perf_counter() - begun) * 1000 / COUNT


DBOS.launch()
print(f"{chain():.4f}")
DBOS.destroy()
