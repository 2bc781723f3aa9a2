"""The inventory of personal data for the assessment file (NĐ 356/2025 Mẫu 10): what, why, on which basis, how many."""

import frappe
from frappe import _

from ansinh_app.core.money import format_dong
from ansinh_app.utils.reports import counted_for

# Above so many an assessment file needs a section of its own on national security (NĐ 356/2025: secondary).
SENSITIVE_LIMIT = 10_000


def execute(filters=None):
    """One row for each field of the register, with how many people it is held of. Filter: `office`."""
    filters = frappe._dict(filters or {})
    held = _Held(filters.office)
    rows = []
    for field in frappe.get_all(
        "Personal Data Field", fields=["*"], order_by="document_type, creation, name", limit_page_length=0
    ):
        rows.append(
            {
                "document_type": _(field.document_type),
                "label": _(frappe.get_meta(field.document_type).get_label(field.field)),
                "sort": _(field.sensitive),
                "purpose": field.purpose,
                "legal_basis": field.legal_basis,
                "consent": _("Yes") if field.needs_consent else "",
                "recipients": field.recipients,
                "retention": field.retention,
                "masked": _("Yes") if field.masked else "",
                "people": held.count(field.document_type, field.field),
                "certainty": field.certainty,
            }
        )
    people = held.people()
    message = _("Data of {0} people are held.").format(format_dong(people))
    if people > SENSITIVE_LIMIT:
        message += " " + _(
            "That is more than {0} with sensitive data: the assessment file needs the section on national "
            "security (NĐ 356/2025, secondary: check the decree)."
        ).format(format_dong(SENSITIVE_LIMIT))
    summary = [
        {"value": people, "label": _("People"), "datatype": "Int", "indicator": "Blue"},
        {"value": len(rows), "label": _("Fields"), "datatype": "Int", "indicator": "Blue"},
        {
            "value": sum(row["consent"] != "" for row in rows),
            "label": _("Resting on Consent"),
            "datatype": "Int",
            "indicator": "Orange",
        },
    ]
    return _columns(), rows, message, None, summary


class _Held:
    """Counts over the reader's offices and communes; one query a field, none of them per person."""

    def __init__(self, office: str | None):
        self.office = office
        admits = counted_for()
        rows = frappe.get_all(
            "Beneficiary",
            fields=["office", "administrative_unit", "count(name) as total"],
            group_by="office, administrative_unit",
            limit_page_length=0,
        )
        self.rows = [
            row
            for row in rows
            if admits(row.office, row.administrative_unit) and (not office or row.office == office)
        ]
        self.offices = sorted({row.office for row in self.rows})
        self.units = sorted({row.administrative_unit for row in self.rows})

    def people(self) -> int:
        return sum(row.total for row in self.rows)

    def count(self, doctype: str, field: str) -> int | None:
        """Documents that hold a value, where they can be told apart by office; None where they cannot."""
        meta = frappe.get_meta(doctype)
        df = meta.get_field(field)
        if doctype != "Beneficiary" or df is None or df.fieldtype == "Table":
            return None
        filters = {"office": ["in", self.offices or [""]], "administrative_unit": ["in", self.units or [""]]}
        return frappe.db.count(doctype, {**filters, field: ["is", "set"]})


def _columns() -> list[dict]:
    return [
        {"fieldname": "document_type", "label": _("Document Type"), "fieldtype": "Data", "width": 150},
        {"fieldname": "label", "label": _("Field"), "fieldtype": "Data", "width": 170},
        {"fieldname": "sort", "label": _("Data Class"), "fieldtype": "Data", "width": 100},
        {"fieldname": "people", "label": _("People"), "fieldtype": "Int", "width": 80},
        {"fieldname": "purpose", "label": _("Purpose"), "fieldtype": "Data", "width": 260},
        {"fieldname": "legal_basis", "label": _("Legal Basis"), "fieldtype": "Data", "width": 220},
        {"fieldname": "consent", "label": _("Rests on Consent"), "fieldtype": "Data", "width": 110},
        {"fieldname": "recipients", "label": _("Recipients"), "fieldtype": "Data", "width": 180},
        {"fieldname": "retention", "label": _("Kept For"), "fieldtype": "Data", "width": 190},
        {"fieldname": "masked", "label": _("Masked"), "fieldtype": "Data", "width": 80},
        {"fieldname": "certainty", "label": _("Certainty"), "fieldtype": "Data", "width": 90},
    ]
