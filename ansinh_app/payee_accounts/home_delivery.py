"""Cash that is carried home: to whom, for those who can neither come nor be represented, by pay point and village."""

import frappe
from frappe import _

from ansinh_app.core import masking
from ansinh_app.core.money import as_dong
from ansinh_app.core.names import search_key
from ansinh_app.payee_accounts.pay_points import points_of
from ansinh_app.permissions import scope
from ansinh_app.utils.masking import for_reader
from ansinh_app.utils.printing import dong, may_print, office_paper, say, seal_qr

REASONS = ("Bedridden without a receiver", "No service nearby")
_FIELDS = (
    "name", "beneficiary", "full_name", "payee_name", "payee_type", "administrative_unit", "village", "provider",
    "total", "status", "batch",
)  # fmt: skip


def lines(filters: dict) -> list:
    """Cash lines to carry home, of those the user may list, by pay point, commune, village and name.

    Each has `commune`, `pay_point`, `address`, `phone` and `reason`; the reason only for who does not work
    for a provider: why somebody cannot come is not the carrier's business. Cancelled ones are left out.
    """
    rows = frappe.get_list(
        "Payout Line",
        filters={
            **filters,
            "channel": "Cash",
            "status": ["!=", "Cancelled"],
        },
        fields=list(_FIELDS),
        limit_page_length=0,
    )
    reasons = _reasons([row.name for row in rows])
    rows = [row for row in rows if reasons.get(row.name) in REASONS]
    units = dict(frappe.get_all("Administrative Unit", fields=["name", "unit_name"], as_list=True))
    people = _people({row.beneficiary for row in rows})
    points = {
        provider: points_of(provider, {row.beneficiary for row in rows if row.provider == provider})
        for provider in {row.provider for row in rows}
    }
    tells = scope().kinds != {"provider"}
    for row in rows:
        person = people[row.beneficiary]
        row.commune = units.get(row.administrative_unit, "")
        point = points[row.provider].of(row.beneficiary, row.administrative_unit, row.village)
        row.pay_point = points[row.provider].names[point] if point else ""
        row.address, row.phone = person.address or "", for_reader("Beneficiary", masking.PHONE, person.phone)
        row.reason = _(reasons[row.name]) if tells else ""
        row.status_label = _(row.status)
        row.total = as_dong(row.total or 0)
        del row["beneficiary"]
    return sorted(
        rows,
        key=lambda row: (
            row.pay_point,
            row.commune,
            search_key(row.village or ""),
            search_key(row.full_name),
        ),
    )


def _reasons(names: list[str]) -> dict[str, str]:
    """Why each line is paid in cash: its entitlement says so, else the person's record."""
    found = {}
    line, entitlement, person = map(frappe.qb.DocType, ("Payout Line", "Entitlement", "Beneficiary"))
    for start in range(0, len(names), 1000):
        query = (
            frappe.qb.from_(line)
            .left_join(entitlement)
            .on(entitlement.name == line.entitlement)
            .left_join(person)
            .on(person.name == line.beneficiary)
            .select(line.name, entitlement.cash_reason, person.cash_reason.as_("usual"))
            .where(line.name.isin(names[start : start + 1000]))
        )
        found.update({row.name: row.cash_reason or row.usual for row in query.run(as_dict=True)})
    return found


def _people(names: set[str]) -> dict:
    rows = frappe.get_all(
        "Beneficiary", filters={"name": ["in", sorted(names) or [""]]}, fields=["name", "address", "phone"],
        limit_page_length=0,
    )  # fmt: skip
    return {row.name: row for row in rows}


def home_delivery_paper(doc) -> dict:
    """The carrier's list of a batch: a table for each pay point, villages in order, a place to sign."""
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    paper = office_paper(office, doc.approved_on.date() if doc.docstatus == 1 and doc.approved_on else None)
    paper["mark"] = (
        "" if doc.docstatus == 1 else say("DRAFT PAPER") if doc.docstatus == 0 else say("CANCELLED PAPER")
    )
    month = frappe.db.get_value("Payout Period", doc.period, "month")
    paper["seal"] = doc.seal if doc.docstatus == 1 else ""
    paper["qr"] = seal_qr(doc) if paper["seal"] else ""
    paper["month_text"] = f"{month.month:02d}/{month.year}"
    paper["provider"] = frappe.get_cached_value("Payment Service Provider", doc.provider, "provider_name")
    sheets: dict[str, list] = {}
    for row in lines({"batch": doc.name}):
        sheets.setdefault(row.pay_point or row.commune, []).append(row)
    paper["sheets"] = [
        frappe._dict(place=place, rows=rows, total=dong(sum(row.total for row in rows)))
        for place, rows in sheets.items()
    ]
    return paper
