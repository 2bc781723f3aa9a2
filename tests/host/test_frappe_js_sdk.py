"""The published frappe-js-sdk, unchanged and run by Node, does its work against a served site.

SDK_URL (with BENCH_SITE) points at another served host with the same site, such as a bench.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import frappe
import pytest
import rest_world as world

ROOT = Path(__file__).parents[2]
PACKAGE = Path(__file__).parent / "sdk"
USER, KEY, SECRET = "sdk-user@example.com", "sdkkey00001", "sdksecret0001"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A folder with the package installed from the index, by the lock file."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node and npm are not installed (apt-get install nodejs npm)")
    folder = tmp_path_factory.mktemp("sdk")
    for name in ("package.json", "package-lock.json", "use.js"):
        shutil.copy(PACKAGE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode and any(word in done.stderr for word in ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN")):
        pytest.skip("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def address(sites):
    """The address of the tests' own site, served by a process of its own."""
    if os.environ.get("SDK_URL"):
        yield os.environ["SDK_URL"]
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchless", "--site", sites, "serve", "--no-scheduler", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/method/ping", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _attempt in range(200):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="module")
def said(package, address):
    """What each step of use.js came to."""
    if not getattr(frappe.local, "db", None):
        frappe.init(os.environ.get("BENCH_SITE") or "test.local")
        frappe.connect()
    world.make_world()
    world.make_user(USER, [{"role": world.ROLE}])
    user = frappe.get_doc("User", USER)
    user.api_key, user.api_secret = KEY, SECRET
    user.save()
    frappe.db.commit()
    command = ["node", "use.js", address, USER, world.PASSWORD, f"{KEY}:{SECRET}"]
    done = subprocess.run(command, cwd=package, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


WORKED = {
    "login": {"message": "Logged In", "home_page": "/app", "full_name": "Rest"},
    "cookies": {"user_id": "sdk-user%40example.com", "full_name": "Rest", "system_user": "yes"},
    "logged in user": USER,
    "getDocList": [{"name": "N1"}, {"name": "N2"}, {"name": "N3"}],
    "fields": [{"name": "N3", "amount": 3000}, {"name": "N2", "amount": 2000}],
    "orFilters": [{"name": "N1"}, {"name": "N3"}],
    "page": [{"name": "N2"}],
    "asDict": [["N1", "Short"], ["N2", "Short"], ["N3", "Long"]],
    "groupBy": [{"kind": "Long", "n": 1}, {"kind": "Short", "n": 2}],
    "no filters": 3,
    "getCount": 2,
    "getLastDoc": "N3",
    "getValue": {"message": {"amount": 2000}},
    "getValue of several": {"message": {"amount": 2000, "kind": "Short"}},
    "getSingleValue": {"message": "Chào"},
    "getDoc by a hard name": 5,
    "updateDoc": 6,
    "setValue": 7,
    "deleteDoc": {"data": "ok"},
    "submit": 1,
    "cancel": 2,
    "call.get": {"message": 2},
    "call.post": 9,
    "call.put": 10,
    "call.delete": {},
    "progress": True,
    "read the file": True,
    "logout": None,
    "token": USER,
    "token creates": USER,
    "token uploads": 1,
    "nobody there": 0,
}
REFUSED = {
    "visitor": (403, "PermissionError"),
    "wrong password": (401, "AuthenticationError"),
    "getDoc missing": (404, "DoesNotExistError"),
    "createDoc twice": (409, "DuplicateEntryError"),
    "createDoc without title": (417, "ValidationError"),
    "updateDoc stale": (417, "TimestampMismatchError"),
    "deleteDoc missing": (404, "DoesNotExistError"),
    "call of nothing": (417, "ValidationError"),
    "call not allowed": (403, "PermissionError"),
    "after logout": (403, "PermissionError"),
    "wrong token": (401, "AuthenticationError"),
}


def test_no_step_broke_inside_the_sdk(said):
    assert {name: step["failed"] for name, step in said.items() if "failed" in step} == {}
    seen = set(said) - {"getDoc", "createDoc", "createDoc with rows", "renameDoc", "uploadFile"}
    assert seen == {*WORKED, *REFUSED}


@pytest.mark.parametrize("step", WORKED)
def test_what_works(said, step):
    assert said[step] == {"ok": WORKED[step]}


@pytest.mark.parametrize("step", REFUSED)
def test_what_is_refused(said, step):
    status, kind = REFUSED[step]
    error = said[step]["error"]
    assert (error["httpStatus"], error["exc_type"]) == (status, kind)
    assert error["message"]


def test_documents_come_whole(said):
    note = said["getDoc"]["ok"]
    assert note["doctype"] == world.NOTE and note["amount"] == 1000 and note["day"] == "2025-01-01"
    assert "secret" not in note
    created = said["createDoc"]["ok"]
    assert created["name"] == created["title"] == "Giấy số 1/2 & 100%" and created["owner"] == USER
    row = said["createDoc with rows"]["ok"]["rows"][0]
    assert (row["item"], row["quantity"], row["idx"], row["parentfield"]) == ("bút", 2, 1, "rows")
    assert said["renameDoc"]["ok"]["message"] == "Giấy mới"


def test_an_uploaded_file_belongs_to_its_document(said):
    file = said["uploadFile"]["ok"]
    assert file["is_private"] == 1 and file["file_url"].startswith("/private/files/")
    assert (file["attached_to_doctype"], file["attached_to_name"]) == (world.NOTE, "N1")
