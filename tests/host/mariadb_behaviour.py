"""What a site on a MariaDB server does; test_mariadb.py runs this file on one (BENCHLESS_TEST_DB names it)."""

import json
import os
import shutil
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import frappe
import pymysql
import pytest
from django.db import utils as db_errors
from operation_site import Site

from benchless import testing
from benchless.mariadb import setup

SERVER = urlsplit(os.environ["BENCHLESS_TEST_DB"])
SOCKET = parse_qs(SERVER.query).get("socket", [None])[0]
ROOT = {"root": SERVER.username, "password": SERVER.password}
WHERE = ["--db-socket", SOCKET] if SOCKET else ["--db-host", SERVER.hostname, "--db-port", str(SERVER.port)]
NAME = f"test_cli_{os.getpid()}"
NEW = ["new-site", "--admin-password", "a-long-password", "--db-type", "mariadb", *WHERE, "--db-name", NAME]
AS_ROOT = ["--db-root-username", SERVER.username, "--db-root-password", SERVER.password]


def connect(**more):
    where = {"unix_socket": SOCKET} if SOCKET else {"host": SERVER.hostname, "port": SERVER.port}
    return pymysql.connect(**where, charset="utf8mb4", **more)


def ask(query, *values):
    """What the server's administrator reads."""
    with connect(user=SERVER.username, password=SERVER.password) as server, server.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


# the command line


@pytest.fixture(scope="module")
def cli(tmp_path_factory):
    cli = Site(tmp_path_factory.mktemp("cli"), on_server=True)
    cli.write_app()
    assert "is ready" in cli.ok(*NEW, *AS_ROOT, "--install-app", "shop")
    yield cli
    setup.drop(config(cli), **ROOT)


def config(cli) -> dict:
    return json.loads((cli.sites / "cli.local" / "site_config.json").read_text())


def test_new_site_makes_database_and_user(cli):
    conf = config(cli)
    assert (conf["db_type"], conf["db_name"]) == ("mariadb", NAME)
    assert len(conf["db_password"]) > 10 and not (cli.sites / "cli.local" / "site.db").exists()
    assert ask("select default_character_set_name, default_collation_name from information_schema.schemata "
               "where schema_name = %s", NAME) == (("utf8mb4", "utf8mb4_unicode_ci"),)  # fmt: skip
    tables = ask("select distinct engine, table_collation, row_format from information_schema.tables "
                 "where table_schema = %s", NAME)  # fmt: skip
    assert tables == (("InnoDB", "utf8mb4_unicode_ci", "Dynamic"),)
    with connect(user=NAME, password=conf["db_password"]) as own, own.cursor() as cursor:
        cursor.execute("show databases")
        assert {row[0] for row in cursor} == {NAME, "information_schema"}
    assert [line.split() for line in cli.ok("list-apps").splitlines()][1:] == [["shop", "1.2.3"]]


def test_what_is_there_is_replaced_only_by_force(cli):
    done = cli.run(*NEW, *AS_ROOT, site="other.local")
    assert done.returncode != 0 and "already exists" in done.stderr
    assert not (cli.sites / "other.local" / "site_config.json").exists()


def test_a_wrong_password_is_told_and_leaves_nothing(cli):
    done = cli.run(*NEW, "--db-root-password", "wrong", site="refused.local")
    assert done.returncode != 0 and "Access denied" in done.stderr and "Traceback" not in done.stderr
    assert not (cli.sites / "refused.local").exists()


def test_a_database_made_by_somebody_else(cli):
    conf = {**config(cli), "db_name": f"{NAME}_given", "db_password": "given-by-the-administrator"}
    setup.create(conf, **ROOT)
    working = connect(user=conf["db_name"], password=conf["db_password"], database=conf["db_name"])
    working.cursor().execute("create table busy (x int)")
    working.cursor().execute("select * from busy")  # its transaction holds the table
    with pytest.raises(SystemExit, match="already exists"):
        setup.create(conf, **ROOT)
    setup.create(conf, **ROOT, force=True)
    try:
        options = [*NEW[:-1], conf["db_name"], "--db-password", conf["db_password"], "--no-setup-db"]
        cli.ok(*options, site="given.local")
        assert cli.call("frappe.client.get_count", doctype="Role", _site="given.local") >= 5
    finally:
        setup.drop(conf, **ROOT)


@pytest.mark.skipif(not shutil.which("mariadb-dump"), reason="mariadb-dump is not installed")
def test_backup_and_restore(cli):
    cli.call("frappe.client.insert", doc={"doctype": "Parcel", "title": "Kept 😀 it's"})
    saved = cli.ok("backup").strip()
    cli.call("frappe.db.delete", doctype="Parcel")
    cli.ok("restore", saved)
    assert cli.call("frappe.client.get_list", doctype="Parcel", filters={"title": ("like", "Kept%")}) == [
        {"name": "Kept 😀 it's"}
    ]


def test_without_the_servers_tools_a_backup_says_so(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = cli.run("backup")
    assert done.returncode != 0 and "mariadb-dump is not installed" in done.stderr


# locks and connections, in this process


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    frappe.destroy()
    os.environ["BENCHLESS_SITES"] = str(tmp_path_factory.mktemp("sites"))
    from benchless import installer

    installer.new_site("server.local", "admin", **testing.database_options())
    yield frappe
    frappe.destroy()


@pytest.fixture()
def notes(site):
    """Two committed rows, on a connection of its own; none afterwards."""
    for name in ("a", "b"):
        frappe.db.sql("insert into `tabLanguage` (name, language_name) values (%s, 'x')", name)
    frappe.db.commit()
    yield
    frappe.db.rollback()
    frappe.db.delete("Language", {"name": ("in", ["a", "b"])})
    frappe.db.commit()


def elsewhere(work):
    """What `work` answers (or raises) on another connection of the site."""
    answers, name = [], frappe.local.site

    def run():
        frappe.init(name)
        frappe.connect()
        try:
            answers.append(work())
        except Exception as error:
            answers.append(error)
        finally:
            frappe.destroy()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, answers


def write(name):
    frappe.db.sql("update `tabLanguage` set language_name = 'y' where name = %s", name)


def test_a_deadlock_is_told_to_one_of_the_two(notes):
    holds_b, go = threading.Event(), threading.Event()

    def other():
        write("b")
        holds_b.set()
        go.wait(20)
        write("a")
        frappe.db.commit()

    write("a")
    thread, answers = elsewhere(other)
    holds_b.wait(20)
    go.set()
    mine = None
    try:
        write("b")
    except Exception as error:
        mine = error
    frappe.db.rollback()
    thread.join()
    told = [error for error in (mine, *answers) if error]
    assert [type(error) for error in told] == [frappe.QueryDeadlockError]
    assert frappe.db.is_deadlocked(told[0].args[0])


def test_a_lock_that_lasts_is_a_timeout(notes):
    write("a")

    def other():
        frappe.db.sql("set session innodb_lock_wait_timeout = 1")
        write("a")

    thread, answers = elsewhere(other)
    thread.join()
    assert isinstance(answers[0], frappe.QueryTimeoutError) and frappe.db.is_timedout(answers[0].args[0])


def test_rows_that_are_not_locked_are_free(notes):
    write("a")
    thread, answers = elsewhere(lambda: (write("b"), frappe.db.commit()))
    thread.join()
    assert not isinstance(answers[0], Exception)
    assert frappe.db.get_value("Language", "b", "language_name", for_update=True, skip_locked=True) == "y"


def kill_my_connection():
    number = frappe.db.sql("select connection_id()")[0][0]
    ask("kill %s", number)


def test_a_connection_lost_between_two_transactions_is_taken_anew(notes):
    kill_my_connection()
    frappe.db.connection.in_use = False  # as after a commit some hours ago
    assert frappe.db.get_value("Language", "a", "language_name") == "x"
    write("a")
    frappe.db.commit()


def test_a_connection_lost_in_a_transaction_is_an_error(notes):
    write("a")
    kill_my_connection()
    with pytest.raises((db_errors.OperationalError, db_errors.InterfaceError)):
        frappe.db.get_value("Language", "a", "language_name")
    frappe.db.close()
    frappe.connect()
    assert frappe.db.get_value("Language", "a", "language_name") == "x"


def test_a_unique_pair_is_told_by_its_columns(notes):
    frappe.db.add_unique("Language", ["language_name", "flag"])
    frappe.db.sql("update `tabLanguage` set flag = 'f' where name in ('a')")
    with pytest.raises(db_errors.IntegrityError) as caught:
        frappe.db.sql("update `tabLanguage` set flag = 'f' where name = 'b'")
    assert frappe.db.violated_columns(caught.value, "Language") == ["language_name", "flag"]


def test_columns_grow_but_nothing_is_cut_off(site):
    size = {"fieldname": "size", "fieldtype": "Data", "label": "Size", "length": 20}
    definition = frappe.get_doc({"doctype": "DocType", "name": "Sized", "module": "Core", "custom": 1,
                                 "autoname": "hash", "fields": [size]}).insert()  # fmt: skip
    name = None
    for change, column in (
        ({}, "varchar(20)"), ({"length": 200}, "varchar(200)"), ({"length": 10}, "varchar(200)"),
        ({"fieldtype": "Text", "length": 0}, "text"),
    ):  # fmt: skip
        definition.fields[0].update(change)
        definition.save()
        assert frappe.db.get_column_type("Sized", "size") == column
        if column == "varchar(200)" and not name:
            name = frappe.get_doc({"doctype": "Sized", "size": "x" * 150}).insert().name
    assert frappe.db.get_value("Sized", name, "size") == "x" * 150


def test_columns_are_those_of_a_bench(site):
    from frappe.database.schema import column_definition

    wanted = {
        "Data": "varchar(140)", "Currency": "decimal(21,9) not null default 0", "Int": "int(11) not null default 0",
        "Check": "int(1) not null default 0", "Datetime": "datetime(6)", "Time": "time(6)", "Date": "date",
        "Text Editor": "longtext", "Small Text": "text", "JSON": "json", "Rating": "decimal(3,2) not null default 0",
        "Long Int": "bigint(20)", "Duration": "decimal(21,9)", "Table": None,
    }  # fmt: skip
    assert {kind: column_definition(kind) for kind in wanted} == wanted
    assert column_definition("Data", length=30, default="it's") == "varchar(30) default 'it\\'s'"
    assert {"language_name", "_comments", "docstatus"} <= set(frappe.db.get_table_columns("Language"))
    assert frappe.db.get_column_type("Language", "modified") == "datetime(6)"


def test_the_password_is_for_its_owner(cli):
    assert Path(cli.sites, "cli.local", "site_config.json").stat().st_mode & 0o077 == 0
