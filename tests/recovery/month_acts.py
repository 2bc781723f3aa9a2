"""The acts of a month from list to closing, each one press of a button; they find their papers by period and channel."""

import contextlib
import json
import os
import sqlite3
import time
from pathlib import Path

import frappe
from frappe import sessions
from frappe.core.doctype.file.utils import remove_unfinished
from frappe.model.workflow import apply_workflow

from ansinh_app.api import preflight, prepare_period, provider_file
from ansinh_app.payee_accounts.doctype.payment_account import payment_account
from ansinh_app.payouts import lost_lists, run, seal_book, sealing
from ansinh_app.payouts.doctype.payout_period import payout_period
from ansinh_app.payouts.rows import insert_lines
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.payout_world import MANAGER, OFFICER
from tests.recovery import acts

BANK, CASH = "Bank Transfer", "Cash"


def small_office(code: str, people: int = 8, months: int = 2) -> None:
    """An office with people paid by bank and, every fourth, in cash; its first months' periods and a budget."""
    world.make_users()
    world.make_office(code)
    world.make_contracts(code)
    for number in range(people):
        name = f"Lý Thị {'ABCDEGHIKLMN'[number % 12]} {code}"
        world.make_entitlement(world.make_person(code, name, cash=number % 4 == 3))
    for month in range(5, 5 + months):
        world.make_period(code, f"2024-{month:02d}", f"2024-{month - 1:02d}-24")
    budget = {"office": code, "programme": "BTXH", "year": 2024, "amount": 900_000_000}
    frappe.get_doc({"doctype": "Budget Allotment", **budget}).insert().submit()


def batch(period: str, channel: str) -> str:
    """The period's batch of the channel that stands (not cancelled)."""
    filters = {"period": period, "channel": channel, "docstatus": ["<", 2]}
    return frappe.db.get_value("Payout Batch", filters, "name")


def person(period: str, number: int):
    """The office's person by their place in the order of names."""
    office = period.rsplit("-", 2)[0]
    names = frappe.get_all("Beneficiary", {"office": office}, pluck="name", order_by="full_name")
    return frappe.get_doc("Beneficiary", names[number])


def _move(name: str, action: str, user: str) -> str:
    with world.as_user(user):
        return apply_workflow(frappe.get_doc("Payout Batch", name), action).status


def _press(action: str, period: str, user: str = MANAGER, **values) -> dict | list:
    with world.as_user(user):
        document = frappe.get_doc("Payout Period", period)
        if values:
            document.update(values)
            document.save()
        return getattr(payout_period, action)(frappe.as_json(document))


def period_without_day(office: str, month: str) -> str:
    """A period that is prepared under what is known on the day it is prepared."""
    return world.make_period(office, month).name


def now() -> str:
    return str(frappe.utils.now_datetime())


# the acts


def prepare(period: str) -> dict:
    with world.as_user(OFFICER):
        found = prepare_period(period)
    return {name: found[name] for name in ("lines", "total", "as_of")}


def change_the_registry(period: str) -> None:
    """Somebody dies, somebody comes, somebody is granted money once, an account's owner wants another account."""
    gone, moved = person(period, 0), person(period, 1)
    world.change(gone, "Death", "2024-04-20", occurred_on="2024-04-18")
    world.make_entitlement(world.make_person(gone.office, "Lý Thị Yến Mới"))
    account = world.make_account(moved)
    for name in frappe.get_all("Entitlement", {"beneficiary": moved.name, "docstatus": 1}, pluck="name"):
        document = frappe.get_doc("Entitlement", name)
        document.payment_account = account.name
        document.save()


def ask(period: str, channel: str) -> str:
    return _move(batch(period, channel), "Submit for Approval", OFFICER)


def approve(period: str, channel: str) -> str:
    return _move(batch(period, channel), "Approve", MANAGER)


def ask_to_cancel(period: str, channel: str) -> None:
    with world.as_user(OFFICER):
        document = frappe.get_doc("Payout Batch", batch(period, channel))
        document.cancel_reason = "Sai danh sách"
        document.save()


def take_wish_back(period: str, channel: str) -> None:
    with world.as_user(OFFICER):
        document = frappe.get_doc("Payout Batch", batch(period, channel))
        document.cancel_reason = ""
        document.save()


def cancel(name: str) -> str:
    return _move(name, "Cancel", MANAGER)


def send(period: str, channel: str) -> str:
    return _move(batch(period, channel), "Mark as Sent", OFFICER)


def write_file(period: str, channel: str) -> str:
    with world.as_user(OFFICER):
        return provider_file(batch(period, channel))["file_name"]


def bring_answer(period: str, channel: str, failing: list | None = None, reason: str = "Tài khoản đã đóng") -> str:
    """A result that is not applied yet; lines by these numbers came back, and one row is nobody's."""
    name = batch(period, channel)
    lines = frappe.get_all("Payout Line", {"batch": name}, pluck="name", order_by="line_no")
    outcomes = {lines[number]: ("Thất bại", reason) for number in failing or []}
    return _draft_result(name, world.answer(name, outcomes))


def _draft_result(name: str, content: bytes) -> str:
    number = frappe.db.count("Provider Result") + 1
    values = {"doctype": "File", "file_name": f"ket qua {number}.xlsx", "content": content, "is_private": 1}
    file = frappe.get_doc(values).insert()
    return frappe.get_doc({"doctype": "Provider Result", "batch": name, "file": file.file_url}).insert().name


def copy_answer(result: str, name: str) -> str:
    """The file of a result, brought again for this batch."""
    url = frappe.db.get_value("Provider Result", result, "file")
    return _draft_result(name, world.file_bytes(url))


def apply_answer(name: str) -> dict:
    with world.as_user(OFFICER):
        document = frappe.get_doc("Provider Result", name)
        document.submit()
    return {field: document.get(field) for field in ("paid", "failed", "matched", "already_applied", "unmatched")}


def reply(name: str, answer: str = "Reversed") -> int:
    """The office's answer to the first row of a result."""
    with world.as_user(OFFICER):
        document = frappe.get_doc("Provider Result", name)
        document.rows[0].update({"answer": answer, "answer_note": "Ngân hàng hoàn tiền ngày 12/05"})
        document.save()
    return document.unanswered


def make_drawdowns(period: str) -> list[str]:
    return _press("make_drawdowns", period)


def submit_drawdowns(period: str) -> None:
    for name in frappe.get_all("Treasury Drawdown", {"period": period, "docstatus": 0}, pluck="name", order_by="name"):
        frappe.get_doc("Treasury Drawdown", name).submit()


def make_settlements(period: str) -> list[str]:
    return _press("make_settlements", period)


def submit_settlement(period: str, provider: str) -> int:
    with world.as_user(MANAGER):
        filters = {"period": period, "provider": provider, "docstatus": ["<", 2]}
        document = frappe.get_doc("Settlement", frappe.db.get_value("Settlement", filters, "name"))
        document.submit()
    return int(document.difference)


def cancel_settlement(name: str) -> None:
    with world.as_user(MANAGER):
        frappe.get_doc("Settlement", name).cancel()


def close(period: str) -> str:
    return _press("close_period", period)["status"]


def reopen(period: str) -> str:
    return _press("reopen_period", period)["status"]


def give_reason(period: str, reason: str = "Ngân hàng hoàn tiền muộn") -> None:
    with world.as_user(MANAGER):
        document = frappe.get_doc("Payout Period", period)
        document.reopen_reason = reason
        document.save()


def stop_for_good(period: str, number: int) -> None:
    """Nobody waits any more for what came back of this person."""
    one = person(period, number)
    decision = frappe.db.get_value("Entitlement", {"beneficiary": one.name, "docstatus": 1}, "name")
    world.change(one, "Stop", "2024-05-20", entitlement=decision, effective_month="2024-05-01")


def draft_return(period: str, provider: str, amount: int) -> str:
    values = {"office": period.rsplit("-", 2)[0], "period": period, "programme": "BTXH"}
    values |= {"provider": provider, "amount": amount}
    return frappe.get_doc({"doctype": "Treasury Return", **values}).insert().name


def give_back(name: str) -> int:
    document = frappe.get_doc("Treasury Return", name)
    document.submit()
    return int(document.amount)


def close_account(period: str, number: int) -> str:
    account = person(period, number).payment_account
    document = frappe.get_doc("Payment Account", account)
    document.update({"status": "Closed", "closed_reason": "Ngân hàng đóng"})
    document.save()
    return account


def pay_in_cash(account: str) -> str:
    """Everybody paid into a closed account gets cash until there is a new one."""
    with world.as_user(MANAGER):
        document = frappe.get_doc("Payment Account", account)
        return payment_account.pay_in_cash(frappe.as_json(document))["status"]


def amend_decision(period: str, number: int) -> str:
    """The person's decision is cancelled and written anew for the same benefit and months."""
    one = person(period, number)
    old = frappe.get_doc("Entitlement", {"beneficiary": one.name, "docstatus": 1})
    old.cancel()
    new = frappe.copy_doc(old)
    new.update({"amended_from": old.name, "docstatus": 0})
    new.insert()
    new.submit()
    return new.name


def write_line_again(period: str) -> str:
    """A line of the period written a second time, past everything that decides what is paid."""
    line = frappe.get_all("Payout Line", {"period": period, "status": ["!=", "Cancelled"]}, ["*"], limit=1)[0]
    insert_lines([line | {"name": None}])
    return "written"


def whole_month(period: str, failing: list | None = None) -> None:
    """The month paid to the last answer, without its treasury papers."""
    prepare(period)
    for channel in (BANK, CASH):
        if batch(period, channel):
            ask(period, channel)
            approve(period, channel)
            send(period, channel)
            apply_answer(bring_answer(period, channel, failing if channel == BANK else None))


STAGES = ("prepared", "asked", "approved", "wished", "sent", "answered", "contradicted", "drawn", "drafted", "settled")


def stage(office: str, until: str, failing: list | None = None) -> dict:
    """A small office whose May has come so far; the names of its papers."""
    small_office(office, 4)
    may, wanted = f"{office}-2024-05", STAGES[: STAGES.index(until) + 1]
    prepare(may)
    for step, name in ((ask, "asked"), (approve, "approved")):
        for channel in (BANK, CASH) if name in wanted else ():
            step(may, channel)
    made = {"bank": batch(may, BANK), "cash": batch(may, CASH)}
    if until == "wished":
        for channel in (BANK, CASH):
            ask_to_cancel(may, channel)
        return made
    if "sent" in wanted:
        for channel in (BANK, CASH):
            send(may, channel)
        made["results"] = [bring_answer(may, BANK, failing) for _number in range(2)]
    if "answered" in wanted:
        apply_answer(made["results"][0])
        apply_answer(bring_answer(may, CASH))
    if "contradicted" in wanted:
        made["other"] = bring_answer(may, BANK, None if failing else [0])
        apply_answer(made["other"])
    if "drawn" in wanted:
        reply(made["other"], "Settled With the Provider")
        make_drawdowns(may)
        submit_drawdowns(may)
    if "drafted" in wanted:
        make_settlements(may)
    if "settled" in wanted:
        for provider in ("STB", "VNPOST"):
            submit_settlement(may, provider)
    made["settlements"] = names("Settlement", may)
    return made


class Desk:
    """The site over HTTP, as a browser has it, signed in as Administrator who reads Vietnamese."""

    def __init__(self) -> None:
        from django.test import Client

        frappe.db.set_value("User", "Administrator", "language", "vi")
        frappe.db.commit()
        self.client, self.site = Client(headers={"host": "localhost"}), (frappe.local.site, frappe.local.sites_path)
        assert self.post("/api/method/login", {"usr": "Administrator", "pwd": "admin"})["status"] == 200

    def post(self, path: str, values: dict, then=lambda: None) -> dict:
        """The answer's status and messages; `then` happens before this process turns to the site again."""
        got = self.client.post(path, values)
        then()
        frappe.init(*self.site)  # the request has left it
        frappe.connect()
        said = json.loads(got.json().get("_server_messages") or "[]")
        return {"status": got.status_code, "says": [json.loads(one)["message"] for one in said]}


def on_a_full_disk(path: str, values: dict, folder: str, left: int) -> dict:
    """The answer to a request while the disk of this folder has so many kilobytes left."""
    desk = Desk()
    # Nothing of a write-ahead log that could be used again.
    frappe.db.connection.connection.execute("pragma wal_checkpoint(truncate)")
    with open(Path(folder, "filler"), "wb", buffering=0) as filler:
        disk = os.statvfs(folder)
        with contextlib.suppress(OSError):
            filler.write(bytes(disk.f_bavail * disk.f_frsize - left * 1024))
        filler.flush()
        return desk.post(path, values, then=lambda: filler.truncate(0))


def over_http(path: str, values: dict) -> dict:
    return Desk().post(path, values)


# what the tests look at


def names(doctype: str, period: str) -> list[str]:
    """The period's documents of a kind that stand (not cancelled)."""
    filters = {"period": period, "docstatus": ["<", 2]}
    return frappe.get_all(doctype, filters=filters, pluck="name", order_by="name", limit_page_length=0)


def comments(doctype: str, name: str) -> list[str]:
    return frappe.get_all("Comment", {"reference_doctype": doctype, "reference_name": name}, pluck="content")


def remove(doctype: str, name: str) -> None:
    frappe.delete_doc(doctype, name)


def as_json(doctype: str, name: str) -> str:
    return frappe.get_doc(doctype, name).as_json()


def values(doctype: str, name: str, *fields: str) -> list:
    return list(frappe.db.get_value(doctype, name, list(fields), as_dict=True).values())


def money(office: str) -> dict:
    """What of an office could be doubled: lines by key, months paid of each person, sums by status."""
    fields = ["line_key", "status", "total", "period", "beneficiary", "months"]
    lines = frappe.get_all("Payout Line", {"office": office}, fields, limit_page_length=0)
    paid: dict[tuple, int] = {}
    for line in lines:
        if line.status in ("Planned", "Sent", "Paid"):
            for month, amount in frappe.parse_json(line.months).items():
                paid[line.beneficiary, month] = paid.get((line.beneficiary, month), 0) + amount
    standing = [line.line_key for line in lines if line.status != "Cancelled"]
    return {
        "lines": len(standing),
        "keys": len(set(standing)),
        "sums": sorted(paid.values()),
        "months": sorted({month for _person, month in paid}),
        "seals": [
            sealing.verify(name)["valid"]
            for name in frappe.get_all("Payout Batch", {"office": office, "docstatus": 1}, pluck="name")
        ],
    }


# an old backup brought back


def bring_file(path: str, period: str, channel: str) -> str:
    """A result that is not applied yet, from a file outside of the site."""
    return _draft_result(batch(period, channel), Path(path).read_bytes())


def blocks(period: str) -> dict:
    """What stands in the way of the period, by code: what is said of each."""
    return {row["code"]: [item.get("detail") for item in row["items"]] for row in preflight(period)["blocks"]}


def say_of_lists(period: str, code: str) -> str:
    with world.as_user(MANAGER):
        values = {"doctype": "Preflight Override", "period": period, "code": code}
        return frappe.get_doc(values | {"reason": "Ngân hàng xác nhận bằng văn bản"}).insert().detail


def take_on(period: str) -> str:
    """Somebody more is granted the benefit; the decision."""
    office = period.rsplit("-", 2)[0]
    return world.make_entitlement(world.make_person(office, "Lý Thị Yến Mới")).name


def take_back(decision: str) -> None:
    frappe.get_doc("Entitlement", decision).cancel()


def tell_of_lists() -> int:
    return lost_lists.watch()


def catch_up() -> int:
    return seal_book.catch_up()


def book() -> list[list[str]]:
    """Lists and where they have come to, by the book beside the database."""
    return sorted([entry.batch, entry.state] for entry in seal_book.read().entries)


def tidy_files() -> int:
    return remove_unfinished()


def retry_jobs() -> list[str]:
    """Run every failed job once more as a worker does; the states of all then."""
    acts.retry_failed()
    frappe.db.commit()
    return acts.work()


@contextlib.contextmanager
def _somebody_writing():
    """Another connection holds the site's write lock."""
    with contextlib.closing(sqlite3.connect(frappe.get_site_path("site.db"), isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.rollback()


def while_locked(path: str, values: dict) -> dict:
    """The answer to a request while somebody else goes on writing."""
    desk = Desk()
    with _somebody_writing():
        return desk.post(path, values)


def work_while_locked() -> list[str]:
    """Jobs run as a worker runs them, while somebody else has begun to write and goes on; the states of all then."""
    prepare_at_once = run.prepare

    def prepare_late(**values):
        with _somebody_writing():
            return prepare_at_once(**values)

    run.prepare = prepare_late
    return acts.work()


def new_file() -> str:
    values = {"doctype": "File", "file_name": "giấy tờ.txt", "content": "nội dung", "is_private": 1}
    return frappe.get_doc(values).insert().file_url


def due_after(last: str) -> bool:
    """Whether the daily backup is due when it ran at that time."""
    event = frappe.get_doc("Scheduled Job Type", {"method": "frappe.utils.backups.scheduled_backup"})
    event.last_execution = last
    return event.is_event_due()


def signed_in_since(ahead: int) -> str:
    """Whose session it is that was last seen so many seconds from now."""

    class Store(dict):
        flush = dict.clear

    known = sessions.password_fingerprint("Administrator")
    store = Store(user="Administrator", fingerprint=known, seen=int(time.time()) + ahead)
    return sessions.resume(store)
