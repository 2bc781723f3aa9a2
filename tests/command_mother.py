"""The command line for tests: `run(arguments, folder, environment)` is `python -m benchless` without the time to begin.

A process that has loaded Django, the host and its libraries makes a child for each command; the child is a process
of its own with that folder, environment, input and output. Whoever serves, works in the background, waits for
signals or turns to MariaDB starts `python -m benchless` itself.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 120  # seconds
_lock = threading.Lock()
_mother: list[subprocess.Popen] = []


def run(arguments: list[str], folder: Path, environment: dict, text: str | None = None) -> subprocess.CompletedProcess:
    """The command's exit code and output; `text` is its input."""
    with tempfile.TemporaryDirectory(prefix="command") as place:
        Path(place, "in").write_text(text or "")
        pid = _ask({"start": arguments, "folder": str(folder), "environment": environment, "place": place})["pid"]
        while (code := _ask({"poll": pid})["code"]) is None:
            time.sleep(0.005)
        said = [Path(place, name).read_text(errors="replace") for name in ("out", "err")]
    return subprocess.CompletedProcess(arguments, code, *said)


def _ask(request: dict) -> dict:
    with _lock:
        if not _mother:
            _mother.append(
                subprocess.Popen(
                    [sys.executable, __file__],
                    cwd=ROOT,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            atexit.register(_mother[0].stdin.close)
        _mother[0].stdin.write(json.dumps(request) + "\n")
        _mother[0].stdin.flush()
        return json.loads(_mother[0].stdout.readline())


# the process that makes the others


def _load() -> None:
    import benchless

    benchless.activate()
    from benchless import cli, installer, settings  # noqa: F401

    with tempfile.TemporaryDirectory() as nowhere:
        settings.use_site(nowhere, settings.default_config())
    import frappe.core.doctype.file.file
    import frappe.model.delete_doc
    import frappe.model.workflow  # noqa: F401


def _start(request: dict) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    signal.alarm(LIMIT)
    flags = {"in": os.O_RDONLY, "out": os.O_WRONLY | os.O_CREAT, "err": os.O_WRONLY | os.O_CREAT}
    for number, (name, flag) in enumerate(flags.items()):
        os.dup2(os.open(Path(request["place"], name), flag, 0o600), number)
    os._exit(_command(request))


def _command(request: dict) -> int:
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.path[0] = request["folder"]
    sys.argv = ["benchless", *request["start"]]
    code = 0
    try:
        from benchless.cli import main

        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def _serve() -> None:
    _load()
    for line in sys.stdin:
        request = json.loads(line)
        if "start" in request:
            answer = {"pid": _start(request)}
        else:
            pid, status = os.waitpid(request["poll"], os.WNOHANG)
            answer = {"code": os.waitstatus_to_exitcode(status) if pid else None}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()
