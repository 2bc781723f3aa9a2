"""Migrate: rows stay, a patch runs once, and whoever cuts it off finds the same site after running it again."""

import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from operation_site import PARCEL, ROOT, Site

from benchless import locks

SITE = "moving.local"
KILLS = Path(__file__).with_name("operation_kills.py")
# How far apart the kills are: every commit would be thorough, and slow.
EVERY = 5
PATCHES = """
import frappe

def execute():
    # not repeatable: run twice it would show
    for name in frappe.get_all("Parcel", pluck="name"):
        frappe.db.set_value("Parcel", name, "notes", (frappe.db.get_value("Parcel", name, "notes") or "") + "+")
"""
CRATE = {
    "doctype": "DocType", "name": "Crate", "module": "Shop", "autoname": "hash", "modified": "2024-03-01 00:00:00",
    "fields": [{"fieldname": "parcel", "fieldtype": "Link", "options": "Parcel", "search_index": 1},
               {"fieldname": "weight", "fieldtype": "Float"}],
    "permissions": [{"role": "System Manager", "read": 1}],
}  # fmt: skip
FIXTURES = [{"doctype": "Role", "name": f"Shop Role {n}", "role_name": f"Shop Role {n}"} for n in (1, 2)]
NOTES = {"fieldname": "notes", "fieldtype": "Small Text"}
OLD_FIELD = {"fieldname": "old_words", "fieldtype": "Data"}
SIZE = {"fieldname": "size", "fieldtype": "Int", "search_index": 1}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site made by the app's first version, and the second version of the app, not migrated to yet."""
    world = Site(tmp_path_factory.mktemp("migrate"))
    world.write_app(fields=[*PARCEL["fields"], NOTES, OLD_FIELD, SIZE])
    world.ok("new-site", "--admin-password", "a-long-password", "--install-app", "shop", site=SITE)
    rows = [{"doctype": "Parcel", "title": f"p{n}", "old_words": f"words {n}"} for n in range(5)]
    world.call("frappe.client.insert_many", docs=rows, _site=SITE)
    write_second_version(world)
    return world


def write_second_version(world) -> None:
    """New columns, indexes, a new DocType, patches before and after, fixtures, an event, a higher version."""
    app = world.folder / "shop"
    world.write_app(
        modified="2024-03-01 00:00:00.000000",
        fields=[
            *PARCEL["fields"], NOTES, {**SIZE, "fieldtype": "Data"},
            {"fieldname": "weight", "fieldtype": "Int", "default": "7"},
            {"fieldname": "town", "fieldtype": "Data", "search_index": 1},
            {"fieldname": "code", "fieldtype": "Data", "unique": 1},
        ],
    )  # fmt: skip
    crate = app / "shop" / "doctype" / "crate"
    crate.mkdir(exist_ok=True)
    (crate / "__init__.py").touch()
    (crate / "crate.json").write_text(json.dumps(CRATE))
    (crate / "crate.py").write_text(
        "import frappe\nfrom frappe.model.document import Document\n\n\nclass Crate(Document):\n    pass\n\n\n"
        'def on_doctype_update():\n    frappe.db.add_index("Crate", ["parcel", "weight"])\n'
    )
    (app / "fixtures").mkdir(exist_ok=True)
    (app / "fixtures" / "role.json").write_text(json.dumps(FIXTURES))
    (app / "early.py").write_text(PATCHES)
    (app / "late.py").write_text(PATCHES)
    (app / "patches.txt").write_text("[pre_model_sync]\nshop.early\n\n[post_model_sync]\nshop.late\n")
    (app / "__init__.py").write_text('__version__ = "1.10.0"\n')


def test_a_migrate_killed_anywhere_reaches_the_same_when_run_again(world):
    done = subprocess.run(
        [sys.executable, str(KILLS), SITE, str(EVERY)], cwd=world.folder, capture_output=True, text=True, timeout=300,
        env={**world.environment(), "PYTHONPATH": f"{ROOT}:{world.folder}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["different"] == []
    assert told["killed"] >= 8, told


def test_migrate_keeps_rows_and_the_columns_of_fields_that_are_gone(world):
    world.ok("migrate", site=SITE)
    world.ok("migrate", site=SITE)
    rows = world.call(
        "frappe.db.sql", query="select name, notes, old_words, weight, town from tabParcel order by name", _site=SITE
    )
    assert rows == [[f"p{n}", "++", f"words {n}", 7, None] for n in range(5)], "each patch ran once"
    indexes = world.call("frappe.db.sql", query="select name from sqlite_master where type='index'", pluck=True, _site=SITE)
    assert {"tabParcel.town", "tabParcel.code", "tabCrate.parcel"} <= set(indexes)
    assert world.call("frappe.client.get_count", doctype="Role", filters={"name": ["like", "Shop Role%"]}, _site=SITE) == 2


def test_a_field_of_another_type_takes_its_values_along(world):
    """As MariaDB's MODIFY: whole numbers become their text and text of numbers a number; else nothing changes."""
    place = world.folder / "shop" / "shop" / "doctype" / "parcel" / "parcel.json"
    former = place.read_text()
    kinds = {"a_number": "Int", "a_float": "Float", "a_text": "Data", "a_word": "Data", "a_day": "Date", "a_moment": "Datetime"}

    def write(kinds: dict) -> None:
        fields = [{"fieldname": name, "fieldtype": kind, "search_index": 1} for name, kind in kinds.items()]
        definition = json.loads(former)
        place.write_text(json.dumps({**definition, "fields": [*definition["fields"], *fields]}))

    write(kinds)
    world.ok("migrate", site=SITE)
    values = {"a_number": 7, "a_float": 2.5, "a_text": "0012", "a_word": "seven", "a_day": "2024-02-29",
              "a_moment": "2024-02-29 23:59:58"}  # fmt: skip
    world.call("frappe.db.set_value", dt="Parcel", dn="p0", field=values, _site=SITE)
    world.call("frappe.db.set_value", dt="Parcel", dn="p1", field={"a_text": ""}, _site=SITE)
    changed = {**kinds, "a_number": "Data", "a_float": "Small Text", "a_text": "Int", "a_day": "Datetime", "a_moment": "Date"}
    write(changed)
    world.ok("migrate", site=SITE)

    def read(name):
        return world.call("frappe.db.get_value", doctype="Parcel", filters=name, fieldname=list(kinds), _site=SITE)

    assert read("p0") == ["7", "2.500000000", 12, "seven", "2024-02-29 00:00:00", "2024-02-29"]
    assert read("p1") == ["0", "0.000000000", 0, None, None, None]
    indexes = world.call("frappe.db.sql", query="select name from sqlite_master where type='index'", pluck=True, _site=SITE)
    assert {"tabParcel.a_number", "tabParcel.a_text", "tabParcel.a_day"} <= set(indexes)

    write({**changed, "a_word": "Int"})
    done = world.run("migrate", site=SITE)
    assert done.returncode != 0 and "seven" in done.stderr
    assert read("p0")[3] == "seven"
    place.write_text(former)
    world.ok("migrate", site=SITE)


def test_two_do_not_migrate_at_once(world):
    held = locks.take(world.sites / SITE, "migrate", shared=False)
    try:
        done = world.run("migrate", site=SITE)
        assert done.returncode != 0 and "another process" in done.stderr
    finally:
        held.close()


def test_a_failed_patch_leaves_the_site_closed_until_it_succeeds(world):
    app = world.folder / "shop"
    (app / "broken.py").write_text(
        "import frappe\n\ndef execute():\n    frappe.db.set_value('Parcel', 'p0', 'notes', 'half')\n    1 / 0\n"
    )
    patches = app / "patches.txt"
    former = patches.read_text()
    patches.write_text(former + "shop.broken\n")
    done = world.run("migrate", site=SITE)
    assert done.returncode != 0 and "ZeroDivisionError" in done.stderr
    assert world.call("frappe.db.get_value", doctype="Parcel", filters="p0", fieldname="notes", _site=SITE) == "++"
    assert world.ok("scheduler", "--once", site=SITE).strip() == "", "nothing is run on a half migrated site"
    with Served(world) as served:
        assert served.status("/api/method/ping") == 503
        assert served.status("/login") == 503
        (app / "broken.py").write_text("def execute():\n    pass\n")
        world.ok("migrate", site=SITE)
        assert served.status("/api/method/ping") == 200
    patches.write_text(former)


def test_maintenance_mode_closes_the_site_and_opens_it(world):
    with Served(world) as served:
        world.ok("set-maintenance-mode", "on", site=SITE)
        assert served.status("/desk/") == 503
        world.ok("set-maintenance-mode", "off", site=SITE)
        assert served.status("/api/method/ping") == 200


def test_older_code_is_refused_on_a_newer_site(world):
    world.ok("migrate", site=SITE)
    version = world.folder / "shop" / "__init__.py"
    version.write_text('__version__ = "1.9.9"\n')
    for verb in (["migrate"], ["serve", "--port", "0"]):
        done = world.run(*verb, site=SITE)
        assert done.returncode != 0 and "1.10.0" in done.stderr, verb
    version.write_text('__version__ = "1.10.0"\n')
    world.ok("migrate", site=SITE)


class Served:
    """The site served on a port of its own, for the length of a `with`."""

    def __init__(self, world, *options):
        self.world, self.options = world, options

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchless", "--site", SITE, "serve", "--port", "0", "--no-scheduler", *self.options],
            cwd=self.world.folder, env=self.world.environment(), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.address = self.process.stdout.readline().split()[1].rstrip("/")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=60) == 0

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.address + path, timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
