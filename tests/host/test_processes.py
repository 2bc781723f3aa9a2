"""Several processes of one site: each sees what another changed and counts with it; one that dies is begun again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import frappe
import pytest
from operation_site import ROOT, Site

from benchless import shared_values
from benchless.stamps import PLACES, Stamps
from tests import command_mother

SITE = "pool.local"
WORK = """
import os, time
import frappe

@frappe.whitelist()
def look(title):
    time.sleep(0.02)
    extra = "extra" in frappe.get_meta("Parcel").get_valid_columns()
    return [os.getpid(), frappe.get_cached_value("Parcel", title, "note"), extra]

@frappe.whitelist()
def slow():
    time.sleep(1.5)
    return os.getpid()

@frappe.whitelist()
def queue():
    frappe.enqueue("shop.work.remember")

@frappe.whitelist()
def worker():
    return frappe.db.get_default("worker")

def remember():
    frappe.db.set_default("worker", os.getpid())
    frappe.db.commit()
"""
ACCOUNT = """
from frappe.utils.password import set_encrypted_password
frappe.db.set_value("User", "Administrator", "api_key", "pool-key")
set_encrypted_password("User", "Administrator", "pool-secret", "api_secret")
frappe.get_doc({"doctype": "Parcel", "title": "one", "note": "old"}).insert()
"""
NOTE = {"fieldname": "note", "fieldtype": "Data", "label": "Note"}


def elsewhere(work):
    """What `work` returns in a transaction of another thread."""

    def run():
        frappe.init("test.local")
        frappe.connect()
        try:
            return work()
        finally:
            frappe.destroy()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def in_a_process(method: str, *args):
    """What a method of frappe returns in a process of its own, which commits."""
    return command_in_a_process("execute", method, "--args", json.dumps(args))


def command_in_a_process(*arguments: str):
    place = Path(os.environ["BENCHLESS_SITES"])
    command = ["--site", "test.local", *arguments]
    done = command_mother.run(command, place, {**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


@pytest.fixture
def task(site):
    doc = frappe.get_doc({"doctype": "ToDo", "description": "old"}).insert()
    frappe.db.commit()
    yield doc.name
    frappe.db.rollback()
    frappe.delete_doc("ToDo", doc.name, force=True)
    frappe.db.commit()


def described(name: str) -> str:
    return frappe.get_cached_value("ToDo", name, "description")


def test_what_another_process_changed_is_read_anew(task):
    assert described(task) == "old"
    in_a_process("frappe.db.set_value", "ToDo", task, "description", "new")
    frappe.db.rollback()
    frappe.local.document_cache = {}  # as at the next request
    assert described(task) == "new"


def test_nobody_reads_what_is_not_committed_and_nobody_keeps_it(task):
    assert described(task) == "old"
    frappe.db.set_value("ToDo", task, "description", "new")
    assert described(task) == "new"
    assert elsewhere(lambda: described(task)) == "old"
    frappe.db.rollback()
    assert described(task) == "old" and elsewhere(lambda: described(task)) == "old"
    frappe.db.set_value("ToDo", task, "description", "newer")
    assert elsewhere(lambda: described(task)) == "old"  # kept again, while the change waits
    frappe.db.commit()
    assert elsewhere(lambda: described(task)) == "newer" and described(task) == "newer"


def test_what_was_read_before_somebodys_change_stays_ones_own(site):
    read, changed = threading.Event(), threading.Event()

    def slowly():
        read.set()
        changed.wait(10)
        return "old"

    def late():
        twice = [frappe.cache.get_value("pool_late", slowly), frappe.cache.get_value("pool_late")]
        frappe.db.rollback()
        return twice

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(elsewhere, late)
        assert read.wait(10)
        frappe.cache.delete_value("pool_late")
        frappe.db.commit()
        changed.set()
        assert answer.result() == ["old", "old"]
    assert elsewhere(lambda: frappe.cache.get_value("pool_late")) is None


def test_all_documents_of_a_doctype_are_forgotten_elsewhere_too(task):
    assert described(task) == "old"
    frappe.db.sql("update `tabToDo` set description='by hand' where name=%s", task)
    frappe.clear_document_cache("ToDo")
    frappe.db.commit()
    assert described(task) == elsewhere(lambda: described(task)) == "by hand"


def test_a_value_said_after_a_deletion_outlives_the_commit(site):
    frappe.cache.delete_value("pool_key")
    frappe.cache.set_value("pool_key", 1)
    assert frappe.cache.get_value("pool_key") == 1
    frappe.db.commit()
    assert frappe.cache.get_value("pool_key") == 1
    assert frappe.cache.get_keys("pool_") == ["pool_key"]
    in_a_process("frappe.cache.delete_value", "pool_key")
    assert frappe.cache.get_value("pool_key") is None


def test_what_is_read_after_a_write_is_everybodys_when_it_is_committed(task, monkeypatch):
    frappe.db.set_value("ToDo", task, "description", "new")
    asked = []

    def read():
        asked.append(1)
        return 5

    assert frappe.cache.get_value("pool_read", read) == 5
    assert elsewhere(lambda: frappe.cache.get_value("pool_read")) is None
    frappe.db.commit()
    assert elsewhere(lambda: frappe.cache.get_value("pool_read")) == 5
    assert frappe.cache.get_value("pool_read", read) == 5 and len(asked) == 1
    frappe.cache.delete_value("pool_read")
    frappe.db.commit()


def test_a_new_file_of_stamps_is_seen(site, tmp_path):
    (tmp_path / "locks").mkdir()
    first = Stamps(tmp_path)
    second = Stamps(tmp_path)
    first.change(7)
    assert second.now[7] == first.now[7] != 0 and len(first.copy()) == PLACES
    os.unlink(first.file)
    assert not first.are_of(tmp_path)
    assert Stamps(tmp_path).are_of(tmp_path)


def test_processes_count_together(site, tmp_path):
    script = tmp_path / "add.py"
    script.write_text("from benchless import shared_values\nprint(shared_values.add('pool', 2, 60))\n")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: elsewhere(lambda: shared_values.add("pool", 1, 60)), range(12)))
    assert command_in_a_process("run-script", str(script)) == 14
    assert shared_values.find("pool") == 14
    shared_values.forget("pool")
    assert shared_values.find("pool") is None


def test_what_is_shared_is_over_in_time_and_when_the_clock_went_back(site, monkeypatch):
    shared_values.put("pool code", {"user": "Thử"}, 60)
    now = time.time()
    for moment, found in ((now + 59, {"user": "Thử"}), (now + 61, None), (now - 3600, None)):
        monkeypatch.setattr("benchless.shared_values.time.time", lambda moment=moment: moment)
        assert shared_values.find("pool code") == found
    assert shared_values.add("pool code", 1, 60) == 1
    for moment, sum_ in ((now + 30, 1), (now, 2)):  # who began later may have been served first
        monkeypatch.setattr("benchless.shared_values.time.time", lambda moment=moment: moment)
        assert shared_values.add("pool late", 1, 60) == sum_


def test_made_up_names_do_not_fill_the_disk(site, monkeypatch):
    monkeypatch.setattr(shared_values, "MOST_KEYS", 10)
    for number in range(12):
        shared_values.add(f"made up {number}", 1, -1)
    made_up = "select count(*) from kept where key like 'made up %'"
    assert shared_values._with_file(lambda db: db.execute(made_up).fetchone()[0]) <= 10


def test_a_file_that_cannot_be_read_is_begun_anew(site):
    file = Path(frappe.local.site_path, "locks", "shared.db")
    shared_values.add("pool", 1, 60)
    for end in ("-wal", "-shm"):
        file.with_name(f"shared.db{end}").unlink(missing_ok=True)
    file.write_bytes(b"not a database, only something of that length " * 200)
    assert shared_values.add("pool", 1, 60) == 1
    shared_values.forget("pool")


# served by several


class Pool:
    """`serve` with two web processes, and one who asks."""

    def __init__(self, world: Site) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchless", "--site", SITE, "serve", "--port", "0", "--processes", "2"],
            cwd=world.folder, env=world.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.url = self.process.stdout.readline().split()[1].rstrip("/")

    def ask(self, path: str, **body):
        headers = {"Authorization": "token pool-key:pool-secret", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def look(self) -> dict[int, list]:
        """{process: what it says of the parcel}, asked until two have answered."""
        found: dict[int, list] = {}
        until = time.monotonic() + 30
        with ThreadPoolExecutor(6) as pool:
            while len(found) < 2 and time.monotonic() < until:
                answers = pool.map(lambda _n: self.ask("/api/method/shop.work.look?title=one")["message"], range(12))
                for pid, *said in answers:
                    assert found.setdefault(pid, said) == said
        assert len(found) == 2
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = Site(tmp_path_factory.mktemp("pool"))
    title = {"fieldname": "title", "fieldtype": "Data", "label": "Title", "unique": 1}
    world.write_app(fields=[title, NOTE])
    (world.folder / "shop" / "work.py").write_text(WORK)
    hooks = world.folder / "shop" / "hooks.py"
    hooks.write_text(hooks.read_text().split("scheduler_events")[0])
    world.ok("new-site", "--admin-password", "a-long-password", "--install-app", "shop", site=SITE)
    script = world.folder / "prepare.py"
    script.write_text(ACCOUNT)
    world.ok("run-script", str(script), site=SITE)
    return world


@pytest.fixture
def pool(world):
    pool = Pool(world)
    yield pool
    if pool.process.poll() is None:  # the test broke off
        pool.process.kill()
    pool.process.communicate()


def wait_for(condition) -> bool:
    until = time.monotonic() + 30
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return bool(condition())


def lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see which processes live")
def test_two_processes_serve_as_one(pool):
    first = pool.look()
    assert set(map(tuple, first.values())) == {("old", False)}

    pool.ask("/api/method/frappe.client.set_value", doctype="Parcel", name="one", fieldname="note", value="new")
    extra = {"doctype": "Custom Field", "dt": "Parcel", "fieldname": "extra", "fieldtype": "Data", "label": "Extra"}
    pool.ask("/api/resource/Custom%20Field", **extra)
    second = pool.look()
    assert set(second) == set(first) and set(map(tuple, second.values())) == {("new", True)}

    pool.ask("/api/method/shop.work.queue", x=1)
    assert wait_for(lambda: pool.ask("/api/method/shop.work.worker").get("message"))
    worker = int(pool.ask("/api/method/shop.work.worker")["message"])
    assert worker not in first and lives(worker)

    killed = min(first)
    os.kill(killed, signal.SIGKILL)
    assert wait_for(lambda: not lives(killed))
    third = pool.look()
    assert killed not in third and max(first) in third

    with ThreadPoolExecutor(1) as one:
        under_way = one.submit(pool.ask, "/api/method/shop.work.slow")
        time.sleep(0.5)
        pool.process.terminate()
        assert under_way.result()["message"] in third
    assert pool.process.wait(30) == 0
    assert f"(process {killed}) ended with -9" in pool.process.stderr.read()
    assert wait_for(lambda: not any(map(lives, [*third, worker])))
    with pytest.raises(urllib.error.URLError):
        pool.ask("/api/method/ping")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see which processes live")
def test_the_others_end_with_a_first_process_that_was_killed(pool):
    serving = set(pool.look())
    pool.process.kill()
    pool.process.wait()
    assert wait_for(lambda: not any(map(lives, serving)))
