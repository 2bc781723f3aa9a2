"""Time and memory of a piece of work."""

import ctypes
import gc
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Taken:
    """Seconds a piece of work took, and what it returned."""

    seconds: float
    result: object


def measure(work: Callable[[], object]) -> Taken:
    """Runs the work once; the processor's time is taken, so that neighbours do not count."""
    gc.collect()
    start = time.process_time()
    result = work()
    return Taken(time.process_time() - start, result)


def take_time(work: Callable[[], object]) -> Taken:
    """Runs the work once by the clock, where a database server does most of it."""
    gc.collect()
    start = time.perf_counter()
    result = work()
    return Taken(time.perf_counter() - start, result)


def forget_peak() -> None:
    """Makes `peak_memory` count from here on, where the system can (Linux).

    What was free already is given back first, or it would count as this work's.
    """
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        pass
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return


def peak_memory() -> float:
    """The most memory this process has held so far, or since `forget_peak`, in MiB."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
