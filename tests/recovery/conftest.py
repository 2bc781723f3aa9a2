"""A site built once, copied for each test, and processes of their own that work on the copy."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SITE = "recovery.local"
_LIMIT = 180


class Mother:
    """The process of mother.py, which makes a child for each act."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "mother.py"), str(folder)],
            cwd=ROOT,
            env={**os.environ, "BENCHLESS_SITES": str(folder), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def ask(self, **request) -> dict:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict:
        line = self.process.stdout.readline()
        assert line, "the process that makes the others ended"
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=_LIMIT)


class Act:
    """A process at work."""

    def __init__(self, mother: Mother, folder: Path, act: str, arguments: tuple, options: dict) -> None:
        self.mother, self.file = mother, folder / f"answer-{uuid.uuid4().hex}"
        request = {"folder": str(folder), "answer": str(self.file), "act": act, "arguments": arguments}
        self.pid = mother.ask(start=request | options)["pid"]

    def end(self) -> tuple[int, dict | None, str]:
        """Exit code (negative: the signal), the answer, and what it said on its way."""
        code = self.mother.ask(wait=self.pid)["code"]
        log = Path(f"{self.file}.log")
        said = log.read_text(errors="replace") if log.exists() else ""
        answer = json.loads(self.file.read_text()) if self.file.exists() and code == 0 else None
        for file in (self.file, log):
            file.unlink(missing_ok=True)
        return code, answer, said


class Site:
    """One copy of the site; every act is a process of its own, as servers, workers and clerks are."""

    def __init__(self, folder: Path, mother: Mother) -> None:
        self.folder, self.mother = folder, mother

    def start(self, act: str, *arguments, **options) -> Act:
        return Act(self.mother, self.folder, act, arguments, options)

    def answer(self, process: Act) -> dict:
        code, answer, said = process.end()
        assert code == 0, said
        return answer

    def act(self, act: str, *arguments, **options) -> dict:
        """What the act answered; the test fails when the process did."""
        return self.answer(self.start(act, *arguments, **options))

    def done(self, act: str, *arguments, **options):
        """The result of an act that nobody refused."""
        answer = self.act(act, *arguments, **options)
        assert "result" in answer, answer
        return answer["result"]

    def state(self) -> dict:
        return self.done("state")

    def killed(self, act: str, *arguments, **options) -> None:
        """Lets the act be killed on its way; the test fails when it got to its end."""
        code, _answer, said = self.start(act, *arguments, **options).end()
        assert code == -signal.SIGKILL, said

    def both(self, first: list, second: list, **options) -> list[dict]:
        """Two processes that begin at the same moment; their answers in order."""
        gate = self.folder / "gate"
        shutil.rmtree(gate, ignore_errors=True)
        gate.mkdir()
        running = [self.start(*act, gate=str(gate), **options) for act in (first, second)]
        until = time.monotonic() + _LIMIT
        while len(list(gate.glob("ready-*"))) < 2 and time.monotonic() < until:
            time.sleep(0.005)
        (gate / "go").touch()
        return [self.answer(process) for process in running]

    def copy(self, folder: Path) -> "Site":
        """The site as it is now, in a folder of its own; nobody works on it meanwhile."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Site(folder, self.mother)

    def dump(self) -> dict:
        """Every row of every table, column by column, and every attached file."""
        found = {}
        with closing(sqlite3.connect(self.folder / SITE / "site.db")) as database:
            tables = database.execute("select name from sqlite_master where type = 'table' and name like 'tab%'")
            for (table,) in tables.fetchall():
                cursor = database.execute(f"select * from `{table}`")
                columns = [column[0] for column in cursor.description]
                for row in cursor:
                    key = row[columns.index("name")] if "name" in columns else "/".join(map(str, row[:2]))
                    found[f"{table[3:]} {key}"] = dict(zip(columns, row, strict=True))
        for kind in ("public/files", "private/files"):
            for file in sorted((self.folder / SITE / kind).rglob("*")):
                if file.is_file():
                    found[f"{kind}/{file.name}"] = {"bytes": file.read_bytes()}
        return found


def differences(one: dict, other: dict) -> list[str]:
    """What two dumps of a site have different: rows that one alone has, and columns."""
    found = [f"only before: {key}" for key in one.keys() - other.keys()]
    found += [f"only after: {key}" for key in other.keys() - one.keys()]
    for key in one.keys() & other.keys():
        if one[key] != other[key]:
            names = sorted(name for name in other[key] if one[key].get(name) != other[key][name])
            found += [f"{key}.{name}: {one[key].get(name)!r:.60} / {other[key][name]!r:.60}" for name in names]
    return sorted(found)


@pytest.fixture(scope="session")
def _built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recovery")
    environment = {**os.environ, "BENCHLESS_SITES": str(folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "benchless", "--site", SITE, "new-site", "--admin-password", "admin"]
    command += ["--install-app", "ansinh_app"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=_LIMIT, capture_output=True)
    mother = Mother(folder)
    site = Site(folder, mother)
    site.done("build")
    yield site
    mother.close()


@pytest.fixture()
def site(_built, tmp_path) -> Site:
    return _built.copy(tmp_path / "sites")
