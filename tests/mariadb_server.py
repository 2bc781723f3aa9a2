"""A MariaDB server for tests: the one BENCHLESS_TEST_DB names (mariadb://root:password@host:port), else one of our own."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "a-throw-away-server"


def _program(*names: str) -> str | None:
    """The first of these programs that is installed, also where users do not look (mariadbd is in /usr/sbin)."""
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
    return next((found for name in names if (found := shutil.which(name, path=places))), None)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a server that may be written to; the test is skipped where none can be started."""
    if given := os.environ.get("BENCHLESS_TEST_DB"):
        yield given
        return
    daemon, install = _program("mariadbd", "mysqld"), _program("mariadb-install-db", "mysql_install_db")
    if not daemon or not install:
        pytest.skip("MariaDB is not installed (apt-get install mariadb-server)")
    import pymysql

    data, socket, log = folder / "data", f"/tmp/benchless-{os.getpid()}.sock", folder / "log"  # noqa: S108 (short path)
    user = ["--user=root"] if os.getuid() == 0 else []
    made = subprocess.run(
        [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
         "--skip-test-db", *user],
        capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    with open(log, "wb") as said:
        process = subprocess.Popen(
            [daemon, "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking", *user,
             f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
             "--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite", "--performance-schema=off"],
            stdout=said, stderr=said,
        )  # fmt: skip
    try:
        for _ in range(600):
            try:
                root = pymysql.connect(unix_socket=socket, user="root")
                break
            except pymysql.err.OperationalError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        else:
            raise AssertionError(log.read_text())
        with root, root.cursor() as cursor:
            cursor.execute("alter user root@localhost identified by %s", (PASSWORD,))
        yield f"mariadb://root:{PASSWORD}@localhost?socket={socket}"
    finally:
        process.terminate()
        process.wait(timeout=60)
