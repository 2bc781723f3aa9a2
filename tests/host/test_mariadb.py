"""MariaDB beside SQLite: the contract once more on a server, and what only a server has (users, row locks, lost lines).

The server is the one BENCHLESS_TEST_DB names (mariadb://root:password@host:port), else one started for these tests.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
PASSWORD = "a-throw-away-server"


def _program(*names: str) -> str | None:
    """The first of these programs that is installed, also where users do not look (mariadbd is in /usr/sbin)."""
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
    return next((found for name in names if (found := shutil.which(name, path=places))), None)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a MariaDB server that may be written to."""
    if given := os.environ.get("BENCHLESS_TEST_DB"):
        yield given
        return
    daemon, install = _program("mariadbd", "mysqld"), _program("mariadb-install-db", "mysql_install_db")
    if not daemon or not install:
        pytest.skip("MariaDB is not installed (apt-get install mariadb-server)")
    import pymysql

    folder = tmp_path_factory.mktemp("db")
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


def _run(server: str, *arguments, **more) -> subprocess.CompletedProcess:
    environment = {**os.environ, "BENCHLESS_TEST_DB": server, "DJANGO_ALLOW_ASYNC_UNSAFE": "true", **more}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1200
    )


def _results(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot().find("testsuite")  # noqa: S314 (pytest wrote it a moment ago)


def test_the_contract_holds_on_mariadb(server, tmp_path):
    """Every contract test passes on MariaDB that passes on SQLite; none is skipped for the engine."""
    report = tmp_path / "contract.xml"
    done = _run(server, "-m", "pytest", "-p", "no:cacheprovider", "tests/contract", f"--junitxml={report}")
    assert done.returncode == 0, done.stdout[-6000:]
    suite = _results(report)
    assert int(suite.get("tests")) > 150
    skipped = [case.find("skipped").get("message") for case in suite.iter("testcase") if case.find("skipped") is not None]
    assert not [reason for reason in skipped if "bench" not in reason.lower()], skipped


def test_what_the_engine_does(server, tmp_path):
    """tests/host/mariadb_behaviour.py, in a process of its own: a process serves sites of one engine."""
    report = tmp_path / "behaviour.xml"
    done = _run(server, "-m", "pytest", "-p", "no:cacheprovider", "tests/host/mariadb_behaviour.py",
                f"--junitxml={report}")  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    assert int(_results(report).get("tests")) > 8
