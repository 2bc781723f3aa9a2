"""Which units, offices and providers a user may see: one answer for lists, documents, reports and methods.

Frappe's User Permissions fail open (no record means every row), so they are only the source of a user's
areas; what follows from them is decided here, and a scoped role without an area sees nothing.
"""

import re
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import frappe
from frappe import _

from ansinh_app.exceptions import AreaError
from ansinh_app.gate.questions import asked_doctype, asked_text, refuse_hidden_questions
from ansinh_app.oversight import personal_data
from ansinh_app.registry.units import unit_tree

# What a role may be limited to. "office": the paying office's own people, all offices unless limited to some;
# "commune": units; "provider": banks and the Post; "viewer": the province, sums and never people.
KIND_OF_ROLE = {
    "Social Affairs Officer": "office",
    "Social Affairs Manager": "office",
    "Finance Officer": "office",
    "Treasury Officer": "office",
    "Auditor": "office",
    "Commune Officer": "commune",
    "Police Officer": "commune",
    "Outreach Officer": "commune",
    "Bank Officer": "provider",
    "Post Office Clerk": "provider",
    "Province Viewer": "viewer",
}
# What each kind is held to: all of it that a DocType knows must admit a row; knowing none, it shows none.
DIMENSIONS_OF_KIND = {
    "office": ("offices", "units"),
    "commune": ("units",),
    "provider": ("providers",),
    "viewer": ("totals",),
}


@dataclass(frozen=True)
class Way:
    """A row belongs to an area when `column` (or `via_column` of what it points to) is one of a set."""

    column: str
    values: str
    via: str | None = None
    via_column: str | None = None


_OF_PERSON = {
    "offices": (Way("beneficiary", "offices", "Beneficiary", "office"),),
    "units": (Way("beneficiary", "units", "Beneficiary", "administrative_unit"),),
}
_OF_OFFICE = {"offices": (Way("office", "offices"),)}

# DocType -> dimension -> ways, any of which is enough.
RULES: dict[str, dict[str, tuple[Way, ...]]] = {
    "Beneficiary": {
        "offices": (Way("office", "offices"),),
        "units": (Way("administrative_unit", "units"),),
    },
    "Representative": {
        "offices": (Way("administrative_unit", "office_units"),),
        "units": (Way("administrative_unit", "units"),),
    },
    "Duplicate Finding": {
        "offices": (
            Way("beneficiary", "offices", "Beneficiary", "office"),
            Way("other_beneficiary", "offices", "Beneficiary", "office"),
        ),
        "units": (
            Way("beneficiary", "units", "Beneficiary", "administrative_unit"),
            Way("other_beneficiary", "units", "Beneficiary", "administrative_unit"),
        ),
    },
    "Entitlement": _OF_PERSON,
    "Registry Change": _OF_PERSON,
    "Unit Move": _OF_PERSON,
    "One-off Grant": _OF_PERSON,
    "Recovery Case": _OF_PERSON,
    # The police see these in their own units, and of the registry nothing else.
    **dict.fromkeys(
        ("Identity Verification", "Identity Verification List", "ID Card Request", "ID Card List"),
        {
            "offices": (Way("office", "offices"),),
            "units": (Way("administrative_unit", "units"),),
        },
    ),
    "Registry Import": {
        "offices": (Way("office", "offices"),),
        "units": (Way("administrative_unit", "units"),),
    },
    "Registry Import Row": {
        "offices": (Way("registry_import", "offices", "Registry Import", "office"),),
        "units": (Way("registry_import", "units", "Registry Import", "administrative_unit"),),
    },
    "Registry Import Layout": {
        "offices": (Way("administrative_unit", "office_units"),),
        "units": (Way("administrative_unit", "units"),),
    },
    "Registry Change List": {
        "offices": (Way("office", "offices"),),
        "units": (Way("administrative_unit", "units"),),
    },
    "Registry Change List Row": {
        "offices": (Way("change_list", "offices", "Registry Change List", "office"),),
        "units": (Way("change_list", "units", "Registry Change List", "administrative_unit"),),
    },
    "Payment Account": {
        "offices": (
            Way("beneficiary", "offices", "Beneficiary", "office"),
            Way("representative", "office_units", "Representative", "administrative_unit"),
        ),
        "units": (
            Way("beneficiary", "units", "Beneficiary", "administrative_unit"),
            Way("representative", "units", "Representative", "administrative_unit"),
        ),
        "providers": (Way("provider", "providers"),),
    },
    "Bank Contract": {
        **_OF_OFFICE,
        "providers": (Way("provider", "providers"), Way("via_provider", "providers")),
    },
    "Pay Point": {
        "offices": (Way("administrative_unit", "office_units"),),
        "units": (Way("administrative_unit", "units"),),
        "providers": (Way("provider", "providers"),),
        "totals": (Way("administrative_unit", "viewed_units"),),
    },
    "Account Campaign": {
        **_OF_OFFICE,
        "units": (Way("office", "units_above", "Paying Office", "administrative_unit"),),
        "providers": (Way("provider", "providers"), Way("contract", "providers", "Bank Contract", "via_provider")),
    },
    "Account Request List": {
        **_OF_OFFICE,
        "providers": (Way("provider", "providers"), Way("contract", "providers", "Bank Contract", "via_provider")),
    },
    "Account Request": {
        "offices": (Way("office", "offices"),),
        "units": (Way("administrative_unit", "units"),),
        "providers": (Way("provider", "providers"), Way("contract", "providers", "Bank Contract", "via_provider")),
    },
    "Campaign Visit": {
        "offices": (Way("office", "offices"),),
        "units": (Way("administrative_unit", "units"),),
        "providers": (Way("provider", "providers"), Way("contract", "providers", "Bank Contract", "via_provider")),
    },
    "Payment Move": _OF_OFFICE,
    # A question is the office's alone until it is asked.
    "Provider Inquiry": {**_OF_OFFICE, "providers": (Way("asked_provider", "providers"),)},
    "Payout Period": {
        **_OF_OFFICE,
        "units": (Way("office", "units_above", "Paying Office", "administrative_unit"),),
        "providers": (Way("office", "contract_offices"),),
        "totals": (Way("office", "viewed_units", "Paying Office", "administrative_unit"),),
    },
    "Preflight Override": _OF_OFFICE,
    "Payout Batch": {
        **_OF_OFFICE,
        "providers": (Way("provider", "providers"), Way("receiver", "providers")),
    },
    "Payout Line": {
        "offices": (Way("office", "offices"),),
        "units": (Way("administrative_unit", "units"),),
        "providers": (Way("provider", "providers"), Way("batch", "providers", "Payout Batch", "receiver")),
    },
    "Provider Result": {
        "offices": (Way("batch", "offices", "Payout Batch", "office"),),
        "providers": (
            Way("batch", "providers", "Payout Batch", "provider"),
            Way("batch", "providers", "Payout Batch", "receiver"),
        ),
    },
    "Signed Cash List": {
        **_OF_OFFICE,
        "providers": (Way("provider", "providers"), Way("batch", "providers", "Payout Batch", "receiver")),
    },
    "Settlement": {**_OF_OFFICE, "providers": (Way("provider", "providers"),)},
    "Treasury Drawdown": _OF_OFFICE,
    "Treasury Return": _OF_OFFICE,
    "Budget Allotment": _OF_OFFICE,
    "Report Schedule": _OF_OFFICE,
    # A bank sees the cases it is asked about and those it opened; see also outreach/case_rights.py.
    "Support Case": {
        **_OF_OFFICE,
        "units": (Way("administrative_unit", "units"),),
        "providers": (Way("asked_provider", "providers"), Way("opened_provider", "providers")),
    },
    "Obstacle Summary": _OF_OFFICE,
    "Outreach Activity": {
        **_OF_OFFICE,
        "units": (Way("administrative_unit", "units"),),
        "providers": (Way("provider", "providers"),),
    },
    "Payment Notice": {
        **_OF_OFFICE,
        "units": (Way("administrative_unit", "units"),),
        "providers": (Way("office", "contract_offices"),),
        "totals": (Way("administrative_unit", "viewed_units"),),
    },
    # Whoever is inspected sees it once the visit has been.
    "Inspection": {
        **_OF_OFFICE,
        "units": (Way("shown_unit", "units"),),
        "providers": (Way("shown_provider", "providers"),),
    },
    "Report Dispatch": _OF_OFFICE,
    "Commune Report": {**_OF_OFFICE, "units": (Way("administrative_unit", "units"),)},
    "Personal Data Consent": _OF_PERSON,
    "Data Subject Request": _OF_PERSON,
    "Personal Data Log": _OF_OFFICE,
    "Data Incident": _OF_OFFICE,
    "Retention Run": _OF_OFFICE,
    "Retention Item": {"offices": (Way("retention_run", "offices", "Retention Run", "office"),)},
}


class Scope:
    """What one user may see. A set of names, None where nothing limits it; an empty set admits nothing."""

    def __init__(self, user: str):
        self.user = user
        roles = set(frappe.get_roles(user))
        self.unrestricted = user == "Administrator" or "System Manager" in roles
        self.kinds = frozenset(KIND_OF_ROLE[role] for role in roles if role in KIND_OF_ROLE)
        self._areas: dict[str, set[str]] = {}
        if not self.unrestricted and self.kinds:
            rows = frappe.get_all(
                "User Permission",
                filters={
                    "user": user,
                    "allow": ["in", ["Administrative Unit", "Paying Office", "Payment Service Provider"]],
                },
                fields=["allow", "for_value"],
            )
            for row in rows:
                self._areas.setdefault(row.allow, set()).add(row.for_value)

    def only(self, kind: str) -> "Scope":
        """The same user judged by one kind of role: a second role adds its own area, it does not lift a limit."""
        one = copy(self)
        for name, value in vars(type(self)).items():
            if isinstance(value, cached_property):
                one.__dict__.pop(name, None)
        one.kinds = self.kinds & {kind}
        return one

    def _of(self, doctype: str) -> frozenset[str]:
        return frozenset(self._areas.get(doctype, ()))

    @cached_property
    def units(self) -> frozenset[str] | None:
        """Units whose people the user may see: his own, those below, their predecessors and successors."""
        if self.unrestricted:
            return None
        own = self._of("Administrative Unit")
        if own and self.kinds & {"office", "commune"}:
            return unit_tree().area(own)
        return None if "office" in self.kinds else frozenset()

    @cached_property
    def offices(self) -> frozenset[str] | None:
        """Paying offices whose papers the user may see."""
        if self.unrestricted:
            return None
        own = self._of("Paying Office")
        if "office" not in self.kinds:
            return frozenset()
        return own or None

    @cached_property
    def providers(self) -> frozenset[str] | None:
        """Providers whose contracts, batches and lines the user may see."""
        if self.unrestricted or "office" in self.kinds:
            return None
        return self._of("Payment Service Provider") if "provider" in self.kinds else frozenset()

    @cached_property
    def office_units(self) -> frozenset[str] | None:
        """The area of the user's offices."""
        return None if self.offices is None else _area_of_offices(self.offices)

    @cached_property
    def units_above(self) -> frozenset[str] | None:
        """The user's units and all above them: whose office pays his people."""
        if self.units is None:
            return None
        tree = unit_tree()
        return self.units | {above for unit in self.units for above in tree.above(unit)}

    @cached_property
    def contract_offices(self) -> frozenset[str] | None:
        """Offices that have a contract with the user's providers."""
        if not self.providers:
            return self.providers  # all of them for who also works for an office; none without a provider
        named = ["in", list(self.providers)]
        rows = frappe.get_all(
            "Bank Contract",
            filters={"docstatus": 1},
            or_filters={"provider": named, "via_provider": named},
            pluck="office",
        )
        return frozenset(rows)

    @cached_property
    def viewed_units(self) -> frozenset[str] | None:
        """Units of which a viewer sees the sums: all, or those named for him."""
        own = self._of("Administrative Unit")
        return unit_tree().area(own) if own else None


def _area_of_offices(offices) -> frozenset[str]:
    units = frappe.get_all(
        "Paying Office", filters={"name": ["in", list(offices) or [""]]}, pluck="administrative_unit"
    )
    return unit_tree().area([unit for unit in units if unit])


def scope(user: str | None = None) -> Scope:
    """The scope of a user, of the one in session by default."""
    return Scope(user or frappe.session.user)


# Hooks


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
    """Hook `permission_query_conditions`: the SQL condition on the rows of `doctype` the user may list."""
    who = scope(user)
    parts = [_rows_of(who, doctype)]
    if who.user == frappe.session.user:
        refuse_hidden_questions(doctype)
        parts += _of_links_asked(who, doctype)
    return " and ".join(filter(None, parts))


def child_query_conditions(user: str | None = None, doctype: str | None = None) -> str:
    """Hook `permission_query_conditions` of the tables in guarded documents: the rows of documents one may list."""
    who = scope(user)
    if who.user == frappe.session.user:
        refuse_hidden_questions(doctype)
    if who.unrestricted:
        return ""
    tables = frappe.get_all("DocField", {"options": doctype, "fieldtype": ["like", "Table%"]}, ["parent"], distinct=True)
    choices = []
    for parent in sorted(table.parent for table in tables):
        own = f"`tab{doctype}`.`parenttype` = {frappe.db.escape(parent)}"
        inner = names_in_area(who, parent)
        choices.append(f"({own} and `tab{doctype}`.`parent` in ({inner}))" if inner else f"({own})")
    return "(" + " or ".join(choices) + ")" if choices else "1=0"


def file_query_conditions(user: str | None = None, doctype: str | None = None) -> str:
    """Hook `permission_query_conditions` of File: what hangs on a guarded document is listed to its readers alone."""
    who = scope(user)
    if who.unrestricted:
        return ""
    kind, name = "`tabFile`.`attached_to_doctype`", "`tabFile`.`attached_to_name`"
    guarded = ", ".join(frappe.db.escape(one) for one in sorted(RULES))
    choices = [f"ifnull({kind}, '') not in ({guarded})"]
    for one in sorted(RULES):
        if frappe.has_permission(one, "read", user=who.user):
            inner = names_in_area(who, one)
            own = f"{kind} = {frappe.db.escape(one)}"
            choices.append(f"({own} and {name} in ({inner}))" if inner else f"({own})")
    return "(" + " or ".join(choices) + ")"


def _rows_of(who: Scope, doctype: str) -> str:
    if who.unrestricted:
        return ""
    choices = []
    for kind in sorted(who.kinds):
        parts = _conditions_of_kind(who, kind, doctype)
        if parts == []:
            return ""
        if parts is not None:
            choices.append("(" + " and ".join(parts) + ")")
    return "(" + " or ".join(choices) + ")" if choices else "1=0"


def names_in_area(who: Scope, doctype: str) -> str:
    """The query for the names of a DocType's rows the user may list; empty where nothing limits them."""
    hook = frappe.get_hooks("permission_query_conditions").get(doctype)
    condition = frappe.get_attr(hook[-1])(who.user, doctype) if hook else ""
    # The DocType's name comes from its metadata, the condition from this module.
    return f"select `tab{doctype}`.`name` from `tab{doctype}` where {condition}" if condition else ""  # noqa: S608


def _of_links_asked(who: Scope, doctype: str) -> list[str]:
    """Conditions for what a request asks of linked documents, as `link.field`: they lie in the user's area too."""
    if not getattr(frappe.local, "request", None) or who.unrestricted or asked_doctype() not in (None, doctype):
        return []
    asked, conditions = asked_text(), []
    for link in frappe.get_meta(doctype).get_link_fields() if "." in asked else ():
        if not re.search(rf"(?<![\w.]){link.fieldname}\s*\.\s*\w", asked):
            continue
        inner = names_in_area(who, link.options)
        if inner:
            column = f"`tab{doctype}`.`{link.fieldname}`"
            conditions.append(f"(ifnull({column}, '') = '' or {column} in ({inner}))")
    return conditions


def has_permission(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
    """Hook `has_permission`: whether the document, as it is and as it stood, lies in the user's area."""
    who = scope(user)
    if who.user == frappe.session.user:
        refuse_hidden_questions(doc.doctype)
    if who.unrestricted:
        personal_data.on_read(doc)
        return True
    states = [doc]
    if ptype != "create" and doc.name:
        # A change must not move a document out of someone else's area into one's own, and a document that a
        # request brings along (to be printed, say) is not believed where it stands.
        columns = sorted({way.column for ways in RULES[doc.doctype].values() for way in ways})
        stored = frappe.db.get_value(doc.doctype, doc.name, columns, as_dict=True)
        if stored:
            states.append(stored)
    allowed = all(_admits(who, doc.doctype, state, new=ptype == "create") for state in states)
    if allowed and ptype in (None, "read"):
        personal_data.on_read(doc)
    return allowed


def _conditions_of_kind(who: Scope, kind: str, doctype: str) -> list[str] | None:
    """Conditions that must all hold; [] where nothing limits this kind; None where the kind sees nothing."""
    who = who.only(kind)
    known = [
        RULES[doctype][dimension] for dimension in DIMENSIONS_OF_KIND[kind] if dimension in RULES[doctype]
    ]
    if not known:
        return None
    parts = []
    for ways in known:
        conditions = [_condition(who, doctype, way) for way in ways]
        if None not in conditions:
            parts.append("(" + " or ".join(conditions) + ")")
    return parts


def _condition(who: Scope, doctype: str, way: Way) -> str | None:
    values = getattr(who, way.values)
    if values is None:
        return None
    if not values:
        return "1=0"
    listed = ", ".join(frappe.db.escape(value) for value in sorted(values))
    column = f"`tab{doctype}`.`{way.column}`"
    if way.via:
        # Names of tables and columns are this module's own, the values escaped.
        # Asked of the row in hand: `in (select …)` would collect everybody of an office for each small list.
        own = f"`whose`.`name`={column} and `whose`.`{way.via_column}` in ({listed})"
        return f"exists (select 1 from `tab{way.via}` `whose` where {own})"  # noqa: S608
    return f"{column} in ({listed})"


def _admits(who: Scope, doctype: str, state, new: bool) -> bool:
    for kind in who.kinds:
        known = [
            RULES[doctype][dimension] for dimension in DIMENSIONS_OF_KIND[kind] if dimension in RULES[doctype]
        ]
        one = who.only(kind)
        if known and all(any(_matches(one, way, state, new) for way in ways) for ways in known):
            return True
    return False


def _matches(who: Scope, way: Way, state, new: bool) -> bool:
    values = getattr(who, way.values)
    if values is None:
        return True
    value = state.get(way.column)
    if not value:
        # An unfinished new document is for the mandatory check to refuse, in words that name the field.
        return new and bool(values)
    if way.via:
        value = frappe.db.get_value(way.via, value, way.via_column)
    return value in values


# Helpers for methods and reports


def allowed_units(user: str | None = None) -> frozenset[str] | None:
    """Units of which the user may see sums; None = all, empty = none."""
    who = scope(user)
    if who.unrestricted:
        return None
    sets = []
    if "office" in who.kinds:
        office = who.only("office")
        sets.append(office.units if office.units is not None else office.office_units)
    if "commune" in who.kinds:
        sets.append(who.only("commune").units)
    if "viewer" in who.kinds:
        sets.append(who.viewed_units)
    return _union(sets)


def allowed_offices(user: str | None = None) -> frozenset[str] | None:
    """Offices whose money the user may see in sums; None = all, empty = none."""
    who = scope(user)
    if who.unrestricted:
        return None
    sets = [who.offices] if "office" in who.kinds else []
    if "viewer" in who.kinds:
        sets.append(_offices_in(who.viewed_units))
    return _union(sets)


def sees_people(user: str | None = None) -> bool:
    """Whether the user may see single people at all; the province's viewers see sums only."""
    who = scope(user)
    return who.unrestricted or bool(who.kinds - {"viewer"})


def knows_office(office: str, user: str) -> bool:
    """Whether the office works for the user's area in any way: his own, his commune's, his provider's, his province's."""
    return _admits(scope(user), "Payout Period", frappe._dict(office=office), new=False)


def check_office(office: str, user: str | None = None) -> None:
    """Raise AreaError unless the user works for this paying office (or for all)."""
    who = scope(user)
    if who.unrestricted or ("office" in who.kinds and (who.offices is None or office in who.offices)):
        return
    frappe.throw(
        _("Paying office {0} is not yours. Ask the office's manager to name you for it.").format(
            frappe.bold(office)
        ),
        AreaError,
        title=_("Outside Your Area"),
    )


def check_unit(unit: str, user: str | None = None) -> None:
    """Raise AreaError unless the unit lies in the user's area."""
    units = allowed_units(user)
    if units is None or unit in units:
        return
    title = frappe.db.get_value("Administrative Unit", unit, "unit_name") or unit
    frappe.throw(
        _("{0} is not in your area. Choose a unit of your own.").format(frappe.bold(title)),
        AreaError,
        title=_("Outside Your Area"),
    )


def _offices_in(units: frozenset[str] | None) -> frozenset[str] | None:
    if units is None:
        return None
    filters = {"administrative_unit": ["in", list(units) or [""]]}
    return frozenset(frappe.get_all("Paying Office", filters=filters, pluck="name"))


def _union(sets: list) -> frozenset[str] | None:
    if any(values is None for values in sets):
        return None
    return frozenset().union(*sets)


@frappe.whitelist()
def count_for_reader(
    doctype: str,
    filters: str | dict | list | None = None,
    debug: bool | int | str = False,
    cache: bool | int | str = False,
) -> int:
    """How many documents match of those the caller may list; `filters` as for lists, also as JSON.

    Stands in for `frappe.client.get_count`, which on a bench counts everybody's and so answers what a
    caller may not ask: whether a certain person draws a certain benefit.
    """
    rows = frappe.get_list(
        doctype,
        filters=frappe.parse_json(filters),
        fields=[f"count(distinct `tab{doctype}`.`name`) as total"],
        order_by=None,
        limit_page_length=1,
    )
    return rows[0].total if rows else 0
