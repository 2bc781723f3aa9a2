"""`python story.py make|look|carry_on SITE`: a small office's life, once by old code and once by the present one.

Prints one JSON line. `make` and `look` run with any code since 0.1.0: they use the acts of tests/recovery.
"""

import json
import os
import sys

import benchless

benchless.activate()
import frappe  # noqa: E402

OLD, OPEN = "CU", "MO"
BANK, CASH = "Bank Transfer", "Cash"


def make() -> dict:
    """One office whose May is settled, one whose May is sent and half answered, and what else an office keeps."""
    from ansinh_app.tests import payout_world as world
    from tests.recovery import month_acts

    month_acts.stage(OLD, "settled", failing=[0])
    frappe.db.commit()
    sent = month_acts.stage(OPEN, "sent", failing=[1])
    month_acts.apply_answer(month_acts.bring_answer(f"{OPEN}-2024-05", CASH))
    person = month_acts.person(f"{OLD}-2024-05", 0)
    world.change(person, "Death", "2024-05-20", occurred_on="2024-05-18", effective_month="2024-05-01")
    world.make_entitlement(world.make_person(OLD, "Lý Thị Đợi"))
    people = frappe.get_all("Beneficiary", {"office": OLD}, pluck="name", order_by="name")
    kind = frappe.get_all("Support Case Kind", pluck="name", order_by="name")[0]
    frappe.get_doc({"doctype": "Support Case", "beneficiary": people[1], "kind": kind,
                    "description": "Chưa nhận được tiền"}).insert()  # fmt: skip
    frappe.get_doc({"doctype": "File", "file_name": "giấy tờ.txt", "content": "nội dung", "is_private": 1,
                    "attached_to_doctype": "Beneficiary", "attached_to_name": people[1]}).insert()  # fmt: skip
    frappe.enqueue("ansinh_app.payouts.run.prepare", queue="long", period=f"{OLD}-2024-06")
    return {"waiting": sent["results"][0]}


def look() -> dict:
    """Rows and sums of every table of the app, and what the papers and seals say."""
    from ansinh_app.payouts import sealing

    tables = {}
    modules = frappe.get_all("Module Def", {"app_name": "ansinh_app"}, pluck="name")
    for doctype in frappe.get_all("DocType", {"module": ["in", modules], "issingle": 0}, pluck="name", order_by="name"):
        rows = frappe.get_all(doctype, fields=["*"], order_by="name", limit_page_length=0)
        plain = [{key: value for key, value in row.items() if not key.startswith("_")} for row in rows]
        tables[doctype] = {row["name"]: row for row in plain}
    batches = frappe.get_all("Payout Batch", {"docstatus": 1}, pluck="name")
    return {"tables": tables, "seals": {name: sealing.verify(name)["valid"] for name in batches}}


def carry_on() -> dict:
    """What was open goes on, what waits for its worker is done, and the next month is paid."""
    from ansinh_app.payouts import seal_book
    from benchless import worker
    from tests.recovery import month_acts

    waiting = frappe.get_all("Provider Result", {"docstatus": 0, "batch": ["like", f"PB-{OPEN}-%"]}, pluck="name")
    answered = month_acts.apply_answer(sorted(waiting)[0])
    frappe.db.commit()
    worker.burst(frappe.local.site, frappe.local.sites_path)
    frappe.db.rollback()
    for office in (OLD, OPEN):
        month_acts.whole_month(f"{office}-2024-06")
    frappe.db.commit()
    printed = [
        len(frappe.get_print("Payout Batch", name, "Payment List"))
        for name in frappe.get_all("Payout Batch", {"docstatus": 1}, pluck="name")
    ]
    return {
        "answered": answered,
        "jobs": [job.status for job in frappe.get_list("RQ Job")],
        "money": {office: month_acts.money(office) for office in (OLD, OPEN)},
        "book": len(seal_book.read().entries),
        "printed": min(printed),
    }


def main(act: str, site: str) -> None:
    frappe.init(site, sites_path=os.environ["BENCHLESS_SITES"])
    frappe.connect()
    said, sys.stdout = sys.stdout, sys.stderr
    answer = globals()[act]()
    frappe.db.commit()
    frappe.destroy()
    print(json.dumps(answer, default=str), file=said)


if __name__ == "__main__":
    main(*sys.argv[1:])
