"""Preparing a month of an office of the demo's size, beside a bare INSERT … SELECT of the same rows."""

import os
import random
import tempfile
from datetime import date

from benchmarks.clock import measure, peak_memory
from benchmarks.ledger import MIX

OFFICE, MONTH, AS_OF = "PERF", "2026-08-01", "2026-07-24"


def run(people: int = 3000) -> list[str]:
    """Lines of the report: the first run, the run again, the floor."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCHLESS_SITES"] = folder
        frappe = _site()
        period = _office(frappe, people)
        from ansinh_app.payouts.run import prepare

        def first():
            return prepare(period, AS_OF)

        before = peak_memory()
        made = measure(first)
        frappe.db.commit()
        again = measure(first)
        frappe.db.commit()
        _empty_table(frappe)
        floor = measure(lambda: _bare_insert(frappe, period))
        copied = frappe.db.sql("SELECT COUNT(*) FROM `perf_line`")[0][0]
        lines = made.result["lines"]
        assert lines == copied == people and again.result["unchanged"] == people
        frappe.destroy()
    return [
        f"prepare: {lines:,} lines of one office, through documents to the database",
        f"  {made.seconds:8.2f} s   first run     ({made.seconds / lines * 1e3:.2f} ms a line)",
        f"  {again.seconds:8.2f} s   the run again, nothing changed",
        f"  {floor.seconds:8.3f} s   bare INSERT … SELECT of the same rows (the floor)",
        f"  ratio {made.seconds / floor.seconds:.0f} to the floor, {again.seconds / made.seconds:.2f} of it again",
        f"  memory: peak of the process {peak_memory():,.0f} MiB ({before:,.0f} before)",
    ]


def _site():
    import benchless

    benchless.activate()
    import frappe

    from benchless import installer

    installer.new_site("perf.local", "admin")
    installer.install_app("ansinh_app")
    frappe.init("perf.local")
    frappe.connect()
    return frappe


def _office(frappe, people: int) -> str:
    """An office with its people written set-based, as documents would stand in the database."""
    unit = frappe.db.get_value("Administrative Unit", {"level": "Commune"}, "name")
    frappe.get_doc(
        {
            "doctype": "Paying Office",
            "office_code": OFFICE,
            "office_name": "Phòng đo",
            "administrative_unit": unit,
        }
    ).insert()
    chance, stamp = random.Random(20261122), "2026-01-01 00:00:00"
    head = ["name", "creation", "modified", "owner", "modified_by", "docstatus", "idx"]
    codes = chance.choices([code for code, _share, _years in MIX], [share for _c, share, _y in MIX], k=people)
    years = {code: span for code, _share, span in MIX}
    persons, accounts, decisions = [], [], []
    for index, code in enumerate(codes, start=1):
        born = date(chance.randint(*years[code]), chance.randint(1, 12), chance.randint(1, 28))
        person, account, name = f"BEN-P{index:06d}", f"PAC-P{index:06d}", f"Người Mẫu {index}"
        common = [stamp, stamp, "Administrator", "Administrator"]
        persons.append(
            (person, *common, 0, 0, name, born, "Day", unit, OFFICE, "Active", "Bank Account", account)
        )
        accounts.append(
            (account, *common, 0, 0, "STB", f"0701{index:08d}", name, "Self", person, "Active", "Exact")
        )
        quantity = 2 if code == "BTXH-04" else 1
        decisions.append(
            (f"ENT-P{index:06d}", *common, 1, 0, person, code, quantity, "1/QĐ", "2026-06-15", "2026-07-01")
            + ("Self", "Bank Account", account)
        )
    insert = frappe.db.bulk_insert
    insert(
        "Beneficiary",
        [*head, "full_name", "date_of_birth", "dob_precision", "administrative_unit", "office", "status"]
        + ["payment_method", "payment_account"],
        persons,
    )
    insert(
        "Payment Account",
        [
            *head,
            "provider",
            "account_no",
            "account_name",
            "holder_type",
            "beneficiary",
            "status",
            "name_match",
        ],
        accounts,
    )
    insert(
        "Entitlement",
        [*head, "beneficiary", "category", "quantity", "decision_no", "decision_date", "effective_from"]
        + ["payee_type", "payment_method", "payment_account"],
        decisions,
    )
    period = frappe.get_doc({"doctype": "Payout Period", "office": OFFICE, "month": MONTH}).insert().name
    frappe.db.commit()
    return period


def _empty_table(frappe) -> None:
    frappe.db.commit()  # a new table ends the transaction
    frappe.db.sql("CREATE TABLE `perf_line` AS SELECT * FROM `tabPayout Line` WHERE 1=0")


def _bare_insert(frappe, period: str) -> None:
    """The database's own speed: the lines of the period copied into an empty table."""
    frappe.db.sql("INSERT INTO `perf_line` SELECT * FROM `tabPayout Line` WHERE `period`=%s", (period,))
    frappe.db.commit()
