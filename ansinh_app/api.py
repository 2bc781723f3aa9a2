"""What other systems and the desk call: typed, permission-checked, POST where it writes."""

import frappe

from ansinh_app.payouts import explanation, files, forecasting, run, sealing
from ansinh_app.payouts import preflight as checks
from ansinh_app.registry.doctype.registry_import.registry_import import run_import
from ansinh_app.utils import actions


@frappe.whitelist(methods=["POST"])
def import_registry(registry_import: str) -> dict:
    """Runs an import; returns counts, the error workbook is attached to the document."""
    frappe.get_doc("Registry Import", registry_import).check_permission("write")
    return run_import(registry_import)


@frappe.whitelist()
def preflight(period: str) -> dict:
    """The blocks and warnings before a run, each with its owner and the people it concerns."""
    # It lists people and amounts, so reading the period is not enough.
    frappe.get_doc("Payout Period", period).check_permission("write")
    return checks.preflight(period)


@frappe.whitelist(methods=["POST"])
def prepare_period(period: str, as_of: str | None = None) -> dict:
    """Makes or refreshes every batch and line of the period under what was known on `as_of` (YYYY-MM-DD)."""
    frappe.get_doc("Payout Period", period).check_permission("write")
    return run.prepare(period, actions.sent_day(as_of) if as_of else None)


@frappe.whitelist()
def explain(beneficiary: str, month: str) -> dict:
    """Why the person gets this amount in the month (YYYY-MM): steps, articles, and the ledger behind it."""
    frappe.get_doc("Beneficiary", beneficiary).check_permission("read")
    return explanation.explain(beneficiary, actions.sent_month(month))


@frappe.whitelist()
def forecast(from_month: str, to_month: str, scenario: dict | str | None = None) -> dict:
    """What the months (YYYY-MM) will cost under today's law and a scenario of other bases or age limits."""
    return forecasting.make_forecast(from_month, to_month, scenario)


@frappe.whitelist(methods=["POST"])
def provider_file(batch: str) -> dict:
    """Writes the provider's file of a sealed batch; returns its File, and as `files` every part of a long list."""
    frappe.get_doc("Payout Batch", batch).check_permission("write")
    written = [
        {"name": file.name, "file_name": file.file_name, "file_url": file.file_url}
        for file in files.write_provider_files(batch)
    ]
    return {**written[0], "files": written}


@frappe.whitelist()
def verify_seal(batch: str) -> dict:
    """Recomputes the seal and says whether paper and data agree."""
    frappe.get_doc("Payout Batch", batch).check_permission("read")
    return sealing.verify(batch)
