"""Half-yearly statistics of social assistance, Mẫu 10a–10d (NĐ 20/2021, TT 02/2021 Đ6): people by sex, and cost.

The columns are the decree's; the rows are the categories of the law as this system pays them. What it cannot know
(people in social protection centres, households in hunger, kinds of disability …) is a dash, never a 0.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Max, Sum
from frappe.utils import cint, getdate

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.policy.law import load_law
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes, counted_for, filter_month, periods_of

# These stand in one row together: the row of a small group alone would tell why its people draw the allowance.
FOLDED = ("BTXH-04", "BTXH-07")
PROGRAMMES = ("BTXH", "CARE", "HTXH")
_MILLION = Decimal(1_000_000)


@dataclass
class Count:
    """People of a row, each once, by sex; the row's cost in đồng."""

    people: set = field(default_factory=set)
    men: set = field(default_factory=set)
    women: set = field(default_factory=set)
    amount: int = 0

    def add(self, alike: list) -> None:
        """Benefits of one kind, of people of one sex, all of them counted or none."""
        self.amount += sum(one.amount for one in alike)
        if alike[0].counted:
            people = {one.beneficiary for one in alike}
            self.people |= people
            if sex := alike[0].sex:
                (self.men if sex == "Male" else self.women).update(people)


@dataclass(frozen=True, slots=True)
class Paid:
    """One benefit of one person in the half-year; `counted` when it stands on the last month's list."""

    beneficiary: str
    category: str
    programme: str
    one_off: bool
    sex: str
    age: int | None
    amount: int
    counted: bool


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `form` (10a, 10b, 10c, 10d), `from_month`, `to_month`
    (default: the half-year of the last period, up to it), `office`, `administrative_unit`, `detailed` (every
    category by itself, only for who may read the registry, not for sending).

    People stand on the last month's list; cost is what was paid in the months, in million đồng.
    """
    filters = frappe._dict(filters or {})
    last = filter_month(filters.to_month or filters.month, filters.office)
    half = Month(last.first_day.year, 1 if last.first_day.month <= 6 else 7)
    first = Month.of(getdate(filters.from_month)) if filters.from_month else half
    form = filters.form if filters.form in _FORMS else "10a"
    detailed = bool(cint(filters.detailed)) and bool(frappe.has_permission("Entitlement", "read"))
    paid = _paid(filters, first, last)
    message = _("Mẫu {0}, months {1} to {2}: people on the last list, cost paid in the months").format(
        form, first.label, last.label
    )
    if not paid:
        return frame.answer(_columns(), [], message)
    message += ". " + _("A dash is what this system does not know and the reporter adds by hand.")
    if detailed:
        message += " " + _("For use inside the office only.")
    rows = _FORMS[form](paid, detailed)
    chart = _chart(rows)
    for row in rows:
        row.update({name: frame.said(row[name]) for name in ("total", "men", "women")})
        row["cost"] = frame.said(row["cost"], 3)
    cost = sum(one.amount for one in paid)
    people = len({one.beneficiary for one in paid if one.counted})
    summary = [
        frame.figure(_("People"), people),
        frame.figure(_("Paid in the Months (đồng)"), cost, "Green"),
        frame.figure(_("Sex Not Recorded"), len({one.beneficiary for one in paid if one.counted and not one.sex}), "Orange"),
    ]
    return frame.answer(_columns(), rows, message, chart, summary)


def _paid(filters, first: Month, last: Month) -> list[Paid]:
    """Every benefit paid or on the last list, of the reader's area. Two queries, whatever the number of people."""
    communes, admits = Communes(last.last_day), counted_for()
    area = communes.tree.area([filters.administrative_unit]) if filters.administrative_unit else None
    law, found = load_law(), []
    for row in [*_rows(filters, first, last, "Entitlement"), *_rows(filters, first, last, "One-off Grant")]:
        if not admits(row.office, row.unit) or area is not None and row.unit not in area:
            continue
        born = getdate(row.date_of_birth) if row.date_of_birth else None
        one_off = row.kind == "One-off"
        band = None if one_off else law.band(row.category, born, last)
        category = band.code if band else row.category
        age = (last.index - Month.of(born).index) // 12 if born else None
        found.append(
            Paid(
                row.beneficiary, category, row.programme, one_off, row.sex or "", age,
                as_dong(row.amount or 0), bool(row.counted),
            )
        )  # fmt: skip
    return found


def _rows(filters, first: Month, last: Month, source: str) -> list[dict]:
    line = frappe.qb.DocType("Payout Line")
    person, origin = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType(source)
    one_off = source == "One-off Grant"
    category = origin.grant_type if one_off else origin.category
    live = line.status != "Cancelled"
    this_month = line.period.isin(periods_of(last, office=filters.office)) & (line.monthly_amount > 0)
    # Paid with the month before (Tết): nobody on that list has left this one.
    early = line.period.isin(periods_of(last - 1, office=filters.office)) & (line.advance > 0)
    on_the_list = live if one_off else live & (this_month | early)
    parts = (
        line.office, line.kind, line.beneficiary, person.sex, person.date_of_birth, category, origin.programme,
        line.administrative_unit,
    )  # fmt: skip
    query = (
        frappe.qb.from_(line)
        .join(origin)
        .on((line.one_off_grant if one_off else line.entitlement) == origin.name)
        .join(person)
        .on(line.beneficiary == person.name)
        .select(*parts[:5], category.as_("category"), origin.programme, line.administrative_unit.as_("unit"))
        .select(Sum(Case().when(line.status == "Paid", line.total).else_(0)).as_("amount"))
        .select(Max(Case().when(on_the_list, 1).else_(0)).as_("counted"))
        .where(line.period.isin(periods_of(first, last, filters.office)))
        .where(line.kind == ("One-off" if one_off else "Regular"))
        .where(line.programme.isin(PROGRAMMES))
        .groupby(*parts)
    )
    if filters.office:
        query = query.where(line.office == filters.office)
    return query.run(as_dict=True)


# The forms


class Form:
    """Collects the rows of a form: sections in bold with their sum, numbered rows under them."""

    def __init__(self, paid: list[Paid]):
        self.rows, self.sections = [], 0
        # A row asks for each kind of benefit, not for each of a hundred thousand.
        self.kinds: dict[tuple, list[Paid]] = defaultdict(list)
        for one in paid:
            self.kinds[one.one_off, one.programme, one.category, one.age, one.sex, one.counted].append(one)

    def section(self, title: str, belongs: Callable[[Paid], bool] | None) -> None:
        """A section's head; `belongs` says who is summed there, None is what the system does not know."""
        self.sections += 1
        self.number = 0
        roman = ("I", "II", "III", "IV", "V")[self.sections - 1]
        self.rows.append({"no": roman, "subject": title, "bold": 1, **_values(self._count(belongs))})

    def row(self, title: str, belongs: Callable[[Paid], bool] | None) -> None:
        """A numbered row."""
        self.number += 1
        self.rows.append({"no": str(self.number), "subject": title, "indent": 1, **_values(self._count(belongs))})

    def _count(self, belongs) -> Count | None:
        if belongs is None:
            return None
        count = Count()
        for alike in self.kinds.values():
            if belongs(alike[0]):
                count.add(alike)
        return count


def _values(count: Count | None) -> dict:
    if count is None:
        return dict.fromkeys(("total", "men", "women", "cost"))
    cost = (Decimal(count.amount) / _MILLION).quantize(Decimal("0.001"), ROUND_HALF_UP)
    return {"total": len(count.people), "men": len(count.men), "women": len(count.women), "cost": float(cost)}


def _monthly(one: Paid, *programmes: str) -> bool:
    return not one.one_off and one.programme in programmes


def _titles(*programmes: str) -> dict[str, str]:
    """Code -> title of the monthly categories, in the order of the law."""
    rows = frappe.get_all(
        "Benefit Category",
        {"programme": ["in", programmes], "kind": "Monthly"},
        ["name", "title"],
        order_by="programme, name",
        limit_page_length=0,
    )
    return {row.name: row.title for row in rows}


def _folded(detailed: bool) -> set[str]:
    """Categories that stand together: those that tell of an illness, hidden among others."""
    if detailed:
        return set()
    sensitive = frappe.get_all("Benefit Category", {"sensitive": 1, "kind": "Monthly"}, pluck="name")
    return {*sensitive, *FOLDED}


def _regular(paid: list[Paid], detailed: bool) -> list[dict]:
    """Mẫu 10a: monthly assistance, care support, funeral support, care in centres."""
    form, together = Form(paid), _folded(detailed)
    form.section(_("Monthly social assistance in the community"), lambda one: _monthly(one, "BTXH", "HTXH"))
    for code, title in _titles("BTXH", "HTXH").items():
        if code not in together:
            form.row(title, lambda one, code=code: not one.one_off and one.category == code)
    if together:
        form.row(_("Other people under social protection"), lambda one: not one.one_off and one.category in together)
    form.section(_("Support for care and fostering"), lambda one: _monthly(one, "CARE"))
    for code, title in _titles("CARE").items():
        form.row(title, lambda one, code=code: not one.one_off and one.category == code)
    funerals = {"MT-BTXH": _("Of people under social protection"), "MT-HTXH": _("Of people with a social pension")}
    form.section(_("Support for funerals"), lambda one: one.one_off and one.category in funerals)
    for code, title in funerals.items():
        form.row(title, lambda one, code=code: one.one_off and one.category == code)
    form.section(_("Care in social protection centres"), None)
    return form.rows


def _emergency(paid: list[Paid], detailed: bool) -> list[dict]:
    """Mẫu 10b: emergency and one-off assistance."""
    form = Form(paid)
    form.section(_("Emergency assistance"), None)
    form.row(_("Households and people in hunger"), None)
    form.row(_("Badly injured people"), None)
    form.row(
        _("Funerals of those who died or are missing in disasters, fires, epidemics, grave accidents"),
        lambda one: one.one_off and one.category == "MT-TAI",
    )
    form.row(_("Houses lost or damaged"), None)
    form.row(_("Children left without anybody to care for them"), None)
    form.section(
        _("Other one-off grants of social assistance"),
        lambda one: one.one_off and one.category != "MT-TAI" and one.programme in ("BTXH", "HTXH"),
    )
    titles = dict(
        frappe.get_all(
            "Benefit Category",
            {"kind": "One-off", "programme": ["in", ("BTXH", "HTXH")], "name": ["!=", "MT-TAI"]},
            ["name", "title"],
            order_by="name",
            as_list=True,
        )
    )
    for code, title in titles.items():
        form.row(title, lambda one, code=code: one.one_off and one.category == code)
    return form.rows


def _older(paid: list[Paid], detailed: bool) -> list[dict]:
    """Mẫu 10c: older people, from 60 years on."""
    form = Form(paid)

    def old(one: Paid) -> bool:
        return one.age is not None and one.age >= 60 and _monthly(one, "BTXH", "HTXH", "CARE")

    form.section(_("Older people in the area"), None)
    form.section(_("Older people with monthly assistance"), lambda one: old(one) and one.programme != "CARE")
    for low, high in ((60, 70), (70, 75), (75, 80), (80, None)):
        title = _("{0} to under {1} years").format(low, high) if high else _("{0} years and more").format(low)
        form.row(
            title,
            lambda one, low=low, high=high: old(one)
            and one.programme != "CARE"
            and one.age >= low
            and (high is None or one.age < high),
        )
    form.section(_("By the ground of assistance"), lambda one: old(one) and one.programme != "CARE")
    for code, title in _titles("BTXH", "HTXH").items():
        if code.startswith(("BTXH-05", "HTXH")):
            form.row(title, lambda one, code=code: old(one) and one.category == code)
    form.row(_("Older people with a disability"), lambda one: old(one) and one.category.startswith("BTXH-06"))
    form.section(_("Taken care of in the community"), lambda one: old(one) and one.category == "CS-05D")
    form.section(_("Care in social protection centres"), None)
    return form.rows


def _disabled(paid: list[Paid], detailed: bool) -> list[dict]:
    """Mẫu 10d: people with disabilities."""
    form = Form(paid)
    form.section(_("People with disabilities in the area"), None)
    for kind in (_("Movement"), _("Hearing and speech"), _("Sight"), _("Mind and psyche"), _("Intellect"), _("Other")):
        form.row(kind, None)
    form.section(
        _("With monthly assistance"), lambda one: not one.one_off and one.category.startswith("BTXH-06")
    )
    for code, title in _titles("BTXH").items():
        if code.startswith("BTXH-06"):
            form.row(title, lambda one, code=code: not one.one_off and one.category == code)
    form.section(
        _("Support for their care"), lambda one: not one.one_off and one.category.startswith("CS-06")
    )
    for code, title in _titles("CARE").items():
        if code.startswith("CS-06"):
            form.row(title, lambda one, code=code: not one.one_off and one.category == code)
    form.section(_("Care in social protection centres"), None)
    return form.rows


_FORMS = {"10a": _regular, "10b": _emergency, "10c": _older, "10d": _disabled}


def _columns() -> list[dict]:
    return [
        frame.text("no", _("No."), 60),
        frame.text("subject", _("Indicator"), 480),
        frame.known("total", _("Total")),
        frame.known("men", _("Men")),
        frame.known("women", _("Women")),
        frame.known("cost", _("Cost (million đồng)"), 150, 3),
    ]


def _chart(rows: list[dict]) -> dict | None:
    """The rows with people, men beside women; sections are sums and stay out."""
    shown, labels, section = [], [], ""
    for row in rows:
        if row.get("bold"):
            section = row["no"]
        elif row["total"]:
            shown.append(row)
            labels.append(f"{section}.{row['no']}")  # the titles are whole sentences
    return frame.bars(
        labels,
        {_("Men"): [row["men"] for row in shown], _("Women"): [row["women"] for row in shown]},
        stacked=True,
    )
