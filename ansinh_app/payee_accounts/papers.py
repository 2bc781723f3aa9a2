"""Papers of accounts: application (F3) and mandate (F4) of a request, prefilled; the payout contract (F8).

Citizen forms and contracts carry the national motto only, no office header (NĐ 30/2020/NĐ-CP, phụ lục I).
"""

import frappe
from frappe.utils import getdate, nowdate

from ansinh_app.core import holders
from ansinh_app.registry.mandates import is_in_force
from ansinh_app.registry.people import birth
from ansinh_app.utils.printing import day, may_print, place_and_day, say, say_value
from ansinh_app.utils.reports import Communes, duty_day, office_unit


def application_paper(doc) -> dict:
    """F3, Đơn đề nghị mở tài khoản nhận trợ cấp (layout: design, after plan IV.9)."""
    paper = _paper(doc)
    person = paper["person"]
    paper.update(
        groups=_groups(person.name),
        decisions=_decisions(person.name),
        ways=[(holder, say_value(holder), holder == doc.holder_type) for holder in holders.HOLDERS],
        is_new=doc.request_kind == "New Account",
    )
    return paper


def mandate_paper(doc) -> dict:
    """F4, Giấy ủy quyền nhận trợ cấp (BLDS Đ562, Đ563: one year where it names no term)."""
    paper = _paper(doc)
    return paper | _term(paper["representation"], doc.basis)


def mandate_papers(doc) -> list[dict]:
    """F4 for every mandate of a Beneficiary or Representative that runs or waits for its paper; a person without
    one gets a form with the other half blank."""
    may_print(doc)
    if doc.doctype == "Beneficiary":
        people = [doc]
    else:
        names = frappe.get_all(
            "Beneficiary Representative",
            filters={"representative": doc.name, "parenttype": "Beneficiary"},
            pluck="parent",
            order_by="parent",
        )
        # Wards of other communes are printed there.
        people = [
            frappe.get_doc("Beneficiary", name)
            for name in dict.fromkeys(names)
            if frappe.has_permission("Beneficiary", "print", doc=name)
        ]
    papers = []
    for person in people:
        for row in person.representatives:
            if (
                row.capacity == holders.AUTHORISED
                and not row.revoked_on
                and doc.name in (person.name, row.representative)
            ):
                if row.awaits_paper or is_in_force(row, person):
                    papers.append(
                        _sheet(person, row.representative, row, person.administrative_unit) | _term(row, "")
                    )
    if not papers and doc.doctype == "Beneficiary":
        papers.append(_sheet(doc, None, None, doc.administrative_unit) | _term(None, ""))
    return papers


def _term(row, basis: str | None) -> dict:
    return {
        "valid_from": day(row.valid_from) if row else "",
        "valid_to": day(row.valid_to) if row else "",
        "mandate_no": (row.certification_no or row.basis if row else None) or basis or "",
    }


def _paper(doc) -> dict:
    may_print(doc)
    person = frappe.get_doc("Beneficiary", doc.beneficiary)
    rows = [one for one in person.representatives if one.representative == doc.representative]
    # The newest is the one that is to be signed or runs.
    row = max(rows, key=lambda one: str(one.valid_from or ""), default=None)
    return _sheet(person, doc.representative, row, doc.administrative_unit, doc.provider)


def _sheet(person, representative: str | None, row, unit: str | None, provider: str | None = None) -> dict:
    other = frappe.get_doc("Representative", representative) if representative else None
    unit = frappe.db.get_value("Administrative Unit", unit, "unit_name") or ""
    provider = (
        frappe.db.get_value("Payment Service Provider", provider, "provider_name") if provider else ""
    ) or ""
    return {
        "say": say,
        "person": person,
        "person_birth": birth(person.date_of_birth, person.dob_precision),
        "person_sex": say_value(person.sex),
        "person_papers": person.personal_id or person.birth_certificate_no or "",
        "place": ", ".join(filter(None, (person.village, unit))),
        "unit": unit,
        "provider": provider,
        "holder": other,
        "holder_birth": birth(other.date_of_birth, other.dob_precision) if other else "",
        "representation": row,
        "relation": (row.relation if row else "") or "",
        "dated": place_and_day(unit, getdate(nowdate())),
    }


def _running(beneficiary: str) -> list[dict]:
    return frappe.get_all(
        "Entitlement",
        filters={"beneficiary": beneficiary, "docstatus": 1, "effective_to": ["is", "not set"]},
        fields=["category", "decision_no", "decision_date"],
        order_by="effective_from",
    )


def _groups(beneficiary: str) -> str:
    """The groups by their neutral titles: a bank reads this paper."""
    titles = [
        frappe.get_cached_value("Benefit Category", row.category, "neutral_title") or ""
        for row in _running(beneficiary)
    ]
    return ", ".join(dict.fromkeys(filter(None, titles)))


def _decisions(beneficiary: str) -> str:
    return ", ".join(f"{row.decision_no} ({day(row.decision_date)})" for row in _running(beneficiary))


def contract_paper(doc) -> dict:
    """F8, Hợp đồng chi trả: the clauses NĐ 20/2021 Đ34.3 and TT 44/2022/TT-BTC Đ8.2 ask for."""
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    provider = frappe.get_cached_doc("Payment Service Provider", doc.provider)
    programmes = [row.programme for row in doc.programmes] or [
        row.programme for row in office.get("programmes") or []
    ]
    return {
        "say": say,
        "office": office,
        "provider": provider,
        "via": frappe.db.get_value("Payment Service Provider", doc.via_provider, "provider_name")
        if doc.via_provider
        else "",
        "dated": place_and_day(office.place_name, getdate(doc.signed_on) if doc.signed_on else None),
        "valid_from": day(doc.valid_from),
        "valid_to": day(doc.valid_to),
        "fee": f"{doc.fee_percent or 0:.4f}".rstrip("0").rstrip(".").replace(".", ","),
        "programmes": [
            frappe.get_cached_value("Benefit Programme", programme, "title") for programme in programmes
        ],
        "promised": [row for row in doc.commitments if row.promised],
        "sides": {
            side: [row for row in doc.signatories if row.side == side] for side in ("Office", "Provider")
        },
    }


def annexes_paper(doc) -> dict:
    """The annexes of a contract: commitments one by one, pay points by commune, deadlines, layouts of the files."""
    paper = contract_paper(doc)
    days = say("{0} working days")
    terms = [
        (say("Opening an account, from the list of requests"), days.format(doc.account_working_days or 0)),
        (say("Paying out, after the money arrives"), say("{0} days").format(doc.pay_within_days or 0)),
        (say("Results and vouchers, each month"), say("day {0}").format(doc.result_due_day or 20)),
        (say("Fee on the money paid out"), f"{paper['fee']} %"),
    ]
    return paper | {"places": _places(doc), "terms": terms, "layouts": _layouts(doc)}


def _places(doc) -> list[tuple[str, list[dict]]]:
    """Every commune of the office, as units stand when the contract begins, with the open pay points; also those with none."""
    providers = [name for name in (doc.provider, doc.via_provider) if name]
    points = frappe.get_all(
        "Pay Point",
        filters={"provider": ["in", providers], "status": "Open"},
        fields=["point_name", "kind", "address", "opening_hours", "administrative_unit"],
        order_by="point_name",
    )
    communes = Communes(duty_day(doc.valid_from, doc.office))
    by_place: dict[str, list] = {}
    for row in points:
        row.kind_shown = say_value(row.kind)
        by_place.setdefault(communes.of(row.administrative_unit), []).append(row)
    places = [
        (communes.title(unit), by_place.get(unit, [])) for unit in communes.below(office_unit(doc.office))
    ]
    return sorted(places)


def _layouts(doc) -> list[dict]:
    fields = ("file_profile", "result_profile", "request_profile", "answer_profile")
    names = frappe.db.get_value("Payment Service Provider", doc.provider, list(fields), as_dict=True)
    found = []
    for field in fields:
        if names[field]:
            profile = frappe.get_cached_doc("Provider File Profile", names[field])
            found.append(
                {
                    "purpose": say_value(profile.purpose),
                    "name": profile.profile_name,
                    "unconfirmed": profile.unconfirmed,
                    "columns": [column.header for column in profile.columns],
                }
            )
    return found
