"""Hooks that run while an app is installed, migrated or tested, in Frappe's order: on a small made-up app."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOKS = '''
app_name = "{app}"
app_title = "{app}"
required_apps = {required}
before_install = "{app}.notes.before_install"
after_install = "{app}.notes.after_install"
after_sync = "{app}.notes.after_sync"
before_migrate = ["{app}.notes.before_migrate"]
after_migrate = ["{app}.notes.after_migrate"]
before_tests = "{app}.notes.before_tests"
fixtures = ["Role"]
'''
NOTES = '''
import frappe

def note(word):
    """What has happened, and whether the DocType and the fixture were there."""
    is_made, is_filled = frappe.db.table_exists("{doctype}"), frappe.db.exists("Role", "{app} role")
    words = frappe.parse_json(frappe.db.get_default("{app}_notes") or "[]")
    words.append([word, bool(is_made), bool(is_filled)])
    frappe.db.set_default("{app}_notes", frappe.as_json(words))

def read():
    return frappe.parse_json(frappe.db.get_default("{app}_notes") or "[]")

for word in ("before_install", "after_install", "after_sync", "before_migrate", "after_migrate", "before_tests"):
    globals()[word] = lambda word=word: note(word)
'''


def make_app(folder: Path, app: str, required: list[str]) -> None:
    """An app with one DocType, one fixture, one test, and hooks that write down when they run."""
    doctype = f"{app.title()} Box"
    package, module = folder / app, folder / app / f"{app}_stores"
    box = module / "doctype" / f"{app}_box"
    box.mkdir(parents=True)
    for place in (package, module, box.parent, box):
        (place / "__init__.py").write_text("")
    (package / "hooks.py").write_text(HOOKS.format(app=app, required=required))
    (package / "notes.py").write_text(NOTES.format(app=app, doctype=doctype))
    (package / "modules.txt").write_text(f"{app.title()} Stores\n")
    (package / "patches.txt").write_text("")
    (package / "fixtures").mkdir()
    role = [{"doctype": "Role", "name": f"{app} role", "role_name": f"{app} role"}]
    (package / "fixtures" / "role.json").write_text(json.dumps(role))
    (box / f"{app}_box.json").write_text(
        json.dumps(
            {
                "doctype": "DocType", "name": doctype, "module": f"{app.title()} Stores",
                "modified": "2024-01-01 00:00:00.000000",
                "fields": [{"fieldname": "title", "fieldtype": "Data", "label": "Title"}],
                "permissions": [{"role": "System Manager", "read": 1}],
            }
        )
    )  # fmt: skip
    (box / f"{app}_box.py").write_text(
        f"from frappe.model.document import Document\n\n\nclass {app.title()}Box(Document):\n    pass\n"
    )
    (package / "test_box.py").write_text(
        "from frappe.tests.utils import FrappeTestCase\n\n\nclass TestBox(FrappeTestCase):\n"
        "    def test_true(self):\n        self.assertTrue(True)\n"
    )


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """A folder with two apps, the second of which requires the first, and a fresh site."""
    folder = tmp_path_factory.mktemp("apps")
    make_app(folder, "stone", [])
    make_app(folder, "house", ["stone"])

    def run(*arguments):
        environment = {**os.environ, "BENCHLESS_SITES": str(folder / "sites"), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "benchless", "--site", "hooks.local", *arguments]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)

    made = run("new-site", "--admin-password", "a-long-password")
    assert made.returncode == 0, made.stderr
    return run


def notes(bench, app: str) -> list:
    answer = bench("execute", f"{app}.notes.read")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_hooks_run_in_frappes_order(bench):
    installed = bench("install-app", "house")
    assert installed.returncode == 0, installed.stderr
    listed = bench("list-apps").stdout
    assert listed.index("stone") < listed.index("house"), "what is required is installed first"
    for app in ("stone", "house"):
        # before_install sees no table yet; the DocTypes come before after_install, the fixtures before after_sync
        assert notes(bench, app) == [
            ["before_install", False, False], ["after_install", True, False], ["after_sync", True, True],
        ]  # fmt: skip

    migrated = bench("migrate")
    assert migrated.returncode == 0, migrated.stderr
    assert [word for word, *_there in notes(bench, "house")][3:] == ["before_migrate", "after_migrate"]

    tested = bench("run-tests", "--app", "house")
    assert tested.returncode == 0, tested.stderr
    assert notes(bench, "house")[-1][0] == "before_tests"


def test_a_missing_requirement_is_named(bench):
    failed = bench("install-app", "no_such_app_here")
    assert failed.returncode != 0
    assert "no_such_app_here" in failed.stderr + failed.stdout
