"""How quickly `recasketch serve` answers, as a table: on one kept connection, to 200 visitors at once, and to the same
200 beside 50 that send, or read, a byte a second.

    recasketch serve dist --address 127.0.0.1:8080 &
    python3 tests/bench/serve.py 8080 [PATH]

PATH is the page's module where none is given; files of a few kB come within milliseconds, of which the client's own
threads are the most. Exits with 1 where a visitor got no whole answer, or where the visitors beside the slow ones took, by
the slowest of them, more than twice as long. Three rounds by turns are taken, and of each figure the least.
"""

import json
import multiprocessing
import socket
import statistics
import sys
import threading
import time
import urllib.request

VISITORS, DAWDLERS, KEPT, ROUNDS = 200, 50, 100, 3


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def get(connection, path):
    """The status of an answer, once all of it is there."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    came = b""
    while b"\r\n\r\n" not in came:
        came += connection.recv(65536) or fail("the connection was closed")
    head, _, body = came.partition(b"\r\n\r\n")
    lines = [line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:]]
    length = int(dict(lines)[b"content-length"])
    while len(body) < length:
        body += connection.recv(65536) or fail("the connection was closed")
    return int(head.split()[1])


def fail(reason):
    raise ConnectionError(reason)


def visit(port, path, seconds, errors):
    start = time.perf_counter()
    try:
        with connect(port) as connection:
            status = get(connection, path)
            if status != 200:
                fail(f"status {status}")
        seconds.append(time.perf_counter() - start)
    except (OSError, KeyError) as error:
        errors.append(repr(error))


def all_at_once(port, path):
    """The seconds of each visitor, and what went wrong."""
    seconds, errors = [], []
    threads = [threading.Thread(target=visit, args=(port, path, seconds, errors)) for _ in range(VISITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, errors


def dawdle(port, path):
    """Half of them send their request a byte a second, the others read its answer so. A process of its own, as the
    visitors that are timed must not wait for it."""
    connections = [connect(port) for _ in range(DAWDLERS)]
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    for connection in connections[::2]:
        connection.sendall(request)
    for at in range(len(request) - 1):
        for connection in connections[1::2]:
            connection.sendall(request[at : at + 1])
        for connection in connections[::2]:
            connection.recv(1)
        time.sleep(1)


def module(port):
    """The path of the page's module, the largest file that every first visit asks for."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/manifest.json") as manifest:
        return f"/{json.load(manifest)['page']}/recasketch_bg.wasm"


def main(port, path=None):
    port, path = int(port), path or module(int(port))
    with connect(port) as kept:
        times = []
        for _ in range(KEPT):
            start = time.perf_counter()
            get(kept, path)
            times.append(time.perf_counter() - start)
    print(f"a file on a kept connection: {1000 * statistics.median(times):.2f} ms (median of {KEPT})")
    alone, beside, wrong = [], [], []
    for _ in range(ROUNDS):
        seconds, errors = all_at_once(port, path)
        alone.append(max(seconds))
        wrong += errors
        dawdlers = multiprocessing.Process(target=dawdle, args=(port, path), daemon=True)
        dawdlers.start()
        time.sleep(1.5)
        seconds, errors = all_at_once(port, path)
        beside.append(max(seconds))
        wrong += errors
        dawdlers.kill()
        dawdlers.join()
    ratio = min(beside) / min(alone)
    print(f"{VISITORS} at once: the slowest {1000 * min(alone):.0f} ms")
    print(f"{VISITORS} at once beside {DAWDLERS} that dawdle: the slowest {1000 * min(beside):.0f} ms, {ratio:.2f} times")
    print(f"without a whole answer: {len(wrong)}", *wrong[:3], sep="\n")
    return 1 if wrong or ratio > 2 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
