"""Tries every parser with ever new odd input for so many seconds; ends at the first that breaks."""

import os
import subprocess
import sys
import time

FILES = ("tests/core/test_parsers.py", "tests/core/test_torture.py", "tests/core/test_workbooks.py",
         "tests/core/test_reconcile.py", "tests/core/test_account_answers.py", "tests/host/test_parsers.py")  # fmt: skip


def main(seconds: int) -> int:
    ends, seed = time.monotonic() + seconds, int(time.time())
    while (left := ends - time.monotonic()) > 0:
        seed += 1
        command = [sys.executable, "-m", "pytest", "-q", "-x", f"--hypothesis-seed={seed}", *FILES]
        try:
            done = subprocess.run(command, env={**os.environ, "FUZZ": "1"}, timeout=left)  # noqa: S603 (our own words)
        except subprocess.TimeoutExpired:
            break
        if done.returncode:
            print(f"Seed {seed} broke a parser.")
            return 1
    print(f"No parser broke in {seconds} seconds.")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
