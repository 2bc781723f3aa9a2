"""`make perf`: prints measurements as ratios within one run; nothing is asserted about time.

`python -m benchmarks prepare=1000000` measures a size of one's own: a million takes the better part of an hour.
"""

import importlib
import platform
import subprocess
import sys

MEASURED = ("ledger", "prepare", "exchange", "web", "duplicates")


def main(names: list[str]) -> None:
    """Each measurement in a process of its own, so that none inherits another's memory; or those that are named."""
    if names:
        for name in names:
            name, _mark, sizes = name.partition("=")
            report = importlib.import_module(f"benchmarks.{name}").run(*filter(None, sizes.split(",")))
            print("\n".join(["", *report]), flush=True)
        return
    print(f"Python {platform.python_version()} on {platform.machine()}", flush=True)
    for name in MEASURED:
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
