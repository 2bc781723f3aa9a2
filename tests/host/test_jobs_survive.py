"""kill -9 of workers and schedulers, and several of them at once: no job is lost, none is done twice."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests import command_mother

ROOT = Path(__file__).parents[2]
SITE = "depot.local"
HOOKS = """
app_name = "depot"
app_title = "Depot"
scheduler_events = {"cron": {"* * * * *": ["depot.work.rounds"]}}
"""
WORK = '''
import os
import signal
import time
from pathlib import Path

import frappe


def note(what):
    with open(Path(os.environ["DEPOT"]) / "diary", "a") as diary:
        diary.write(what + "\\n")


def add(what):
    """Write in the job's transaction that it was done, and in the diary, which no rollback undoes."""
    note(f"began {what}")
    frappe.get_doc({"doctype": "Role", "role_name": f"Depot {what}"}).insert(ignore_permissions=True)


def wait_for_the_gate(what):
    add(what)
    frappe.publish_progress(40, "Waiting", doctype="Role", docname="All", description=what)
    while not (Path(os.environ["DEPOT"]) / "gate").exists():
        time.sleep(0.02)


def die(what):
    add(what)
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_the_job(job, connection, result):
    os.kill(os.getpid(), signal.SIGKILL)


def rounds():
    note("round")


def put(method, what, **more):
    frappe.enqueue(f"depot.work.{method}", what=what, **more)


def put_many(count):
    for number in range(count):
        put("add", str(number))


def put_with_death_after(what):
    frappe.enqueue("depot.work.add", what=what, on_success=die_after_the_job)


def state():
    """The diary, what is done, and the queue."""
    diary = Path(os.environ["DEPOT"]) / "diary"
    return {
        "diary": diary.read_text().splitlines() if diary.exists() else [],
        "done": sorted(frappe.get_all("Role", filters={"name": ("like", "Depot %")}, pluck="name")),
        "jobs": [(job.status, job.exc_info) for job in frappe.get_list("RQ Job", limit=100)],
        "errors": frappe.get_all("Error Log", pluck="method"),
    }


def retry_all():
    from frappe.core.doctype.rq_job.rq_job import retry_job

    for job in frappe.get_list("RQ Job", filters={"status": "failed"}):
        retry_job({"name": job.name})


def mail(subject):
    frappe.sendmail(recipients=["a@example.com"], subject=subject, message="Hello")


def mails():
    from email import message_from_string

    rows = frappe.get_all("Email Queue", fields=["status", "message"], order_by="creation")
    return [(row.status, message_from_string(row.message)["Subject"]) for row in rows]


def progress():
    return frappe.get_attr("frappe.realtime.get_progress")("Role", "All")
'''


class Depot:
    """A folder with the app, the sites and the diary; every call is a process of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        app = folder / "depot"
        app.mkdir()
        (app / "__init__.py").write_text('__version__ = "1.0.0"\n')
        (app / "hooks.py").write_text(HOOKS)
        (app / "work.py").write_text(WORK)
        (app / "modules.txt").write_text("")
        (app / "patches.txt").write_text("")

    def environment(self) -> dict:
        sites = str(self.folder / "sites")
        return {**os.environ, "BENCHLESS_SITES": sites, "PYTHONPATH": str(ROOT), "DEPOT": str(self.folder)}

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "benchless", "--site", SITE, *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        done = command_mother.run(["--site", SITE, *arguments], self.folder, self.environment())
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def call(self, function: str, /, **kwargs):
        out = self.run("execute", f"depot.work.{function}", "--kwargs", json.dumps(kwargs))
        return json.loads(out) if out.strip() else None

    def state(self) -> dict:
        return self.call("state")

    def wait_for(self, what: str) -> None:
        end = time.monotonic() + 60
        while not (self.folder / "diary").exists() or what not in (self.folder / "diary").read_text():
            assert time.monotonic() < end, f"{what} did not happen"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Depot:
    depot = Depot(tmp_path_factory.mktemp("depot"))
    depot.run("new-site", "--admin-password", "admin", "--install-app", "depot")
    depot.run("set-config", "pause_scheduler", "1")
    return depot


@pytest.fixture()
def depot(built):
    """The site without jobs, diary or anything done."""
    for name in ("diary", "gate"):
        (built.folder / name).unlink(missing_ok=True)
    script = built.folder / "clean.py"
    script.write_text(
        "from frappe.utils.background_jobs import rows\n"
        "rows().all().delete()\n"
        "for role in frappe.get_all('Role', filters={'name': ('like', 'Depot %')}, pluck='name'):\n"
        "    frappe.delete_doc('Role', role)\n"
        "frappe.db.delete('Error Log')\n"
    )
    built.run("run-script", str(script))
    return built


def test_a_killed_job_is_undone_shown_as_failed_and_not_run_again(depot):
    depot.call("put", method="die", what="deadly", at_front=True)
    depot.call("put", method="add", what="other")
    depot.run("worker", "--burst", code=-signal.SIGKILL)
    cut_off = depot.state()
    assert (cut_off["diary"], cut_off["done"]) == (["began deadly"], [])
    assert [status for status, _trace in cut_off["jobs"]] == ["started", "queued"]

    depot.run("worker", "--burst")
    after = depot.state()
    assert after["done"] == ["Depot other"]
    assert after["diary"] == ["began deadly", "began other"]
    (failed, trace), (finished, _none) = after["jobs"]
    assert (failed, finished) == ("failed", "finished")
    assert "its worker ended before the job did" in trace
    assert after["errors"] == ["depot.work.die"]
    assert not list((depot.folder / "sites" / SITE / "locks").glob("worker-*"))


def test_a_killed_job_is_run_again_when_somebody_says_so(depot):
    depot.call("put", method="wait_for_the_gate", what="gate")
    killed = depot.start("worker")
    depot.wait_for("began gate")
    killed.kill()
    killed.communicate(timeout=60)
    depot.run("worker", "--burst")
    assert depot.state()["done"] == []
    (depot.folder / "gate").touch()
    depot.call("retry_all")
    depot.run("worker", "--burst")
    after = depot.state()
    assert after["done"] == ["Depot gate"]
    assert [status for status, _trace in after["jobs"]] == ["finished"]


def test_what_was_committed_is_finished_even_when_the_worker_dies_right_then(depot):
    depot.call("put_with_death_after", what="kept")
    depot.run("worker", "--burst", code=-signal.SIGKILL)
    depot.run("worker", "--burst")
    after = depot.state()
    assert (after["done"], after["diary"]) == (["Depot kept"], ["began kept"])
    assert [status for status, _trace in after["jobs"]] == ["finished"]


def test_a_job_under_way_is_left_to_its_worker(depot):
    depot.call("put", method="wait_for_the_gate", what="gate")
    busy = depot.start("worker")
    depot.wait_for("began gate")
    depot.run("worker", "--burst")
    assert depot.state()["jobs"][0][0] == "started"
    (depot.folder / "gate").touch()
    busy.terminate()
    busy.communicate(timeout=60)
    assert busy.returncode == 0
    assert depot.state()["done"] == ["Depot gate"]


def test_a_worker_that_is_told_to_end_finishes_its_job_and_takes_no_other(depot):
    depot.call("put", method="wait_for_the_gate", what="gate", at_front=True)
    depot.call("put", method="add", what="next")
    ending = depot.start("worker")
    depot.wait_for("began gate")
    ending.terminate()
    time.sleep(0.3)
    assert ending.poll() is None
    (depot.folder / "gate").touch()
    ending.communicate(timeout=60)
    assert ending.returncode == 0
    after = depot.state()
    assert after["done"] == ["Depot gate"]
    assert sorted(status for status, _trace in after["jobs"]) == ["finished", "queued"]


def test_workers_at_once_do_each_job_once(depot):
    depot.call("put_many", count=30)
    workers = [depot.start("worker", "--burst") for _number in range(3)]
    for one in workers:
        _out, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
    after = depot.state()
    assert len(after["diary"]) == len(set(after["diary"])) == len(after["done"]) == 30


def test_a_worker_takes_the_queues_it_is_told(depot):
    depot.call("put", method="add", what="long", queue="long")
    depot.call("put", method="add", what="short", queue="short")
    depot.run("worker", "--burst", "--queue", "short,default")
    assert depot.state()["done"] == ["Depot short"]


def test_serve_runs_jobs_unless_told_not_to_and_ends_after_the_running_one(depot):
    idle = depot.start("serve", "--port", "0", "--no-worker", "--no-scheduler")
    assert idle.stdout.readline()
    depot.call("put", method="wait_for_the_gate", what="gate")
    time.sleep(1.5)
    assert depot.state()["diary"] == []
    serving = depot.start("serve", "--port", "0", "--no-scheduler")
    depot.wait_for("began gate")
    # What the job tells is seen in another process while its transaction is open.
    assert depot.call("progress") == {"percent": 40, "title": "Waiting", "description": "gate"}
    serving.terminate()
    idle.terminate()
    idle.communicate(timeout=60)
    (depot.folder / "gate").touch()
    serving.communicate(timeout=60)
    assert (idle.returncode, serving.returncode) == (0, 0)
    assert depot.state()["done"] == ["Depot gate"]


class SlowInbox:
    """A mail server that takes its time before it says that it has the mail."""

    def __init__(self):
        self.subjects, self.asked, self.may_answer = [], threading.Event(), threading.Event()

    async def handle_DATA(self, server, session, envelope):
        self.subjects.append(message_from_bytes(envelope.content)["Subject"])
        self.asked.set()
        while not self.may_answer.is_set():
            await asyncio.sleep(0.02)
        return "250 OK"


def test_a_mail_that_was_under_way_when_its_process_died_is_not_sent_again(depot):
    inbox = SlowInbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        depot.run("set-config", "mail_server", "127.0.0.1")
        depot.run("set-config", "mail_port", str(server.port))
        depot.call("mail", subject="Under way")
        killed = depot.start("worker", "--burst")
        assert inbox.asked.wait(60)
        killed.kill()
        killed.communicate(timeout=60)
        inbox.may_answer.set()
        depot.call("mail", subject="After it")
        depot.run("worker", "--burst")
        depot.run("worker", "--burst")
        assert inbox.subjects == ["Under way", "After it"]
        assert depot.call("mails") == [["Error", "Under way"], ["Sent", "After it"]]
    finally:
        inbox.may_answer.set()
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_schedulers_at_once_run_an_event_once(depot):
    depot.run("set-config", "pause_scheduler", "0")
    try:
        script = depot.folder / "due.py"
        script.write_text(
            "kind, method = 'Scheduled Job Type', 'depot.work.rounds'\n"
            "frappe.db.set_value(kind, {'method': method}, 'last_execution', '2024-01-01')\n"
            "frappe.db.set_value(kind, {'method': ('!=', method)}, 'stopped', 1)\n"
        )
        depot.run("run-script", str(script))
        before = int(time.time() // 60)
        schedulers = [depot.start("scheduler", "--once") for _number in range(3)]
        for one in schedulers:
            _out, err = one.communicate(timeout=120)
            assert one.returncode == 0, err
        rounds = depot.state()["diary"].count("round")
        assert 1 <= rounds <= 1 + int(time.time() // 60) - before  # a new minute is a new round
    finally:
        depot.run("set-config", "pause_scheduler", "1")
