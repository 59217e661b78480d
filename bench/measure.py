"""Starts commands in turn (A B C A B C ...) and measures each as a whole process: wall time, user and system CPU, peak
resident size, from wait4(2). Node tells none of this about one child, hence Python (reference/performance.md, 1).

One JSON job on standard input, one JSON sample a line on standard output. What a process waited for is in its CPU time;
the peak is that of its largest process. A child's peak is never below this program's own size, some 12 MiB.
"""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


def prepare(side):
    for command in side.get("prepare", []):
        done = subprocess.run(command, cwd="/", env=side["env"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"Cannot prepare {side['name']}: {command} ended with {done.returncode}: {done.stderr[-2000:]}")


def start(side, output):
    null = os.open(os.devnull, os.O_RDONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, side["log"], 2)]
    os.chdir(side["cwd"])
    program = shutil.which(side["command"][0], path=side["env"]["PATH"])
    begun = time.perf_counter()
    pid = os.posix_spawn(program, side["command"], side["env"], file_actions=actions, setpgroup=0)
    os.close(null)
    return begun, pid


def ended(pid, begun, timeout):
    def give_up(*_):
        os.killpg(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begun
    signal.setitimer(signal.ITIMER_REAL, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"wallS": wall, "cpuS": usage.ru_utime + usage.ru_stime, "peakMiB": usage.ru_maxrss / 1024, "code": code}


def whole(side):
    """From the start of the process to its end. Standard output goes to a file; its last line may be a figure."""
    with open(side["output"], "w+b") as output:
        begun, pid = start(side, output.fileno())
        sample = ended(pid, begun, side["timeoutS"])
        output.seek(0)
        sample["last"] = output.read()[-65536:].decode("utf-8", "replace").rstrip().rsplit("\n", 1)[-1]
    return sample


def ready(side):
    """From the start of a server to its first answer; then what it holds in memory at rest."""
    reading, writing = os.pipe()
    begun, pid = start(side, writing)
    os.close(writing)
    try:
        url = side.get("url") or first_line(reading, side["timeoutS"])
        wait_for_answer(url, begun + side["timeoutS"])
        wall = time.perf_counter() - begun
        time.sleep(1)
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            resident = int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) / 1024
    finally:
        os.killpg(pid, signal.SIGTERM)
        sample = ended(pid, begun, 10)
        os.close(reading)
    return {**sample, "wallS": wall, "residentMiB": resident, "code": 0}


def first_line(descriptor, timeout):
    text = b""
    while b"\n" not in text:
        if not select.select([descriptor], [], [], timeout)[0]:
            raise SystemExit("a server did not say where it is")
        part = os.read(descriptor, 65536)
        if not part:
            raise SystemExit("a server ended before it said where it is")
        text += part
    return text.split(b"\n", 1)[0].decode()


def wait_for_answer(url, until):
    """Any answer counts; a server that is not there yet is asked again every millisecond."""
    address = urlsplit(url)
    while True:
        try:
            connection = HTTPConnection(address.hostname, address.port, timeout=5)
            connection.request("GET", address.path or "/")
            connection.getresponse().read()
            connection.close()
            return
        except (OSError, HTTPException):
            if time.perf_counter() > until:
                raise
            time.sleep(0.001)


def ticks():
    with open("/proc/stat", encoding="ascii") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    return sum(fields) - fields[3] - fields[4]


def sampled(side, turn):
    prepare(side)
    side["log"] = os.open(side["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    busy, begun = ticks(), time.perf_counter()
    sample = ready(side) if side["kind"] == "ready" else whole(side)
    elapsed = time.perf_counter() - begun
    os.close(side["log"])
    foreign = (ticks() - busy) / os.sysconf("SC_CLK_TCK") - sample["cpuS"]
    sample.update(side=side["name"], round=turn, load=os.getloadavg()[0], othersCores=max(0.0, foreign / elapsed))
    if sample["code"] not in side["codes"]:
        with open(side["errors"], encoding="utf-8", errors="replace") as errors:
            said = errors.read()[-2000:]
        raise SystemExit(f"{side['name']} ended with {sample['code']}: {said} {sample.get('last', '')[:1000]}")
    return sample


def main():
    job = json.load(sys.stdin)
    for turn in range(-job["warmUps"], job["rounds"]):
        for side in job["sides"]:
            sample = sampled(side, turn)
            if turn >= 0:
                print(json.dumps(sample), flush=True)


main()
