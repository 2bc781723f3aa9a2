"""MariaDB beside SQLite: the contract once more on a server, and what only a server has (users, row locks, lost lines).

The server is the one BENCHLESS_TEST_DB names (mariadb://root:password@host:port), else one started for these tests.
"""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import mariadb_server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a MariaDB server that may be written to."""
    with mariadb_server.running(tmp_path_factory.mktemp("db")) as address:
        yield address


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
