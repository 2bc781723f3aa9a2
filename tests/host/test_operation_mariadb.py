"""On MariaDB: backup and restore, and a SQLite site's rows brought in from what export-to-bench wrote."""

import gzip
import json
import os
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest
from operation_site import Site

SERVER = urlsplit(os.environ.get("BENCHLESS_TEST_DB") or "")
NAME = "kept_on_maria"
TITLES = ["It's a \\ back\nslash", "Kiện hàng thứ hai"]
pytestmark = [
    pytest.mark.skipif(SERVER.scheme != "mariadb", reason="BENCHLESS_TEST_DB names no MariaDB server"),
    pytest.mark.skipif(not shutil.which("mariadb-dump"), reason="MariaDB's client programs are not installed"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Two sites with the same app: one on MariaDB, one on SQLite."""
    world = Site(tmp_path_factory.mktemp("maria"), on_server=True)
    world.write_app()
    server = ["--db-type", "mariadb", "--db-host", SERVER.hostname, "--db-port", str(SERVER.port or 3306)]
    server += ["--db-root-username", SERVER.username, "--db-root-password", SERVER.password, "--db-name", NAME, "--force"]
    password = ["--admin-password", "a-long-password", "--install-app", "shop"]
    world.ok("new-site", *server, *password, site="maria.local")
    world.ok("new-site", *password, site="lite.local")
    yield world
    from benchless.mariadb import setup

    conf = json.loads((world.sites / "maria.local" / "site_config.json").read_text())
    setup.drop(conf, SERVER.username, SERVER.password)


def titles(world) -> list:
    rows = world.call("frappe.client.get_list", doctype="Parcel", limit_page_length=0, _site="maria.local")
    return sorted(row["name"] for row in rows)


def test_a_destroyed_site_comes_back(world):
    for title in ("Trước", "Sau"):
        if title == "Sau":
            world.ok("backup", "--to", str(world.folder / "maria.tar.gz"), site="maria.local")
        world.call("frappe.client.insert", doc={"doctype": "Parcel", "title": title}, _site="maria.local")
    world.ok("restore", str(world.folder / "maria.tar.gz"), site="maria.local")
    assert titles(world) == ["Trước"]
    shutil.rmtree(world.sites / "maria.local")
    world.ok("restore", str(world.folder / "maria.tar.gz"), site="maria.local")
    assert titles(world) == ["Trước"]


def test_a_backup_does_not_replace_another_sites_tables(world):
    """Its configuration names the first site's database: under another name it is refused."""
    done = world.run("restore", str(world.folder / "maria.tar.gz"), site="other.local")
    assert done.returncode != 0 and "new-site" in done.stderr
    assert not (world.sites / "other.local").exists() and titles(world) == ["Trước"]


def test_the_rows_of_a_sqlite_site_arrive(world):
    for title in TITLES:
        world.call("frappe.client.insert", doc={"doctype": "Parcel", "title": title}, _site="lite.local")
    world.ok("export-to-bench", str(world.folder / "out"), site="lite.local")
    conf = json.loads((world.sites / "maria.local" / "site_config.json").read_text())
    program = [shutil.which("mariadb"), "--safe-updates", "-h", SERVER.hostname, "-P", str(SERVER.port or 3306)]
    done = subprocess.run(
        [*program, "-u", conf.get("db_user") or conf["db_name"], conf["db_name"]],
        input=gzip.decompress((world.folder / "out" / "data.sql.gz").read_bytes()), capture_output=True,
        env={**os.environ, "MYSQL_PWD": conf["db_password"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    tables, _rows, missing = done.stdout.decode().splitlines()[1].split("\t")
    assert int(tables) >= 2 and missing == "0"
    assert titles(world) == sorted(TITLES)
