"""The command line, each verb as a newcomer types it: on a site of its own with a small made-up app."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from operation_site import PARCEL, ROOT, Site

from benchless import locks

PASSWORD = "a-long-password"


@pytest.fixture(scope="module")
def cli(tmp_path_factory):
    cli = Site(tmp_path_factory.mktemp("cli"))
    cli.write_app()
    said = cli.ok("new-site", "--admin-password", PASSWORD, "--install-app", "shop")
    assert PASSWORD not in said
    return cli


def mode_of(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_a_site_is_for_its_owners_eyes(cli):
    site = cli.sites / "cli.local"
    assert mode_of(site) == "0o700"
    assert mode_of(site / "site_config.json") == "0o600"


def test_an_existing_site_is_not_replaced_unasked(cli):
    assert cli.run("new-site", "--admin-password", "other").returncode != 0
    assert cli.call("frappe.db.exists", dt="Module Def", dn="Shop") == "Shop"


def test_a_replaced_site_knows_nobody_of_the_former(cli):
    cli.ok("new-site", "--admin-password", "first", site="again.local")
    site = cli.sites / "again.local"
    session = site / "sessions" / "sessionidofsomebody"
    session.parent.mkdir(exist_ok=True)
    session.write_text("signed in")
    (site / "locks" / "half_migrated").touch()
    used = locks.take(site, locks.IN_USE, shared=True)
    done = cli.run("new-site", "--admin-password", "other", "--force", site="again.local")
    assert done.returncode != 0 and "serve" in done.stderr and session.exists()
    used.close()
    cli.ok("new-site", "--admin-password", "other", "--force", site="again.local")
    assert not session.exists() and not (site / "locks" / "half_migrated").exists()
    shutil.rmtree(site)


def test_a_site_must_be_named_and_exist(cli):
    unnamed = subprocess.run(
        [sys.executable, "-m", "benchless", "list-apps"], cwd=cli.folder, capture_output=True, text=True,
        env={key: value for key, value in cli.environment().items() if key != "BENCHLESS_SITE"},
    )  # fmt: skip
    assert unnamed.returncode != 0 and "--site" in unnamed.stderr
    assert cli.run("list-apps", site="nowhere.local").returncode != 0


def test_on_a_bench_the_command_points_to_bench(cli, tmp_path):
    (tmp_path / "frappe").mkdir()
    (tmp_path / "frappe" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "benchless", "--site", "cli.local", "list-apps"], cwd=tmp_path, text=True,
        env={**cli.environment(), "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}, capture_output=True,
    )  # fmt: skip
    assert done.returncode != 0 and "bench --site cli.local list-apps" in done.stderr


def test_list_apps(cli):
    assert [line.split() for line in cli.ok("list-apps").splitlines()][1:] == [["shop", "1.2.3"]]


def test_an_app_that_is_not_there_is_said_so(cli):
    done = cli.run("install-app", "no_such_app")
    assert done.returncode != 0 and "no_such_app" in done.stderr


def test_execute_prints_json_and_commits(cli):
    assert cli.call("shop.work.greet", name="Lan") == {"greeting": "Chào Lan"}
    assert json.loads(cli.ok("execute", "shop.work.greet", "--args", '["An"]'))["greeting"] == "Chào An"
    assert cli.call("frappe.client.get_count", doctype="Role") >= 5
    cli.call("frappe.db.set_default", key="kept", val="yes")
    assert cli.call("frappe.db.get_default", key="kept") == "yes"


def test_execute_that_fails_leaves_nothing_and_says_so(cli):
    done = cli.run("execute", "shop.work.fail")
    assert done.returncode != 0 and "on purpose" in done.stderr
    assert cli.call("frappe.db.get_default", key="failed") is None


def test_execute_only_reaches_installed_apps(cli):
    assert cli.run("execute", "os.getcwd").returncode != 0


def test_run_script(cli, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "frappe.get_doc({'doctype': 'Role', 'role_name': 'From Script'}).insert()\n"
        "print(frappe.session.user, sys.argv[1])\n"
    )
    assert cli.ok("run-script", str(script), "argument").split() == ["Administrator", "argument"]
    assert cli.call("frappe.db.exists", dt="Role", dn="From Script") == "From Script"


def test_console(cli):
    said = cli.ok("console", text="print(frappe.session.user, frappe.local.site)\n")
    assert "Administrator cli.local" in said


def test_migrate_keeps_the_rows_of_an_older_site(cli):
    insert = {"doctype": "Parcel", "title": "Old"}
    cli.call("frappe.client.insert", doc=insert)
    cli.write_app(
        modified="2024-02-01 00:00:00.000000",
        fields=[
            *PARCEL["fields"],
            {"fieldname": "weight", "fieldtype": "Int", "label": "Weight", "default": "7"},
            {"fieldname": "town", "fieldtype": "Data", "label": "Town", "search_index": 1},
        ],
    )
    (cli.folder / "shop" / "patches.txt").write_text(
        "[pre_model_sync]\n[post_model_sync]\n"
        "execute:frappe.db.set_default('patched', int(frappe.db.get_default('patched') or 0) + 1)\n"
    )
    (cli.sites / "cli.local").chmod(0o755)
    assert "Migrated" in cli.ok("migrate")
    cli.ok("migrate")
    assert mode_of(cli.sites / "cli.local") == "0o700"
    assert cli.call("frappe.db.get_value", doctype="Parcel", filters="Old", fieldname=["title", "weight", "town"]) == [
        "Old", 7, None,
    ]  # fmt: skip
    indexes = cli.call("frappe.db.sql", query="select name from sqlite_master where type='index'", pluck=True)
    assert "tabParcel.town" in indexes
    assert cli.call("frappe.db.get_default", key="patched") == "1", "a patch runs once"


def test_backup_and_restore_bring_back_rows_files_and_secrets(cli):
    cli.call("frappe.client.insert", doc={"doctype": "Role", "role_name": "Before Backup"})
    note = cli.sites / "cli.local" / "private" / "files" / "note.txt"
    note.write_text("kept")
    file = Path(cli.ok("backup").strip())
    assert mode_of(file) == "0o600"
    elsewhere = cli.folder / "elsewhere.tar.gz"
    assert cli.ok("backup", "--to", str(elsewhere)).strip() == str(elsewhere)
    cli.call("frappe.client.insert", doc={"doctype": "Role", "role_name": "After Backup"})
    note.write_text("changed")

    cli.ok("restore", str(file))
    assert cli.call("frappe.db.exists", dt="Role", dn="Before Backup") == "Before Backup"
    assert cli.call("frappe.db.exists", dt="Role", dn="After Backup") is None
    assert note.read_text() == "kept"

    cli.ok("restore", str(elsewhere), site="copy.local")
    copy, original = cli.sites / "copy.local", cli.sites / "cli.local"
    assert (copy / "site_config.json").read_text() == (original / "site_config.json").read_text()
    assert mode_of(copy) == "0o700" and mode_of(copy / "site_config.json") == "0o600"
    assert cli.call("frappe.db.exists", dt="Role", dn="Before Backup", _site="copy.local") == "Before Backup"
    shutil.rmtree(copy)


def test_a_damaged_backup_changes_nothing(cli):
    file = cli.folder / "damaged.tar.gz"
    file.write_bytes(b"not an archive")
    assert cli.run("restore", str(file)).returncode != 0
    assert cli.call("frappe.db.exists", dt="Module Def", dn="Shop") == "Shop"


def test_scheduler_runs_what_is_due(cli):
    before = int(cli.call("frappe.db.get_default", key="rounds") or 0)
    assert "shop.work.count_rounds" in cli.ok("scheduler", "--once").split()
    assert int(cli.call("frappe.db.get_default", key="rounds")) == before + 1
    cli.ok("set-config", "pause_scheduler", "1")
    assert cli.ok("scheduler", "--once").strip() == ""
    cli.ok("set-config", "pause_scheduler", "0")


def test_scheduler_ends_with_ctrl_c(cli):
    before = int(cli.call("frappe.db.get_default", key="rounds") or 0)
    running = subprocess.Popen(
        [sys.executable, "-m", "benchless", "--site", "cli.local", "scheduler"],
        cwd=cli.folder, env=cli.environment(), stderr=subprocess.PIPE, text=True,
        # Whoever runs the tests in the background has the signal ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    wait_until(lambda: cli.call("frappe.get_list", doctype="RQ Job", filters={"status": "queued"}))
    running.send_signal(signal.SIGINT)
    _out, said = running.communicate(timeout=20)
    assert running.returncode == 130 and "Traceback" not in said
    cli.ok("worker", "--burst")  # the scheduler queues, a worker runs
    assert int(cli.call("frappe.db.get_default", key="rounds") or 0) > before


def wait_until(condition, seconds=30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def test_worker_sends_what_waits(cli):
    cli.ok("run-script", str(write(cli.folder / "mail.py",
        "frappe.sendmail(recipients=['a@example.com'], subject='Waits', message='Hello')\n")))  # fmt: skip
    assert cli.run("worker", "--once").returncode == 0
    # Nobody configured a mail server: the mail must still be there, not marked as sent.
    waiting = cli.call("frappe.client.get_count", doctype="Email Queue", filters={"status": "Not Sent"})
    assert waiting == 1
    cli.ok("set-config", "mail_server", "127.0.0.1")
    cli.ok("set-config", "mail_port", "9")  # nobody listens: it is tried, and the record says why it failed
    cli.ok("worker", "--once")
    tried = cli.call("frappe.db.get_value", doctype="Email Queue", filters={}, fieldname=["status", "error"])
    assert tried[1], tried
    cli.ok("set-config", "mail_server", "")


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_set_admin_password(cli):
    cli.ok("set-admin-password", "another-long-password")
    user = cli.call("frappe.utils.password.check_password", user="Administrator", pwd="another-long-password")
    assert user == "Administrator"
    assert cli.run("execute", "frappe.utils.password.check_password", "--kwargs",
                   json.dumps({"user": "Administrator", "pwd": PASSWORD})).returncode != 0  # fmt: skip
    traces = [p for p in (cli.sites / "cli.local" / "logs").rglob("*") if p.is_file()]
    assert not any("another-long-password" in p.read_text(errors="ignore") for p in traces)


def test_set_config_keeps_the_file_private(cli):
    cli.ok("set-config", "colour", '"green"')
    path = cli.sites / "cli.local" / "site_config.json"
    assert json.loads(path.read_text())["colour"] == "green"
    assert mode_of(path) == "0o600"


def test_run_tests_says_whether_they_passed(cli):
    tests = cli.folder / "shop" / "test_shop.py"
    head = "from frappe.tests.utils import FrappeTestCase\n\n\nclass TestShop(FrappeTestCase):\n    def test_it(self):\n"
    tests.write_text(head + "        self.assertTrue(True)\n")
    assert "OK" in cli.ok("run-tests", "--app", "shop")
    tests.write_text(head + "        self.assertTrue(False)\n")
    assert cli.run("run-tests", "--app", "shop").returncode == 1


def test_serve_answers_and_runs_scheduled_events(cli):
    port = free_port()
    before = int(cli.call("frappe.db.get_default", key="rounds") or 0)
    running = subprocess.Popen(
        [sys.executable, "-m", "benchless", "--site", "cli.local", "serve", "--port", str(port)],
        cwd=cli.folder, env=cli.environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert str(port) in running.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/method/ping", timeout=30) as answer:
            assert json.load(answer) == {"message": "pong"}
        wait_until(lambda: int(cli.call("frappe.db.get_default", key="rounds") or 0) > before)
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
