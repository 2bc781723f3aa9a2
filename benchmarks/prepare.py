"""Preparing a month of an office with a year behind it, beside a bare INSERT … SELECT of the same rows."""

import tempfile
from contextlib import contextmanager

from benchmarks import office
from benchmarks.clock import forget_peak, measure, peak_memory, take_time

SIZES = (10_000, 100_000)
_DOCUMENTS = 300


def run(*sizes: str) -> list[str]:
    """Lines of the report for offices of these sizes, each in a site of its own."""
    report = []
    for size in [int(size) for size in sizes] or SIZES:
        report += _measure(size)
    return report


def _measure(people: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        frappe = office.new_site(folder)
        report = on_site(frappe, people)
        frappe.destroy()
    return report


def on_site(frappe, people: int) -> list[str]:
    """The report of an office of this size made in the connected site, which must be a new one; also on Frappe.

    On a server the clock counts, for most of the work is not this process's: leave the machine alone meanwhile.
    """
    timed = take_time if frappe.conf.db_type == "mariadb" else measure
    office.make_people(frappe, people)
    before = peak_memory()
    first = _prepare(frappe, office.FIRST, timed)
    office.pay(frappe, office.FIRST)
    _prepare(frappe, office.WHOLE, timed)
    office.pay(frappe, office.WHOLE)
    for month in office.BETWEEN:
        office.copy_month(frappe, month)
    office.make_changes(frappe, people)
    forget_peak()
    made = _prepare(frappe, office.PERIOD, timed)
    again = _prepare(frappe, office.PERIOD, timed)
    peak = peak_memory()
    floor = _floor(frappe, True, timed)
    heap = _floor(frappe, False, timed)
    sealed = _seal(frappe, timed)
    one = _one_by_one(frappe, timed)
    lines = made["lines"]
    assert again["unchanged"] == lines and made["created"] == lines and first["created"] > people // 2

    def row(seconds: float, what: str, number: int = lines) -> str:
        return f"  {seconds:8.2f} s {seconds / number * 1e6:8.1f} µs a line   {what}"

    seconds, (read, sealed) = made["seconds"], sealed
    return [
        f"prepare on {frappe.conf.db_type or 'sqlite'}: {lines:,} lines, twelve paid months behind them, "
        f"{made['arrears']:,} with arrears",
        row(seconds, f"the month; {made['statements'] / lines:.4f} statements a line"),
        row(first["seconds"], "the first month, nothing behind it", first["lines"]),
        row(again["seconds"], "the month again, nothing changed"),
        row(
            floor,
            f"INSERT … SELECT of the same rows into an equal table, the floor: {seconds / floor:.1f} times",
        ),
        row(heap, f"the same into a table without an index: {seconds / heap:.1f} times"),
        row(
            one * lines,
            f"the same as documents, from {_DOCUMENTS} of them: {one * lines / seconds:.0f} times the month",
        ),
        row(
            sealed,
            f"sealed, accounts and decisions checked: {sealed / read:.1f} times reading the lines once",
        ),
        f"  memory: peak of the process {peak:,.0f} MiB ({before:,.0f} before any run)",
    ]


def _prepare(frappe, month: str, timed) -> dict:
    from ansinh_app.payouts.run import prepare

    period = f"{office.OFFICE}-{month}"
    if not frappe.db.exists("Payout Period", period):
        office.make_period(frappe, month)
    # The social pension was in force on its first day only: its first list was made in the month itself.
    as_of = f"{month}-05" if month == office.WHOLE else f"{office.previous(month)}-24"
    with statements(frappe) as counted:
        taken = timed(lambda: prepare(period, as_of))
    frappe.db.commit()
    arrears = frappe.db.sql(
        "select count(*) from `tabPayout Line` where period=%s and arrears > 0", (period,)
    )
    return taken.result | {"seconds": taken.seconds, "statements": counted[0], "arrears": arrears[0][0]}


@contextmanager
def statements(frappe):
    """Counts the statements sent to the database: [number]; a statement for many rows at once is one."""
    counted = [0]
    if frappe.conf.db_type == "mariadb":
        before = _asked(frappe)
        yield counted
        counted[0] = _asked(frappe) - before - 1
        return
    from django.db import connections

    def count(execute, *arguments):
        counted[0] += 1
        return execute(*arguments)

    with connections["default"].execute_wrapper(count):
        yield counted


def _asked(frappe) -> int:
    """The statements this connection has sent to the server so far."""
    return int(frappe.db.sql("show session status like 'Questions'")[0][1])


def _floor(frappe, with_indexes: bool, timed) -> float:
    """Seconds the database itself takes to copy the month's lines into an empty table."""
    frappe.db.commit()  # a new table ends the transaction
    frappe.db.sql_ddl("drop table if exists `perf_line`")
    if not with_indexes:
        frappe.db.sql_ddl("create table `perf_line` as select * from `tabPayout Line` where 1=0")
    elif frappe.conf.db_type == "mariadb":
        frappe.db.sql_ddl("create table `perf_line` like `tabPayout Line`")
    else:
        _make_like_the_lines(frappe)
    period = f"{office.OFFICE}-{office.PERIOD}"

    def copy():
        frappe.db.sql("insert into `perf_line` select * from `tabPayout Line` where `period`=%s", (period,))
        frappe.db.commit()

    return timed(copy).seconds


def _make_like_the_lines(frappe) -> None:
    """An empty table with the lines' own columns and indexes, on SQLite."""
    rows = frappe.db.sql("select sql from sqlite_master where tbl_name = 'tabPayout Line' and sql is not null")
    for number, (made,) in enumerate(rows):
        text = made.replace("tabPayout Line", "perf_line")
        if text.lower().startswith("create") and "INDEX" in text.upper().split("(")[0]:
            head, tail = text.split(" ON ", 1) if " ON " in text else text.split(" on ", 1)
            unique = "unique " if "UNIQUE" in head.upper() else ""
            text = f"create {unique}index `perf_{number}` on {tail}"
        frappe.db.sql_ddl(text)


def _seal(frappe, timed) -> tuple[float, float]:
    """Seconds to read the lines of the month's largest batch once, and what approval does with them."""
    from ansinh_app.payouts import sealing

    filters = {"period": f"{office.OFFICE}-{office.PERIOD}"}
    (batch,) = frappe.get_all(
        "Payout Batch", filters=filters, pluck="name", order_by="line_count desc", limit=1
    )
    read = timed(lambda: frappe.db.sql("select * from `tabPayout Line` where batch=%s", (batch,)))
    sealed = timed(lambda: (sealing.sum_up(batch, for_update=True), sealing.outdated_lines(batch)))
    assert sealed.result[0].count == len(read.result) and not sealed.result[1]
    return read.seconds, sealed.seconds


def _one_by_one(frappe, timed) -> float:
    """Seconds a line takes as a document of its own, as software without set-based runs writes it."""
    period = f"{office.OFFICE}-{office.PERIOD}"
    rows = frappe.get_all("Payout Line", filters={"period": period}, fields=["*"], limit=_DOCUMENTS)

    def insert():
        for row in rows:
            document = frappe.get_doc({"doctype": "Payout Line", **row})
            document.name, document.line_key = None, f"{row.line_key}#"
            document.flags.ignore_validate = True
            document.flags.ignore_links = True
            document.insert(ignore_permissions=True)

    taken = timed(insert).seconds / len(rows)
    frappe.db.rollback()
    return taken
