"""Data quality by commune: whose records lack what identification, payment and decisions need."""

from collections import Counter, defaultdict

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate, today

from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes, counted_for

# Faults of a person's record and of his entitlements, in the order of the columns. Numbers are judged by their
# masked copies, which are as long as the numbers: the report reads no number.
OF_PEOPLE = ("no_id", "wrong_id", "doubt", "no_phone", "wrong_phone", "birth_year", "no_village", "unverified")
# Old people often have no phone, and the police's answer is not the registry's fault: neither spoils a record.
NO_FAULT = ("no_phone", "unverified")
OF_BENEFITS = ("no_account", "no_reason", "no_receiver", "no_decision")


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `office`, `administrative_unit`.

    People who draw benefits or are suspended, as they stand today; benefits in force. No name leaves it.
    """
    filters = frappe._dict(filters or {})
    now = getdate(today())
    communes = Communes(now)
    area = communes.tree.area([filters.administrative_unit]) if filters.administrative_unit else None
    admits = counted_for()
    counts: dict[str, Counter] = defaultdict(Counter)
    for row in [*_people(filters), *_benefits(filters, now)]:
        if not admits(row.office, row.unit) or (area is not None and row.unit not in area):
            continue
        found = {key: int(value or 0) for key, value in row.items() if key not in ("office", "unit")}
        counts[communes.of(row.unit) or ""].update(found)
    fields = ("people", "clean", *OF_PEOPLE, "benefits", *OF_BENEFITS)
    rows = [
        {"commune": communes.title(unit), **{field: counts[unit][field] for field in fields}}
        for unit in sorted(counts, key=lambda unit: (communes.code(unit), unit))
    ]
    message = _("Counted on {0}: people who draw benefits, and benefits in force").format(f"{now:%d/%m/%Y}")
    if not rows:
        return frame.answer(_columns(), [], message)
    total = frame.total_row(rows, {"commune": _("Total")}, fields)
    for row in (*rows, total):
        row["percent"] = frame.percent(row["clean"], row["people"])
    names = labels()
    found = [field for field in (*OF_PEOPLE, *OF_BENEFITS) if total[field]]
    faults = sorted(found, key=lambda field: -total[field])
    chart = frame.bars(
        [names[field] for field in faults],
        {_("Records"): [total[field] for field in faults]},
        colors=["#ECAD4B"],
    )
    return frame.answer(_columns(), [*rows, total], message, chart, _summary(total))


def _people(filters) -> list[dict]:
    """Faults by office and unit, counted in the database in one pass."""
    person = frappe.qb.DocType("Beneficiary")

    def empty(field):
        return (field == "") | field.isnull()

    faults = {
        "no_id": empty(person.personal_id_shown) & (person.birth_certificate_no.isnull() | (person.birth_certificate_no == "")),
        "wrong_id": (person.personal_id_shown != "") & person.personal_id_shown.not_like("_" * 12),
        "doubt": person.identity_doubt != "",
        "no_phone": empty(person.phone_shown),
        "wrong_phone": (person.phone_shown != "") & person.phone_shown.not_like("_" * 10),
        "birth_year": person.dob_precision.isin(["Month", "Year"]),
        "no_village": empty(person.village),
        "unverified": (person.verification_status != "Verified") | person.verification_status.isnull(),
    }  # fmt: skip
    clean = Case()
    for name, fault in faults.items():
        if name not in NO_FAULT:
            clean = clean.when(fault, 0)
    query = (
        frappe.qb.from_(person)
        .select(person.office, person.administrative_unit.as_("unit"), Count(person.name).as_("people"))
        .select(Sum(clean.else_(1)).as_("clean"))
        .select(*(Sum(Case().when(fault, 1).else_(0)).as_(name) for name, fault in faults.items()))
        .where(person.status.isin(["Active", "Suspended"]))
        .groupby(person.office, person.administrative_unit)
    )
    return (query.where(person.office == filters.office) if filters.office else query).run(as_dict=True)


def _benefits(filters, now) -> list[dict]:
    term, person = frappe.qb.DocType("Entitlement"), frappe.qb.DocType("Beneficiary")
    account = frappe.qb.DocType("Payment Account")

    def empty(field):
        return (field == "") | field.isnull()

    cash = term.payment_method == "Cash"
    faults = {
        "no_account": (term.payment_method != "Cash") & (account.status.isnull() | (account.status != "Active")),
        "no_reason": cash & empty(term.cash_reason),
        "no_receiver": (term.payee_type != "Self") & empty(term.representative),
        "no_decision": empty(term.decision_no),
    }
    query = (
        frappe.qb.from_(term)
        .join(person)
        .on(term.beneficiary == person.name)
        .left_join(account)
        .on(term.payment_account == account.name)
        .select(person.office, person.administrative_unit.as_("unit"), Count(term.name).as_("benefits"))
        .select(*(Sum(Case().when(fault, 1).else_(0)).as_(name) for name, fault in faults.items()))
        .where(term.docstatus == 1)
        .where(term.effective_to.isnull() | (term.effective_to >= now))
        .where(person.status.isin(["Active", "Suspended"]))
        .groupby(person.office, person.administrative_unit)
    )
    return (query.where(person.office == filters.office) if filters.office else query).run(as_dict=True)


def labels() -> dict[str, str]:
    """What each fault is called."""
    return {
        "no_id": _("No Identity Number"),
        "wrong_id": _("Identity Number Not of 12 Digits"),
        "doubt": _("Doubtful Identity"),
        "no_phone": _("No Phone"),
        "wrong_phone": _("Phone Not of 10 Digits"),
        "birth_year": _("Birth Without a Day"),
        "no_village": _("No Village"),
        "unverified": _("Not Verified"),
        "no_account": _("No Open Account"),
        "no_reason": _("Cash Without a Reason"),
        "no_receiver": _("Receiver Not Named"),
        "no_decision": _("No Decision Number"),
    }


def _columns() -> list[dict]:
    names = labels()
    return [
        frame.text("commune", _("Commune"), 180),
        frame.whole("people", _("People"), 90),
        frame.whole("clean", _("Without a Fault"), 110),
        frame.rate("percent", _("Rate (%)"), 90),
        *(frame.whole(field, names[field]) for field in OF_PEOPLE),
        frame.whole("benefits", _("Benefits in Force"), 100),
        *(frame.whole(field, names[field]) for field in OF_BENEFITS),
    ]


def _summary(total: dict) -> list[dict]:
    names = labels()
    return [
        frame.figure(_("People"), total["people"]),
        frame.figure(_("Without a Fault (%)"), total["percent"], "Green", "Float"),
        frame.figure(names["no_id"], total["no_id"], "Red"),
        frame.figure(names["unverified"], total["unverified"], "Orange"),
        frame.figure(names["no_account"], total["no_account"], "Orange"),
        frame.figure(names["no_reason"], total["no_reason"], "Red"),
    ]
