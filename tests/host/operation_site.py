"""A folder of sites with a small made-up app, and the command line on it, for the tests of operation."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import command_mother

ROOT = Path(__file__).parents[2]
PARCEL = {
    "doctype": "DocType",
    "name": "Parcel",
    "module": "Shop",
    "modified": "2024-01-01 00:00:00.000000",
    "autoname": "field:title",
    "fields": [{"fieldname": "title", "fieldtype": "Data", "label": "Title", "unique": 1}],
    "permissions": [{"role": "System Manager", "read": 1, "write": 1, "create": 1}],
}
HOOKS = '''
app_name = "shop"
app_title = "Shop"
scheduler_events = {"all": ["shop.work.count_rounds"]}
'''
WORK = '''
import frappe

def count_rounds():
    frappe.db.set_default("rounds", int(frappe.db.get_default("rounds") or 0) + 1)

def greet(name="you"):
    return {"greeting": f"Chào {name}"}

def fail():
    frappe.db.set_default("failed", "written")
    raise ValueError("on purpose")
'''


class Site:
    """A folder of sites (or, on_server, some on MariaDB), the made-up app beside it, and the command."""

    def __init__(self, folder: Path, on_server: bool = False):
        self.folder, self.on_server = folder, on_server
        self.sites = folder / "sites"

    def environment(self) -> dict:
        return {**os.environ, "BENCHLESS_SITES": str(self.sites), "PYTHONPATH": str(ROOT)}

    def run(self, *arguments, site="cli.local", text=None) -> subprocess.CompletedProcess:
        command = ["--site", site, *arguments]
        if not self.on_server:
            return command_mother.run(command, self.folder, self.environment(), text)
        return subprocess.run(
            [sys.executable, "-m", "benchless", *command],
            cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=120, input=text,
        )  # fmt: skip

    def ok(self, *arguments, **more) -> str:
        done = self.run(*arguments, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def call(self, method, **kwargs):
        site = kwargs.pop("_site", "cli.local")
        return json.loads(self.ok("execute", method, "--kwargs", json.dumps(kwargs), site=site) or "null")

    def write_app(self, **parcel) -> None:
        """The app `shop`; keyword arguments change its one DocType."""
        app = self.folder / "shop"
        place = app / "shop" / "doctype" / "parcel"
        place.mkdir(parents=True, exist_ok=True)
        for package in (app, app / "shop", place.parent, place):
            (package / "__init__.py").touch()
        (app / "__init__.py").write_text('__version__ = "1.2.3"\n')
        (app / "hooks.py").write_text(HOOKS)
        (app / "work.py").write_text(WORK)
        (app / "modules.txt").write_text("Shop\n")
        patches = app / "patches.txt"
        if not patches.exists():
            patches.write_text("[pre_model_sync]\n[post_model_sync]\n")
        (place / "parcel.json").write_text(json.dumps({**PARCEL, **parcel}))
        (place / "parcel.py").write_text(
            "from frappe.model.document import Document\n\n\nclass Parcel(Document):\n    pass\n"
        )
