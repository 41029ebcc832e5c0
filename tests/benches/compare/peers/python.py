"""Python's executors, asked over pipes: python3 python.py ThreadPoolExecutor

    relay 1000 200        -->  0.125 1234    a line asks, a line answers:
    map_chunks 5000 1000  -->  0.007 5678    seconds, and a number to check
    payload               -->  0.016 2048

Every turn is timed in here, so that the pipes cost nothing. The calls are
those of the other entrants; payloads are read where the others write, for
Python's bytes cannot be changed. A dead worker breaks the whole executor:
what recovers is a new one.
"""

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections import deque
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import reduce
from time import perf_counter

WORKERS = 2
WORD = (1 << 64) - 1
PAYLOAD = bytes(8 << 20)
PAGE = 4096


def mix(n):
    for _ in range(4):
        product = n * 0x9E37_79B9_7F4A_7C15 & WORD
        n = product ^ product >> 32
    return n


def touch(payload):
    return len(payload[::PAGE]), payload


def knock(path):
    """Says who it is, and stays until it is let go."""
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(path)
        door.sendall(os.getpid().to_bytes(4, "little"))
        door.recv(1)
    return os.getpid()


class Meeting:
    """Where calls that knock wait."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        self.path = os.path.join(self.folder, "meeting")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.listener.settimeout(10)

    def next(self):
        arrival, _ = self.listener.accept()
        return int.from_bytes(arrival.recv(4), "little"), arrival

    def close(self):
        self.listener.close()
        shutil.rmtree(self.folder)


def add(total, result):
    return (total << 1 & WORD | total >> 63) + result & WORD


def relay(pool, _, calls, in_flight):
    begin = perf_counter()
    pending = deque()
    total = 0
    for n in range(calls):
        if len(pending) == in_flight:
            total = add(total, pending.popleft().result())
        pending.append(pool.submit(mix, n))
    while pending:
        total = add(total, pending.popleft().result())
    return perf_counter() - begin, total


def map_chunks(pool, _, calls, size):
    begin = perf_counter()
    results = list(pool.map(mix, range(calls), chunksize=size))
    return perf_counter() - begin, reduce(add, results, 0)


def payload(pool, _):
    begin = perf_counter()
    pages, back = pool.submit(touch, PAYLOAD).result()
    pages = min(pages, len(back[::PAGE]))
    return perf_counter() - begin, pages


def start(_, meeting):
    begin = perf_counter()
    with ProcessPoolExecutor(WORKERS) as pool:
        calls = [pool.submit(knock, meeting.path) for _ in range(WORKERS)]
        arrivals = [meeting.next() for _ in range(WORKERS)]
        for _, arrival in arrivals:
            arrival.close()
        pids = {call.result() for call in calls}
        seconds = perf_counter() - begin
    return seconds, len(pids)


def recovery(_, meeting):
    with ProcessPoolExecutor(WORKERS) as pool:
        calls = [pool.submit(knock, meeting.path) for _ in range(WORKERS)]
        held = dict(meeting.next() for _ in range(WORKERS))
        begin = perf_counter()
        os.kill(next(iter(held)), signal.SIGKILL)
        try:
            calls[0].result()
        except BrokenProcessPool:
            pass
        with ProcessPoolExecutor(WORKERS) as replacement:
            pid = replacement.submit(os.getpid).result()
            seconds = perf_counter() - begin
    return seconds, pid not in held


def main():
    works = (relay, map_chunks, payload, start, recovery)
    works = {work.__name__: work for work in works}
    meeting = Meeting()
    executors = (ProcessPoolExecutor, ThreadPoolExecutor)
    executors = {executor.__name__: executor for executor in executors}
    with executors[sys.argv[1]](WORKERS) as pool:
        print("ready", flush=True)
        for line in sys.stdin:
            work, *numbers = line.split()
            seconds, check = works[work](pool, meeting, *map(int, numbers))
            print(seconds, int(check), flush=True)
    meeting.close()


if __name__ == "__main__":
    main()
