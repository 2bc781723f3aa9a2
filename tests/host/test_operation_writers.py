"""Eight who write at once, as processes and over HTTP: no error, no row lost, no number twice."""

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest
from operation_site import Site

SITE = "crowd.local"
WRITERS, EACH = 8, 8
SLIP = {
    "doctype": "DocType", "name": "Slip", "module": "Shop", "autoname": "SLIP-.YYYY.-.#####", "custom": 1,
    "fields": [{"fieldname": "writer", "fieldtype": "Data"}, {"fieldname": "number", "fieldtype": "Int"},
               {"fieldname": "lines", "fieldtype": "Table", "options": "Slip Line"}],
    "permissions": [{"role": "System Manager", "read": 1, "write": 1, "create": 1}],
}  # fmt: skip
LINE = {
    "doctype": "DocType", "name": "Slip Line", "module": "Shop", "istable": 1, "custom": 1,
    "fields": [{"fieldname": "what", "fieldtype": "Data"}],
}  # fmt: skip
ACCOUNT = """
from frappe.utils.password import set_encrypted_password
frappe.db.set_value("User", "Administrator", "api_key", "crowd-key")
set_encrypted_password("User", "Administrator", "crowd-secret", "api_secret")
"""
WRITE = """
import os, sys, time
writer, each = sys.argv[1], int(sys.argv[2])
while not os.path.exists(sys.argv[3]):
    time.sleep(0.01)
for number in range(each):
    doc = frappe.get_doc({"doctype": "Slip", "writer": writer, "number": number,
                          "lines": [{"what": "one"}, {"what": "two"}]}).insert()
    frappe.db.commit()
    doc.lines[0].what = "changed"
    doc.save()
    frappe.db.commit()
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = Site(tmp_path_factory.mktemp("crowd"))
    world.write_app()
    world.ok("new-site", "--admin-password", "a-long-password", "--install-app", "shop", site=SITE)
    script = world.folder / "prepare.py"
    script.write_text(f"for doc in ({LINE!r}, {SLIP!r}):\n    frappe.get_doc(doc).insert()\n{ACCOUNT}")
    world.ok("run-script", str(script), site=SITE)
    return world


def written(world, prefix: str) -> list:
    return world.call(
        "frappe.client.get_list", doctype="Slip", fields=["name", "writer", "number"], limit_page_length=0,
        filters={"writer": ["like", f"{prefix}%"]}, _site=SITE,
    )  # fmt: skip


def assert_all_there(world, prefix: str) -> None:
    rows = written(world, prefix)
    expected = {(f"{prefix}{writer}", number) for writer in range(WRITERS) for number in range(EACH)}
    assert {(row["writer"], row["number"]) for row in rows} == expected and len(rows) == len(expected)
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    last = world.call("frappe.db.sql", query="select current from tabSeries where name like 'SLIP-%%'", _site=SITE)
    taken = world.call("frappe.client.get_count", doctype="Slip", _site=SITE)
    assert last == [[taken]], "a number was given and lost"
    lines = world.call("frappe.db.count", dt="Slip Line", filters={"what": "changed"}, _site=SITE)
    assert lines == taken


def test_eight_processes_write_at_once(world):
    script, gate = world.folder / "write.py", world.folder / "go"
    script.write_text(WRITE)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "benchless", "--site", SITE, "run-script", str(script), f"process{n}", str(EACH), str(gate)],
            cwd=world.folder, env=world.environment(), stderr=subprocess.PIPE, text=True,
        )
        for n in range(WRITERS)
    ]  # fmt: skip
    time.sleep(1)
    gate.touch()
    for process in running:
        _out, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
        assert not said
    assert_all_there(world, "process")


def test_eight_clients_write_at_once_while_another_process_does(world):
    server = subprocess.Popen(
        [sys.executable, "-m", "benchless", "--site", SITE, "serve", "--port", "0", "--no-scheduler"],
        cwd=world.folder, env=world.environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = server.stdout.readline().split()[1].rstrip("/")
    wrong: list = []
    together = threading.Barrier(WRITERS)

    def ask(method: str, path: str, body: dict) -> dict:
        request = urllib.request.Request(
            address + path, json.dumps(body).encode(), method=method,
            headers={"Authorization": "token crowd-key:crowd-secret", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.load(answer)["data"]

    def client(number: int) -> None:
        try:
            together.wait(60)
            for n in range(EACH):
                lines = [{"what": "one"}, {"what": "two"}]
                doc = ask("POST", "/api/resource/Slip", {"writer": f"client{number}", "number": n, "lines": lines})
                doc["lines"][0]["what"] = "changed"
                ask("PUT", f"/api/resource/Slip/{doc['name']}", doc)
        except urllib.error.HTTPError as error:
            wrong.append((error.code, error.read()[:2000]))
        except Exception as error:
            wrong.append(repr(error))

    clients = [threading.Thread(target=client, args=(n,)) for n in range(WRITERS)]
    try:
        for one in clients:
            one.start()
        script = world.folder / "aside.py"
        script.write_text("for n in range(30):\n    frappe.db.set_default('aside', n)\n    frappe.db.commit()\n")
        world.ok("run-script", str(script), site=SITE)
        for one in clients:
            one.join(300)
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert not wrong, wrong[0]
    assert_all_there(world, "client")
    assert server.returncode == 0


def test_a_request_that_runs_when_the_server_is_stopped_is_answered(world):
    """SIGTERM: no new connection is taken, the one that waits gets its whole answer, the process ends well."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchless", "--site", SITE, "serve", "--port", "0", "--no-scheduler"],
        cwd=world.folder, env=world.environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = server.stdout.readline().split()[1].rstrip("/")
    (world.folder / "shop" / "slow.py").write_text(
        "import time\n\nimport frappe\n\n\n@frappe.whitelist()\ndef answer(seconds: int, mark: str):\n"
        "    open(mark, 'w').close()\n    time.sleep(seconds)\n    return 'x' * 300_000\n"
    )
    mark, got = world.folder / "started", []

    def ask():
        request = urllib.request.Request(
            f"{address}/api/method/shop.slow.answer?seconds=3&mark={mark}",
            headers={"Authorization": "token crowd-key:crowd-secret"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            got.append(len(json.load(answer)["message"]))

    asking = threading.Thread(target=ask)
    asking.start()
    until = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.05)
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=60)
    asking.join(60)
    assert got == [300_000] and server.returncode == 0
