"""The host's own time: starting, a list of 50 among 100,000, a form with three tables; each beside bare queries."""

import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.clock import measure

SITE, NOTE, LINE = "web.local", "Perf Note", "Perf Line"
ROWS, PAGE, LINES, TIMES = 100_000, 50, 20, 20
TABLES = ("firsts", "seconds", "thirds")
PASSWORD = "a-long-password-81"  # noqa: S105 (of a site that lives for a minute)
FIRST_REQUEST = """
from benchless.server import make_application
from werkzeug.test import Client
answer = Client(make_application("web.local")).get("/login", headers={"Host": "localhost"})
assert answer.status_code == 200, answer.status_code
"""
CONNECT = """
import benchless
benchless.activate()
import frappe
frappe.init("web.local")
frappe.connect()
frappe.get_meta("User")
"""
BARE = "import django, sqlite3, jinja2, werkzeug; sqlite3.connect('x.db').execute('select 1')"


def run() -> list[str]:
    """Lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCHLESS_SITES"] = folder
        frappe = _site()
        client = _signed_in()
        database = sqlite3.connect(Path(folder, SITE, "site.db"))
        lines = [*_starting(folder), *_list(client, database), *_form(client, database)]
        frappe.destroy()
    return lines


def _starting(folder: str) -> list[str]:
    """Processor time of new processes; the second start counts, the first writes compiled files."""

    def process(code: str) -> float:
        environment = {**os.environ, "BENCHLESS_SITES": folder, "PYTHONPATH": str(Path(__file__).parents[1])}
        for _time in range(2):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=folder)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare, connected, answered = process(BARE), process(CONNECT), process(FIRST_REQUEST)
    return [
        "start-up: a new process until it has …",
        f"  {connected:8.2f} s   connected a site and read a definition, ratio {connected / bare:.1f} to the floor",
        f"  {answered:8.2f} s   answered the first page (what `serve` does), ratio {answered / bare:.1f}",
        f"  {bare:8.2f} s   imported Django, Jinja and Werkzeug and opened a database (the floor)",
    ]


def _list(client, database) -> list[str]:
    where, order = "`town`='Town 7' and `amount`>500", "`modified` desc, `name`"
    columns = ["name", "title", "town", "amount", "modified"]
    sql = f"select {', '.join(columns)} from `tab{NOTE}` where {where} order by {order} limit {PAGE}"
    filters = [["town", "=", "Town 7"], ["amount", ">", 500]]
    query = {
        "fields": json.dumps(columns), "filters": json.dumps(filters), "order_by": "modified desc, name",
        "limit_page_length": PAGE,
    }  # fmt: skip
    floor = _each(lambda: database.execute(sql).fetchall())
    assert len(floor.result) == PAGE
    rest = _each(lambda: client.get(f"/api/resource/{NOTE}", query).json()["data"])
    assert [row["name"] for row in rest.result] == [row[0] for row in floor.result]
    address = f"/desk/list/{NOTE}"
    page = _each(lambda: client.get(address, {"town": "Town 7", "_page": 1}))
    unfiltered = _each(lambda: client.get(address))
    plain_sql = f"select {', '.join(columns)} from `tab{NOTE}` order by {order} limit {PAGE}"
    plain = _each(lambda: database.execute(plain_sql).fetchall())
    assert page.result.status_code == unfiltered.result.status_code == 200, (page.result, unfiltered.result)
    return [
        "",
        f"list: {PAGE} of {ROWS:,} documents, server time",
        _told("REST, two filters and an order", rest, floor),
        _told("desk, one filter", page, floor),
        f"  {floor.seconds / TIMES * 1e3:8.2f} ms  the query itself (the floor)",
        _told("desk, no filter", unfiltered, plain),
        f"  {plain.seconds / TIMES * 1e3:8.2f} ms  the query without a filter (its floor)",
    ]


def _form(client, database) -> list[str]:
    name = "Note 50000"

    def bare():
        found = [database.execute(f"select * from `tab{NOTE}` where `name`=?", (name,)).fetchall()]
        for table in TABLES:
            sql = f"select * from `tab{LINE}` where `parent`=? and `parenttype`=? and `parentfield`=? order by `idx`"
            found.append(database.execute(sql, (name, NOTE, table)).fetchall())
        return found

    floor = _each(bare)
    rest = _each(lambda: client.get(f"/api/resource/{NOTE}/{name}").json()["data"])
    assert [len(rest.result[table]) for table in TABLES] == [len(rows) for rows in floor.result[1:]] == [LINES] * 3
    page = _each(lambda: client.get(f"/desk/form/{NOTE}/{name}"))
    assert page.result.status_code == 200 and b"line 19" in page.result.content
    return [
        "",
        f"form: one document with three tables of {LINES} rows, server time",
        _told("REST", rest, floor),
        _told("desk", page, floor),
        f"  {floor.seconds / TIMES * 1e3:8.2f} ms  the four queries themselves (the floor)",
    ]


def _each(work):
    """The work once to warm up, then TIMES times."""
    work()
    return measure(lambda: [work() for _time in range(TIMES)][-1])


def _told(what: str, taken, floor) -> str:
    return f"  {taken.seconds / TIMES * 1e3:8.2f} ms  {what}, ratio {taken.seconds / floor.seconds:.1f} to the floor"


def _site():
    import benchless

    benchless.activate()
    import frappe

    from benchless import installer

    installer.new_site(SITE, PASSWORD)
    frappe.init(SITE)
    frappe.connect()
    rights = [{"role": "System Manager", "read": 1, "write": 1, "create": 1}]
    text = [{"fieldname": name, "fieldtype": "Data", "label": name.title(), "in_list_view": 1}
            for name in ("title", "town")]  # fmt: skip
    amount = {"fieldname": "amount", "fieldtype": "Currency", "label": "Amount", "in_list_view": 1}
    tables = [{"fieldname": name, "fieldtype": "Table", "label": name.title(), "options": LINE} for name in TABLES]
    text[1].update(search_index=1, in_standard_filter=1)
    for doctype in (
        {"name": LINE, "istable": 1, "fields": [{**field, "search_index": 0} for field in (*text, amount)]},
        {"name": NOTE, "fields": [*text, amount, *tables], "permissions": rights, "track_changes": 1},
    ):
        frappe.get_doc({"doctype": "DocType", "module": "Core", "custom": 1, **doctype}).insert()
    chance = random.Random(20261122)
    head = ["name", "creation", "modified", "owner", "modified_by", "docstatus", "idx", "title", "town", "amount"]
    rows = []
    for n in range(ROWS):
        stamp = f"2026-{1 + n % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02}:{n % 59:02}.000000"
        values = (f"title {n}", f"Town {chance.randint(1, 40)}", chance.randint(1, 1000))
        rows.append((f"Note {n}", stamp, stamp, "Administrator", "Administrator", 0, 0, *values))
    frappe.db.bulk_insert(NOTE, head, rows)
    lines = []
    for table in TABLES:
        for n in range(LINES):
            row = (f"{table}-{n}", stamp, stamp, "Administrator", "Administrator", 0, n + 1, f"line {n}", "Town 1", n)
            lines.append((*row, "Note 50000", NOTE, table))
    frappe.db.bulk_insert(LINE, [*head, "parent", "parenttype", "parentfield"], lines)
    frappe.db.commit()
    return frappe


def _signed_in():
    """Django's client with a session; requests go through every layer but the socket."""
    from django.test import Client

    from benchless import settings
    from benchless.server import make_application

    make_application(SITE)
    settings.keep_connections = True  # as `serve` does
    client = Client(SERVER_NAME="localhost")
    answer = client.post("/api/method/login", {"usr": "Administrator", "pwd": PASSWORD})
    assert answer.status_code == 200, answer.content
    return client
