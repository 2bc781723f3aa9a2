"""`make perf`: prints measurements as ratios within one run; nothing is asserted about time."""

import platform
import sys

from benchmarks import ledger, prepare, web


def main() -> None:
    print(f"Python {platform.python_version()} on {platform.machine()}", flush=True)
    for measured in (ledger.run, prepare.run, web.run):
        print("\n".join(["", *measured()]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
