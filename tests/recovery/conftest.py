"""A site built once, copied for each test, and other processes that work on the copy."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ACTS = Path(__file__).with_name("acts.py")
ROOT = Path(__file__).parents[2]
SITE = "recovery.local"
_LIMIT = 120


class Site:
    """One copy of the site; every call is a process of its own, as servers, workers and clerks are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "benchless", "--site", SITE, *arguments]

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            self.command("run-script", str(ACTS), "--", *arguments),
            cwd=ROOT,
            env={**os.environ, "BENCHLESS_SITES": str(self.folder), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def act(self, *arguments: str) -> dict:
        """What the act answered; the test fails when the process did."""
        return self.answer(self.start(*arguments))

    @staticmethod
    def answer(process: subprocess.Popen) -> dict:
        out, err = process.communicate(timeout=_LIMIT)
        assert process.returncode == 0, err
        return json.loads(out.splitlines()[-1])

    def state(self) -> dict:
        return self.act("state")["result"]

    def killed(self, *arguments: str) -> None:
        """Lets the act be killed on its way; the test fails when it got to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=_LIMIT)
        assert process.returncode == -signal.SIGKILL, out + err

    def both(self, first: list[str], second: list[str]) -> list[dict]:
        """Two processes that begin at the same moment; their answers in order."""
        gate = self.folder / "gate"
        shutil.rmtree(gate, ignore_errors=True)
        gate.mkdir()
        running = [self.start(*act, "--wait", str(gate)) for act in (first, second)]
        until = time.monotonic() + _LIMIT
        while len(list(gate.glob("ready-*"))) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        (gate / "go").touch()
        return [self.answer(process) for process in running]


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("recovery")
    site = Site(folder)
    environment = {**os.environ, "BENCHLESS_SITES": str(folder), "PYTHONPATH": str(ROOT)}
    command = site.command("new-site", "--admin-password", "admin", "--install-app", "ansinh_app")
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=_LIMIT, capture_output=True)
    assert site.act("build") == {"result": None}
    return folder


@pytest.fixture()
def site(built, tmp_path) -> Site:
    folder = tmp_path / "sites"
    shutil.copytree(built, folder)
    return Site(folder)
