"""Fifty people of all roles at work for some minutes on a site of 100,000 people, over HTTP: how long each thing took.

`make load` builds the site and measures benchless; on a bench, `load_office.build(frappe, 100_000)` in a console of a new
site, then `python -m benchmarks.load --url http://127.0.0.1:8000 --site NAME --desk frappe`.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

from benchmarks.load_days import Day, Written
from benchmarks.load_desks import DESKS, Book, Refused
from benchmarks.load_office import PASSWORD, STAFF

PEOPLE, SECONDS = 100_000, 240
# What passes between one thing done and the next; a person at a desk takes longer.
THINK_SECONDS = (2.0, 6.0)
_SIGN_IN_SECONDS = 120
_JOBS_SECONDS = 300
_PORT = 8765


def run(people: str = str(PEOPLE), seconds: str = str(SECONDS)) -> list[str]:
    """Lines of the report for a new benchless site, served by as many processes as the machine has cores."""
    from benchless import processes
    from benchmarks import load_office, office

    with tempfile.TemporaryDirectory() as folder:
        frappe = office.new_site(folder)
        load_office.build(frappe, int(people), lambda text: print(f"  {text}", file=sys.stderr, flush=True))
        frappe.destroy()
        number = (os.cpu_count() or 1) if processes.are_possible() else 1
        command = [sys.executable, "-m", "benchless", "--site", "perf.local", "serve", "--port", str(_PORT)]
        command += ["--processes", str(number)]
        server = subprocess.Popen(command, env={**os.environ, "BENCHLESS_SITES": folder}, stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{_PORT}"
            _wait_for(url)
            head = f"load: a site of {int(people):,} people, benchless on {_engine()}, {number} processes"
            return [head, *drive(url, "127.0.0.1", "benchless", int(seconds))]
        finally:
            server.terminate()
            server.wait()


def _engine() -> str:
    return "MariaDB" if os.environ.get("BENCHLESS_TEST_DB", "").startswith("mariadb") else "SQLite"


def _wait_for(url: str) -> None:
    import urllib.request

    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/method/ping", timeout=5).read()  # noqa: S310 (this machine's)
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def drive(url: str, site: str, desk: str, seconds: float, admin: str = "admin") -> list[str]:
    """Everybody signs in, works for so many seconds, and what was said to be written is looked for. The report."""
    book, written = Book(), Written()
    start = time.monotonic()
    until = start + _SIGN_IN_SECONDS + seconds
    before = os.times()
    book.counting = False
    threads = [
        threading.Thread(target=_work, args=(url, site, desk, role, number, book, written, start, until))
        for role, count, _area in STAFF
        for number in range(1, count + 1)
    ]
    for thread in threads:
        thread.start()
    time.sleep(_SIGN_IN_SECONDS)
    book.counting, began = True, time.monotonic()
    for thread in threads:
        thread.join(timeout=max(1.0, until - time.monotonic()) + 200)
    book.counting = False
    worked = time.monotonic() - began
    after = os.times()
    own = (after.user + after.system - before.user - before.system) / (time.monotonic() - start)
    return [*_table(book, len(threads), worked, own), *_check(DESKS[desk](url, site, Book()), admin, written)]


def _work(url, site, desk, role, number, book, written, start, until) -> None:
    """One person: signs in some time in the first seconds, then one thing after another."""
    chance = random.Random(f"{role} {number}")
    time.sleep(chance.uniform(0, _SIGN_IN_SECONDS * 0.7))
    visitor = DESKS[desk](url, site, book)
    try:
        visitor.sign_in(f"{role.lower().replace(' ', '.')}.{number}@load.example", PASSWORD)
    except Refused:
        return
    day = Day(visitor, role, number, written, time.sleep)
    while time.monotonic() < until:
        try:
            day.go_on()
        except Exception as error:
            book.enter("the client's own", 0.0, 0, f"{role}: {type(error).__name__}: {error}")
        time.sleep(min(chance.uniform(*THINK_SECONDS), max(0.0, until - time.monotonic())))


def _table(book: Book, people: int, worked: float, own: float) -> list[str]:
    total = [seconds for times in book.times.values() for seconds in times]
    lines = [
        f"{people} people, {THINK_SECONDS[0]:g} to {THINK_SECONDS[1]:g} s between two things, {worked:.0f} s; server and "
        f"client share {os.cpu_count()} cores, the client took {own:.0%} of one",
        f"{'ms':36} {'number':>7} {'a second':>9} {'p50':>8} {'p95':>8} {'p99':>8} {'max':>8}",
    ]
    for kind, times in sorted(book.times.items(), key=lambda item: -sum(item[1])):
        lines.append(_row(kind, times, worked))
    lines.append(_row("all", total, worked))
    errors = Counter(book.errors)
    lines.append(
        f"errors: {len(book.errors)}; opened again because somebody else was at it: {book.stale}; "
        f"{book.size / 1e6:,.0f} MB of answers"
    )
    lines += [f"  told to come again in a minute: {count} times {kind}" for kind, count in book.busy.most_common()]
    lines += [f"  {count} times {kind}: {text}" for (kind, text), count in errors.most_common(30)]
    return lines


def _row(kind: str, times: list[float], worked: float) -> str:
    ordered = sorted(times) or [0.0]

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    numbers = (at(0.5), at(0.95), at(0.99), ordered[-1] * 1000)
    return f"{kind:36} {len(times):7} {len(times) / worked:9.2f} " + " ".join(f"{value:8.0f}" for value in numbers)


def _check(visitor, admin: str, written: Written) -> list[str]:
    """Is there, once, what the server said it had written? Asked over HTTP too, when the jobs are done."""
    visitor.sign_in("Administrator", admin)
    lost = []

    def look(what: str, doctype: str, names: list[str], fields: list[str], fits) -> int:
        found = {}
        for first in range(0, len(names), 50):
            asked = [["name", "in", names[first : first + 50]]]
            found |= {row["name"]: row for row in visitor.rows("check", doctype, ["name", *fields], asked, limit=100)}
        lost.extend(f"{what} {name}: {found.get(name)}" for name in names if name not in found or not fits(found[name]))
        return len(names)

    until = time.monotonic() + _JOBS_SECONDS
    while written.imports and time.monotonic() < until:
        open_jobs = [["name", "in", written.imports], ["status", "in", ["Running", "Checked", "Queued"]]]
        if not visitor.rows("check", "Registry Import", ["name"], open_jobs):
            break
        time.sleep(2)
    words = sum(len(found) for found in written.notes.values())
    look(
        "note", "Beneficiary", list(written.notes), ["note"],
        lambda row: all((row["note"] or "").split().count(word) == 1 for word in written.notes[row["name"]]),
    )  # fmt: skip
    changes = look(
        "change", "Registry Change", written.changes, ["status"], lambda row: row["status"] in ("Proposed", "Approved")
    )
    approved = look(
        "approval", "Registry Change", written.approved, ["status", "docstatus"],
        lambda row: (row["status"], row["docstatus"]) == ("Approved", 1),
    )  # fmt: skip
    visits = look("visit", "Campaign Visit", written.visits, [], lambda row: True)
    sheets = look(
        "sheet", "Signed Cash List", list(written.sheets), ["paid_count"],
        lambda row: row["paid_count"] == written.sheets[row["name"]],
    )  # fmt: skip
    verified = look(
        "identity", "Identity Verification", written.verified, ["status"], lambda row: row["status"] == "Verified"
    )
    imports = look(
        "import", "Registry Import", written.imports, ["status", "rows_created"],
        lambda row: row["rows_created"] == row_count(),
    )  # fmt: skip
    said = (
        f"written and found again: {words} notes on {len(written.notes)} people, {changes} changes, {approved} approvals, "
        f"{visits} visits at the counter, {sheets} sheets, {verified} identities, {imports} imports; lost: {len(lost)}"
    )
    return [said, *[f"  lost: {text}" for text in lost[:20]]]


def row_count() -> int:
    """How many new people a workbook of `send_a_list` brings."""
    from benchmarks import load_days

    return load_days._WORKBOOK_ROWS


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--site", required=True, help="the Host of the requests")
    parser.add_argument("--desk", choices=sorted(DESKS), default="benchless")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--admin-password", default="admin")
    parser.add_argument("--json", help="also write the times here")
    asked = parser.parse_args(arguments)
    report = drive(asked.url, asked.site, asked.desk, asked.seconds, asked.admin_password)
    print("\n".join(report))
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as file:
            json.dump(report, file)


if __name__ == "__main__":
    main(sys.argv[1:])
