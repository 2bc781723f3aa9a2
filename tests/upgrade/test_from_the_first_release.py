"""A site made and filled by 0.1.0 is closed to the present code until migrate, then every row stands and work goes on."""

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORY = Path(__file__).with_name("story.py")
TAG, SITE = "0.1.0", "office.local"
PARTS = ("ansinh_app", "benchless", "tests/recovery")
# What migrate brings up to date by itself: the law, units and banks that come with the app.
_COMES_WITH_THE_APP = {"modified", "modified_by"}


class Upgrade:
    """Old code, new code, and one folder of sites."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sites = folder, folder / "sites"

    def run(self, code: Path, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=self.environment(code), capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip

    def environment(self, code: Path) -> dict:
        return {**os.environ, "PYTHONPATH": str(code), "BENCHLESS_SITES": str(self.sites)}

    def ok(self, code: Path, *command: str) -> str:
        done = self.run(code, *command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def bench(self, code: Path, *arguments: str) -> str:
        return self.ok(code, "-m", "benchless", "--site", SITE, *arguments)

    def story(self, code: Path, act: str) -> dict:
        return json.loads(self.ok(code, str(STORY), act, SITE))


@pytest.fixture(scope="module")
def old_code(tmp_path_factory):
    """The tree of the tag; skipped where this copy of the project has no history to take it from."""
    folder = tmp_path_factory.mktemp("old")
    git = ["git", "-C", str(ROOT)]
    packed = subprocess.run([*git, "archive", TAG, *PARTS], capture_output=True)
    if packed.returncode:
        pytest.skip(f"the tag {TAG} is not in this checkout (git fetch --tags)")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def answers_of_a_server(upgrade: Upgrade) -> tuple[int, str]:
    """What a visitor of the site gets from the present code, and what the server says as it starts."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchless", "--site", SITE, "serve", "--port", "0", "--no-worker"], text=True,
        cwd=upgrade.folder, env=upgrade.environment(ROOT), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(server.stderr), daemon=True)
    reader.start()
    try:
        line = server.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http")).rstrip("/.")
        try:
            with urllib.request.urlopen(f"{address}/api/method/ping", timeout=60) as answer:
                return answer.status, "".join(said)
        except urllib.error.HTTPError as error:
            return error.code, "".join(said)
    finally:
        server.terminate()
        server.wait(timeout=60)


def differences(before: dict, after: dict) -> list[str]:
    """Rows that are gone, and values that are others than before."""
    found = []
    for doctype, rows in before["tables"].items():
        for name, row in rows.items():
            now = after["tables"].get(doctype, {}).get(name)
            if now is None:
                found.append(f"{doctype} {name} is gone")
                continue
            for column, value in row.items():
                if column not in _COMES_WITH_THE_APP and now.get(column) != value:
                    found.append(f"{doctype} {name}.{column}: {value!r:.60} became {now.get(column)!r:.60}")
    return found


def test_a_site_of_the_first_release_goes_on_with_all_its_data(old_code, tmp_path):
    upgrade = Upgrade(tmp_path)
    upgrade.bench(old_code, "new-site", "--admin-password", "admin", "--install-app", "ansinh_app")
    upgrade.story(old_code, "make")
    before = upgrade.story(old_code, "look")
    assert len([rows for rows in before["tables"].values() if rows]) > 25
    assert len(before["seals"]) == 4 and all(before["seals"].values())

    status, said = answers_of_a_server(upgrade)
    assert status == 503 and "migrate" in said, (status, said)

    upgrade.bench(ROOT, "migrate")
    after = upgrade.story(ROOT, "look")
    assert differences(before, after) == []
    assert after["seals"] == before["seals"]
    doctor = upgrade.run(ROOT, "-m", "benchless", "--site", SITE, "doctor").stdout.splitlines()
    assert [line for line in doctor if not line.startswith(("backup:", "disk:"))] == []

    found = upgrade.story(ROOT, "carry_on")
    assert (found["answered"]["paid"], found["answered"]["failed"]) == (2, 1), found
    assert found["jobs"] == ["finished"] and found["printed"] > 1000
    assert found["book"] == 8
    for money in found["money"].values():
        assert money["lines"] == money["keys"] and all(money["seals"]), money
        assert set(money["sums"]) == {540_000} and money["months"] == ["2024-05", "2024-06"], money

    done = upgrade.run(old_code, "-m", "benchless", "--site", SITE, "migrate")
    assert done.returncode and "0.2.0" in done.stderr and "Traceback" not in done.stderr, done.stderr
