"""Papers of data protection: a person's own extract, the answer to a request, the notice of an incident.

An extract leaves the office, so it words every benefit of social assistance alike; numbers are in full for who may
see them. What the neutral wording leaves out is told face to face (NĐ 20/2021 Đ8.1.b).
"""

import frappe
from frappe.utils import format_datetime, getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.registry.people import birth
from ansinh_app.utils.masking import for_reader, kind_of
from ansinh_app.utils.printing import day, dong, may_print, office_paper, say, say_value
from ansinh_app.utils.sealed_numbers import opened

_WORDED_ALIKE = ("BTXH", "CARE")
_ROMAN = "I II III IV V VI VII VIII IX X XI XII XIII XIV".split()
_PERSON = (
    "full_name sex ethnicity personal_id old_id birth_certificate_no phone address village legal_capacity status "
    "deceased_on payment_method cash_reason verification_status note"
).split()


def extract_paper(doc) -> dict:
    """Everything held on a Beneficiary, in Vietnamese, with who looked."""
    may_print(doc)
    person = frappe.get_doc("Beneficiary", doc.name)
    paper = office_paper(frappe.get_cached_doc("Paying Office", person.office), getdate(nowdate()))
    own = {"beneficiary": person.name}
    parts = [
        (say("Representatives"), _representatives(person)),
        (say("Benefits granted"), _benefits(own)),
        (say("Accounts"), _rows("Payment Account", own, "provider account_no account_name status")),
        (say("Payments made"), _payments(own)),
        (say("One-off grants"), _rows("One-off Grant", own, "status occurred_on amount decision_no")),
        (say("Recoveries"), _rows("Recovery Case", own, "status amount recovered outstanding")),
        (
            say("Changes"),
            _rows("Registry Change", own, "change_type status occurred_on decision_no decision_date"),
        ),
        (
            say("Requests for accounts"),
            _rows("Account Request", own, "request_kind provider status holder_name opened_on"),
        ),
        (
            say("Checks of the identity"),
            _rows("Identity Verification", own, "status result requested_on answered_on"),
        ),
        (
            say("Requests for identity cards"),
            _rows("ID Card Request", own, "reason status asked_on issued_on"),
        ),
        (say("Consents"), _rows("Personal Data Consent", own, "scope given_on given_form withdrawn_on")),
        (
            say("The person's own requests"),
            _rows("Data Subject Request", own, "request_kind received_on status answered_on"),
        ),
        (say("Who looked at these data"), _looks(person.name)),
    ]
    filled = [(heading, found) for heading, found in parts if found["rows"]]
    paper.update(
        person=person,
        facts=_facts(person),
        parts=[(_ROMAN[place], *part) for place, part in enumerate(filled, start=1)],
    )
    return paper


def answer_paper(doc) -> dict:
    """The office's answer to a Data Subject Request."""
    may_print(doc)
    paper = office_paper(
        frappe.get_cached_doc("Paying Office", doc.office),
        getdate(doc.answered_on) if doc.answered_on else None,
    )
    unit = frappe.db.get_value("Beneficiary", doc.beneficiary, "administrative_unit")
    paper.update(
        to=doc.requester or doc.full_name,
        commune=frappe.db.get_value("Administrative Unit", unit, "unit_name") or "",
        kind=say_value(doc.request_kind),
        received=day(doc.received_on),
        due=day(doc.due_on),
        status=say_value(doc.status),
        officer=frappe.db.get_single_value("An Sinh Settings", "data_officer") or "",
    )
    return paper


def incident_paper(doc) -> dict:
    """The notice of a breach to the authority for data protection (A05), NĐ 356/2025: layout by design."""
    may_print(doc)
    paper = office_paper(
        frappe.get_cached_doc("Paying Office", doc.office),
        getdate(doc.reported_at) if doc.reported_at else None,
    )
    officer = doc.contact or frappe.db.get_single_value("An Sinh Settings", "data_officer") or ""
    told = say("Yes, on {0}").format(day(doc.people_told_on)) if doc.people_told else say("Not yet")
    rows = [
        (say("Incident"), doc.incident_title),
        (say("Kind"), say_value(doc.kind)),
        (say("Happened at"), _moment(doc.occurred_at)),
        (say("Found at"), _moment(doc.known_at)),
        (say("To be reported until"), _moment(doc.due_at)),
        (say("What happened"), doc.description),
        (say("Which data"), doc.data_concerned),
        (say("Sensitive data among them"), say("Yes") if doc.sensitive else say("No")),
        (say("Number of people concerned"), doc.people_count),
        (say("Who they are"), doc.people_described),
        (say("Possible consequences"), doc.consequences),
        (say("Measures taken"), doc.measures),
        (say("Measures to follow"), doc.further_measures),
        (say("People told"), told),
        (say("Officer for data protection"), officer),
    ]
    if doc.not_reported_reason:
        rows.append((say("Why it is late"), doc.not_reported_reason))
    paper.update(rows=[(label, value or "") for label, value in rows], report_no=doc.report_no or "")
    return paper


def _moment(value) -> str:
    return format_datetime(value, "HH:mm dd/MM/yyyy") if value else ""


def _label(meta, field: str) -> str:
    return say(meta.get_label(field))


def _shown(meta, row, field: str) -> str:
    value, df = row.get(field), meta.get_field(field)
    if value in (None, "", 0):
        return ""
    kind = kind_of(meta.name, field)
    if kind:
        return for_reader(meta.name, kind, value)
    if df.fieldtype == "Select":
        return say_value(value)
    if df.fieldtype == "Date":
        return day(value)
    if df.fieldtype == "Currency":
        return dong(value)
    return str(value)


def _facts(person) -> list[tuple[str, str]]:
    facts = [(_label(person.meta, field), _shown(person.meta, person, field)) for field in _PERSON]
    unit = frappe.db.get_value("Administrative Unit", person.administrative_unit, "unit_name") or ""
    facts.insert(1, (say("Date of birth"), birth(person.date_of_birth, person.dob_precision)))
    facts.append((say("Commune"), unit))
    return [(label, value) for label, value in facts if value]


def _rows(doctype: str, filters: dict, fields: str) -> dict:
    """Heads and rows of the documents on the person; a DocType of another release may be missing."""
    names = fields.split()
    meta = frappe.get_meta(doctype)
    rows = frappe.get_all(
        doctype, filters=filters, fields=["name", *names], order_by="creation", limit_page_length=0
    )
    opened(rows)
    return {
        "heads": [_label(meta, field) for field in names],
        "rows": [[_shown(meta, row, field) for field in names] for row in rows],
    }


def _representatives(person) -> dict:
    heads = [say("Name"), say("Capacity"), say("Basis"), say("Valid From"), say("Valid To")]
    rows = [
        [
            row.representative_name or "",
            say_value(row.capacity),
            row.basis or "",
            day(row.valid_from),
            day(row.valid_to),
        ]
        for row in person.representatives
    ]
    return {"heads": heads, "rows": rows}


def _benefits(own: dict) -> dict:
    rows = []
    for row in frappe.get_all(
        "Entitlement",
        filters={**own, "docstatus": ["<", 2]},
        fields="category programme decision_no decision_date effective_from effective_to".split(),
        order_by="effective_from",
        limit_page_length=0,
    ):
        category = frappe.db.get_value("Benefit Category", row.category, ["title", "sensitive"], as_dict=True)
        alike = category.sensitive or row.programme in _WORDED_ALIKE
        rows.append(
            [
                say("Person under social assistance") if alike else category.title,
                row.decision_no or "",
                day(row.decision_date),
                _month(row.effective_from),
                _month(row.effective_to),
            ]
        )
    heads = [say("Benefit"), say("Decision No."), say("Decision Date"), say("From Month"), say("To Month")]
    return {"heads": heads, "rows": rows}


def _month(value) -> str:
    return Month.of(getdate(value)).label if value else ""


def _payments(own: dict) -> dict:
    meta = frappe.get_meta("Payout Line")
    fields = "period provider account_no payee_name total status paid_on".split()
    lines = frappe.get_all(
        "Payout Line", filters=own, fields=fields, order_by="period, line_no", limit_page_length=0
    )
    opened(lines)
    months = dict(
        frappe.get_all(
            "Payout Period",
            filters={"name": ["in", [line.period for line in lines] or [""]]},
            fields=["name", "month"],
            as_list=True,
            limit_page_length=0,
        )
    )
    rows = [
        [_month(months.get(line.period)), *(_shown(meta, line, field) for field in fields[1:])]
        for line in lines
    ]
    return {"heads": [say("Month"), *(_label(meta, field) for field in fields[1:])], "rows": rows}


def _seen_as(row) -> str:
    """What was seen: the document's kind, and the paper or file."""
    return ": ".join(say_value(part) for part in (row.reference_doctype, row.what) if part)


def _looks(beneficiary: str) -> dict:
    """Who looked, by user, day and action: the person's own log; also the lists he went out on."""
    batches = frappe.get_all(
        "Payout Line", filters={"beneficiary": beneficiary}, pluck="batch", distinct=True
    )
    fields = ["logged_at", "user", "roles", "action", "what", "reference_doctype"]
    rows = frappe.get_all(
        "Personal Data Log", filters={"beneficiary": beneficiary}, fields=fields, limit_page_length=0
    )
    if batches:
        rows += frappe.get_all(
            "Personal Data Log",
            filters={"reference_doctype": "Payout Batch", "reference_name": ["in", batches]},
            fields=fields,
            limit_page_length=0,
        )
    counted: dict[tuple, int] = {}
    for row in sorted(rows, key=lambda row: str(row.logged_at)):
        roles = ", ".join(say_value(role) for role in (row.roles or "").split(", ") if role)
        key = (day(row.logged_at), row.user, roles, say_value(row.action), _seen_as(row))
        counted[key] = counted.get(key, 0) + 1
    heads = [say("Day"), say("User"), say("Role"), say("Action"), say("What"), say("Times")]
    return {"heads": heads, "rows": [[*key, str(times)] for key, times in counted.items()]}
