"""What the recovery tests let another process do; mother.py makes the processes."""

import frappe

from ansinh_app import api
from ansinh_app.tests import payout_world as world
from tests.recovery import month_acts, number_acts

PEOPLE = 30
OFFICE = "REC"
MAY, JUNE = f"{OFFICE}-2024-05", f"{OFFICE}-2024-06"


def build() -> None:
    """An office, its contracts, people paid by bank and in cash, a period, and an import that has not run."""
    world.make_users()
    office = world.make_office(OFFICE)
    world.make_contracts(OFFICE)
    for number in range(PEOPLE):
        world.make_entitlement(world.make_person(OFFICE, f"Lý Thị Mẫu {_name(number)}", cash=number % 5 == 0))
    world.make_period(OFFICE, "2024-05", "2024-04-24")
    world.make_period(OFFICE, "2024-06", "2024-05-24")
    for _number in range(2):
        _new_import(office.administrative_unit)


def _name(number: int) -> str:
    tens = ("Xuân", "Hạ", "Thu", "Đông", "Hoa", "Lan")
    return f"{tens[number // 10]} {'ABCDEGHIKL'[number % 10]}"


def _new_import(unit: str) -> str:
    from ansinh_app.tests.factories import HEADERS, attach, commune_row, commune_workbook

    rows = [
        commune_row(**{"STT": number + 1, "Họ và tên": f"Hoàng Văn {_name(number)}"}) for number in range(PEOPLE)
    ]
    values = {"administrative_unit": unit, "office": OFFICE, "effective_month": "2024-05-01"}
    file = attach(commune_workbook(rows, headers=HEADERS), f"danh sach {frappe.generate_hash(length=5)}.xlsx")
    return frappe.get_doc({"doctype": "Registry Import", "file": file, **values}).insert().name


def imports() -> list[str]:
    return frappe.get_all("Registry Import", pluck="name", order_by="name")


def prepare(period: str) -> dict:
    found = api.prepare_period(period)
    return {name: found[name] for name in ("lines", "total", "created", "changed", "unchanged")}


def queue_prepare(period: str) -> None:
    frappe.enqueue("ansinh_app.payouts.run.prepare", queue="long", period=period)


def work() -> list[str]:
    """Run queued jobs as a worker does; the states of all jobs then."""
    from benchless import worker

    worker.burst(frappe.local.site, frappe.local.sites_path)
    return [job.status for job in frappe.get_list("RQ Job")]


def retry_failed() -> None:
    from frappe.core.doctype.rq_job.rq_job import retry_job

    for job in frappe.get_list("RQ Job", filters={"status": "failed"}):
        retry_job({"name": job.name})


def approve(batch: str, user: str) -> str:
    frappe.set_user(user)
    document = frappe.get_doc("Payout Batch", batch)
    document.submit()
    return document.seal


def import_list(registry_import: str) -> dict:
    return api.import_registry(registry_import)


def apply_result(result: str) -> dict:
    document = frappe.get_doc("Provider Result", result)
    document.submit()
    return {"paid": document.paid, "matched": document.matched, "already_applied": document.already_applied}


def draft_results(batch: str) -> list[str]:
    """Two documents with the provider's answer to the batch, neither of them applied."""
    content = world.answer(batch)
    names = []
    for number in range(2):
        file = frappe.get_doc(
            {"doctype": "File", "file_name": f"kq {number}.xlsx", "content": content, "is_private": 1}
        ).insert()
        result = frappe.get_doc({"doctype": "Provider Result", "batch": batch, "file": file.file_url})
        names.append(result.insert().name)
    return names


def state() -> dict:
    """Everything that could be doubled or half-written, in numbers."""
    lines = frappe.get_all("Payout Line", fields=["line_key", "status", "total", "batch"], limit_page_length=0)
    batches = frappe.get_all(
        "Payout Batch",
        fields=["name", "docstatus", "status", "line_count", "total_amount", "seal", "paid_count", "paid_amount"],
        order_by="name",
        limit_page_length=0,
    )
    return {
        "people": frappe.db.count("Beneficiary"),
        "entitlements": frappe.db.count("Entitlement", {"docstatus": 1}),
        "imports": frappe.get_all("Registry Import", pluck="status", order_by="name"),
        "lines": len(lines),
        "keys": len({line.line_key for line in lines}),
        "total": int(sum(line.total for line in lines)),
        "statuses": sorted({line.status for line in lines}),
        "batches": [dict(row) for row in batches],
        "seals_hold": all(api.verify_seal(row.name)["valid"] for row in batches if row.docstatus == 1),
    }


def perform(act: str, arguments: list) -> dict:
    """{"result": …} of an act that is committed then, or {"error": class, "message": text} of one that is undone."""
    family, _dot, name = act.rpartition(".")
    called = getattr({"month": month_acts, "numbers": number_acts}[family], name) if family else globals()[act]
    try:
        answer = {"result": called(*arguments)}
        frappe.db.commit()
    except frappe.ValidationError as error:
        frappe.db.rollback()
        answer = {"error": type(error).__name__, "message": frappe.utils.strip_html(str(error))}
    return answer
