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

    def ended(self) -> bool:
        return self.mother.ask(poll=self.pid)["ended"]

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
        self._until(lambda: len(list(gate.glob("ready-*"))) == 2)
        (gate / "go").touch()
        return [self.answer(process) for process in running]

    def late(self, first: list, second: list, lock: int = 1, blocked=lambda: False, **options) -> list[dict]:
        """The second begins, and before it locks for the Nth time the first comes in between; their answers.

        `blocked` says whether the first waits for the second: then the second goes on.
        """
        gate = self.folder / f"gate-{uuid.uuid4().hex}"
        gate.mkdir()
        waiting = self.start(*second, gate=str(gate), hold=lock, **options)
        self._until(lambda: waiting.ended() or list(gate.glob("ready-*")))
        passing = self.start(*first, **options)
        self._until(lambda: passing.ended() or blocked())
        (gate / "go").touch()
        return [self.answer(passing), self.answer(waiting)]

    @staticmethod
    def _until(happens) -> None:
        until = time.monotonic() + _LIMIT
        while not happens():
            assert time.monotonic() < until, "the other process never came"
            time.sleep(0.01)

    def copy(self, folder: Path) -> "Site":
        """The site as it is now, in a folder of its own; nobody works on it meanwhile."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Site(folder, self.mother)

    def dump(self) -> dict:
        """Every table (its columns, and its rows in order) and every attached file (its bytes)."""
        found = {}
        with closing(sqlite3.connect(self.folder / SITE / "site.db")) as database:
            tables = database.execute("select name from sqlite_master where type = 'table' and name like 'tab%'")
            for (table,) in tables.fetchall():
                columns = [row[1] for row in database.execute(f"pragma table_info(`{table}`)")]
                # It counts how often somebody asked, also where nothing was left to do.
                columns = tuple(column for column in columns if column != "money_turn")
                listed = ", ".join(f"`{column}`" for column in columns)
                found[table] = columns, database.execute(f"select {listed} from `{table}` order by 1, 2").fetchall()
        for kind in ("public/files", "private/files"):
            for file in sorted((self.folder / SITE / kind).rglob("*")):
                if file.is_file():
                    found[f"{kind}/{file.name}"] = file.read_bytes()
        return found


def differences(one: dict, other: dict) -> list[str]:
    """What two dumps of a site have different: rows that one alone has, and columns."""
    found = []
    for name in one.keys() | other.keys():
        if one.get(name) == other.get(name):
            continue
        if not (isinstance(one.get(name), tuple) and isinstance(other.get(name), tuple)):
            found.append(f"{name}: {'changed' if name in one and name in other else 'only in one'}")
            continue
        columns = one[name][0]
        rows, others = ({row[:1]: row for row in dump[name][1]} for dump in (one, other))
        for key in rows.keys() | others.keys():
            row, changed = rows.get(key), others.get(key)
            if row is None or changed is None:
                found.append(f"{name} {key[0]}: only {'after' if row is None else 'before'}")
            elif row != changed:
                pairs = zip(columns, row, changed, strict=True)
                found += [f"{name} {key[0]}.{c}: {a!r:.60} / {b!r:.60}" for c, a, b in pairs if a != b]
        if not found:
            found.append(f"{name}: rows in another order")
    return sorted(found)


def make_site(folder: Path, *options: str, **environment: str) -> Site:
    """A fresh site with the app, and the process that will act on it."""
    command = [sys.executable, "-m", "benchless", "--site", SITE, "new-site", "--admin-password", "admin"]
    subprocess.run(
        [*command, "--install-app", "ansinh_app", *options],
        cwd=ROOT,
        env={**os.environ, "BENCHLESS_SITES": str(folder), "PYTHONPATH": str(ROOT), **environment},
        check=True,
        timeout=_LIMIT,
        capture_output=True,
    )
    return Site(folder, Mother(folder))


@pytest.fixture(scope="session")
def _built(tmp_path_factory):
    site = make_site(tmp_path_factory.mktemp("recovery"))
    site.done("build")
    yield site
    site.mother.close()


@pytest.fixture()
def site(_built, tmp_path) -> Site:
    return _built.copy(tmp_path / "sites")
