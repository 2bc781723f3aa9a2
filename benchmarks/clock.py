"""Time and memory of a piece of work."""

import gc
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Taken:
    """Seconds of the best of the tries, and what the work returned."""

    seconds: float
    result: object


def measure(work: Callable[[], object], tries: int = 1) -> Taken:
    """Runs the work and takes the fastest try: the others were disturbed."""
    best = None
    for _try in range(tries):
        gc.collect()
        start = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - start
        if best is None or seconds < best.seconds:
            best = Taken(seconds, result)
    return best


def peak_memory() -> float:
    """The most memory this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
