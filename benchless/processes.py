"""Several processes for one site: a first one that listens and looks after the others, and begins one that died again.

Each is a copy of the first (fork), so what was loaded is in memory once. They take visitors from the same socket, and
tell each other what changed by `stamps` and `shared_values`.
"""

import contextlib
import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import connection

# One that dies sooner after its beginning than this is begun again only after so long: no loop without a pause.
_SHORT_LIFE_SECONDS = 2.0
_LOOK_SECONDS = 0.5

Work = Callable[[threading.Event], None]


def are_possible() -> bool:
    """Whether this system can copy processes: Windows cannot."""
    return "fork" in multiprocessing.get_all_start_methods()


def look_after(works: dict[str, Work], stop: threading.Event) -> None:
    """Run each work in a process of its own until `stop`; then ask them to end, and wait for it.

    A KeyboardInterrupt meanwhile kills those that are left. A work gets an event that is set when it shall end: also
    when this process is gone, however that came.
    """
    fork = multiprocessing.get_context("fork")
    living: dict[str, tuple[multiprocessing.Process, float]] = {}
    try:
        while not stop.is_set():
            for name, work in works.items():
                process, began = living.get(name, (None, 0.0))
                if process is not None and process.is_alive():
                    continue
                if process is not None:
                    print(f"{name} (process {process.pid}) ended with {process.exitcode}.", file=sys.stderr, flush=True)
                    _wait_out(began, stop)
                if not stop.is_set():
                    fresh = fork.Process(target=_work, args=(work,), name=name)
                    fresh.start()
                    living[name] = (fresh, time.monotonic())
            connection.wait([process.sentinel for process, _began in living.values()], timeout=_LOOK_SECONDS)
    finally:
        _end([process for process, _began in living.values()])


def _wait_out(began: float, stop: threading.Event) -> None:
    stop.wait(max(0.0, _SHORT_LIFE_SECONDS - (time.monotonic() - began)))


def _end(processes: list) -> None:
    for process in processes:
        process.terminate()
    try:
        for process in processes:
            process.join()
    finally:
        for process in processes:
            if process.is_alive():
                process.kill()


def _work(work: Work) -> None:
    """In the new process."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group: the first one says when
    threading.Thread(target=_watch_parent, args=(stop,), name="parent", daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        work(stop)


def _watch_parent(stop: threading.Event) -> None:
    connection.wait([multiprocessing.parent_process().sentinel])
    stop.set()
