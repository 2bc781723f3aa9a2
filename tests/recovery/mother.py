"""A process that has the app loaded and makes a child for each act: `python mother.py FOLDER`.

One JSON request a line on standard input: {"start": {…}} answers the child's pid, {"wait": pid} how it ended,
{"poll": pid} whether it has.
A child is a process like any clerk's or worker's: it opens the site by itself, and what kills it is signal 9.
Of a request: folder, act, arguments, answer (the file for its JSON answer), and as wished
  clock "2024-05-01 08:00:00": the time that stands still while the child works
  seed: its random names
  die {"place": "module.function", "times": N} or {"event": N}: killed when that function is called for the
      Nth time, or before the Nth write, commit or file (the last number: after all of them)
  watch: the answer lists these events
  gate: a folder; the child says there that it is ready, and begins when the file "go" appears
  hold: with a gate, it begins at once and waits there before it locks rows for the Nth time
  room: kilobytes that the database and each file may still grow by
  environment: variables, such as TZ
  part: how many people a run takes at a time
  lang: the language of the user's messages
"""

import importlib
import json
import os
import pkgutil
import random
import resource
import secrets
import signal
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import benchless

benchless.activate()
import frappe  # noqa: E402

SITE = "recovery.local"
LIMIT = 120  # seconds a child may take
_definitions: dict = {}  # of all DocTypes: every copy of the site has the same


def load(folder: str) -> None:
    """Everything a child will need, so that none of them has to load it."""
    frappe.init(SITE, sites_path=folder)
    frappe.connect()
    import ansinh_app

    for module in pkgutil.walk_packages(ansinh_app.__path__, "ansinh_app."):
        if ".patches" not in module.name and ".tests.test_" not in module.name:
            importlib.import_module(module.name)
    for name in ("frappe.model.workflow", "frappe.core.doctype.rq_job.rq_job", "benchless.worker"):
        importlib.import_module(name)
    from frappe.model.base_document import get_controller

    for doctype in frappe.get_all("DocType", pluck="name"):
        get_controller(doctype)
        _definitions[doctype] = frappe.get_meta(doctype)
    frappe.destroy()


def start(request: dict) -> int:
    sys.stdout.flush()
    child = os.fork()
    if not child:
        code = 1
        try:
            _live(request)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return child


def _live(request: dict) -> None:
    signal.alarm(LIMIT)
    os.environ.update({"BENCHLESS_SITES": request["folder"], **request.get("environment", {})})
    log = os.open(f"{request['answer']}.log", os.O_WRONLY | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    time.tzset()
    frappe.init(SITE, sites_path=request["folder"])
    frappe.connect()
    for doctype, definition in _definitions.items():
        frappe.cache.hset("meta", doctype, definition)
    acts = importlib.import_module("tests.recovery.acts")
    if request.get("seed") is not None:
        _throw_the_same_dice(request["seed"])
    if request.get("clock"):
        stop_the_clock(datetime.fromisoformat(request["clock"]))
    if request.get("part"):
        importlib.import_module("ansinh_app.payouts.plan")._PART = request["part"]
    if request.get("lang"):
        frappe.local.lang = request["lang"]
    events: list[str] = []
    die = request.get("die") or {}
    if die.get("place"):
        _die_at(die["place"], die["times"])
    if request.get("hold"):
        _hold_before_lock(request["hold"], Path(request["gate"]))
    elif request.get("gate"):
        _wait_for_the_other(Path(request["gate"]))
    if request.get("watch") or die.get("event"):
        _watch(events, die.get("event"))
    if request.get("room") is not None:
        _leave_room(request["room"])
    answer = acts.perform(request["act"], request["arguments"])
    if die.get("event"):
        events.append("end")
        if len(events) == die["event"]:
            _die()
    if request.get("watch"):
        answer["events"] = events
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    Path(request["answer"]).write_text(json.dumps(answer, default=str))
    frappe.destroy()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _watch(events: list[str], last: int | None) -> None:
    """Notes every write, commit and file; dies before the one with the number `last`."""

    def note(what: str) -> None:
        events.append(what)
        if len(events) == last:
            _die()

    def statement(execute, sql, parameters, many, context):
        word = sql.lstrip()[:8].split(None, 1)[0].lower()
        if word not in ("select", "pragma", "with", "show"):
            note(" ".join(sql.split())[:60])
        return execute(sql, parameters, many, context)

    connection = frappe.db.connection
    connection.execute_wrappers.append(statement)
    commit, replace = connection.commit, os.replace

    def commit_and_note():
        note("commit")
        return commit()

    def replace_and_note(source, target, **more):
        note(f"file {Path(target).name}")
        return replace(source, target, **more)

    connection.commit, os.replace = commit_and_note, replace_and_note


def _die_at(path: str, times: int) -> None:
    place, name = path.rsplit(".", 1)
    owner = pkgutil.resolve_name(place)
    called, left = getattr(owner, name), [times]

    def killing(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            _die()
        return called(*args, **kwargs)

    setattr(owner, name, killing)


def _hold_before_lock(number: int, gate: Path) -> None:
    """Lets the other process pass before this one locks for the Nth time; what it has read by then may be old."""
    left = [number]

    def lock() -> None:
        left[0] -= 1
        if left[0] == 0:
            _wait_for_the_other(gate)

    def statement(execute, sql, parameters, many, context):
        if sql.rstrip().lower().endswith("for update"):
            lock()
        return execute(sql, parameters, many, context)

    connection = frappe.db.connection
    if connection.vendor == "mysql":
        connection.execute_wrappers.append(statement)
        return
    begin = connection.begin_write

    def begin_write(wait=True):
        if not connection.connection.in_transaction:
            lock()
        return begin(wait)

    connection.begin_write = begin_write


def _throw_the_same_dice(seed: int) -> None:
    dice = random.Random(seed)  # names that two runs share
    secrets.token_hex = lambda size=32: dice.randbytes(size).hex()
    secrets.token_bytes = os.urandom = dice.randbytes
    frappe.model.naming.token_bytes = dice.randbytes


def stop_the_clock(moment: datetime) -> None:
    """Every module that asks for the time, by whatever name it knows the function, is told this moment."""
    asked = frappe.utils.data.now_datetime

    def standing_still() -> datetime:
        return moment

    for module in [sys.modules[name] for name in sys.modules if name.split(".")[0] in ("frappe", "ansinh_app")]:
        for name, value in list(vars(module).items()):
            if value is asked:
                setattr(module, name, standing_still)


def _leave_room(kilobytes: int) -> None:
    """As on a disk that is nearly full: the database grows by so much, and no file gets larger than that."""
    size, count = (frappe.db.sql(f"pragma {name}")[0][0] for name in ("page_size", "page_count"))
    frappe.db.sql(f"pragma max_page_count={count + max(0, kilobytes * 1024 // size)}")


def _wait_for_the_other(folder: Path) -> None:
    (folder / f"ready-{os.getpid()}").touch()
    until = time.monotonic() + LIMIT
    while not (folder / "go").exists():
        if time.monotonic() > until:
            raise TimeoutError("the other process never came")
        time.sleep(0.002)


def main() -> None:
    load(sys.argv[1])
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "start" in request:
            answer = {"pid": start(request["start"])}
        elif "poll" in request:
            done = os.waitid(os.P_PID, request["poll"], os.WEXITED | os.WNOHANG | os.WNOWAIT)
            answer = {"ended": done is not None}
        else:
            answer = {"code": os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
