"""Which role sees which identifier in full, and what the others see of it (DOMAIN 7.3.4).

One table decides: the permission levels of the DocTypes, papers, the reveal action and the tests follow it.
"""

from dataclasses import dataclass

from .identity import account, cccd, cmnd, phone

PERSONAL_ID, ACCOUNT, PHONE = "id", "account", "phone"

_OFFICER, _MANAGER, _COMMUNE = "Social Affairs Officer", "Social Affairs Manager", "Commune Officer"
_POLICE, _POST, _BANK = "Police Officer", "Post Office Clerk", "Bank Officer"
_TREASURY, _FINANCE = "Treasury Officer", "Finance Officer"
_OUTREACH, _AUDITOR, _SYSTEM = "Outreach Officer", "Auditor", "System Manager"


@dataclass(frozen=True, slots=True)
class Rule:
    """`level` is the permission level of the fields; `full` need the number for their work, `reveal` may ask
    for it document by document with a reason. Whoever is in neither sees the masked number only."""

    level: int
    full: tuple[str, ...]
    reveal: tuple[str, ...]


# System Manager stands with those who see all: who runs the site reaches the database anyway.
RULES: dict[str, Rule] = {
    # The office and the commune identify people, the police check them, bank and Post open accounts with it.
    PERSONAL_ID: Rule(2, (_SYSTEM, _OFFICER, _MANAGER, _COMMUNE, _POLICE, _POST, _BANK), (_AUDITOR,)),
    # The office pays into it, bank and Post credit it, the commune hands it in with the person.
    ACCOUNT: Rule(3, (_SYSTEM, _OFFICER, _MANAGER, _COMMUNE, _POST, _BANK), (_AUDITOR, _FINANCE)),
    # Who calls people: office, commune, outreach; bank and Post for the account they open.
    PHONE: Rule(4, (_SYSTEM, _OFFICER, _MANAGER, _COMMUNE, _OUTREACH, _POST, _BANK), (_AUDITOR, _POLICE)),
}
# Where a role that has the number elsewhere needs less: it may still ask for it.
LESS = {("Payout Line", ACCOUNT): (_COMMUNE,)}
# Where a role needs what it does not have elsewhere: the police make appointments with people by phone.
MORE = {("ID Card Request", PHONE): (_POLICE,)}
# Papers that go to somebody who may not do without the number, whoever prints them: the payee annex of the
# treasury (NĐ 11/2020 Mẫu 09) and the lists a provider pays by (NĐ 20/2021 Đ34), the application and the
# mandate that the person signs (F3, F4).
FULL_PAPERS = frozenset(
    {"Payment List", "Cash List by Commune", "Cash List by Village", "Cash List by Pay Point", "Treasury Drawdown C2-02a",
     "Payee Table Form 09",
     "Account Application", "Mandate to Receive", "Mandates of a Person", "Mandates of a Representative"}
)


def full_roles(doctype: str, kind: str) -> tuple[str, ...]:
    """Roles that see identifiers of this kind in full on documents of the DocType."""
    fewer = LESS.get((doctype, kind), ())
    return tuple(role for role in RULES[kind].full if role not in fewer) + MORE.get((doctype, kind), ())


def reveal_roles(doctype: str, kind: str) -> tuple[str, ...]:
    """Roles that may ask to see one in full, with a reason."""
    asking = (*RULES[kind].reveal, *LESS.get((doctype, kind), ()))
    return tuple(role for role in asking if role not in MORE.get((doctype, kind), ()))


def kind_of_level(level: int | None) -> str | None:
    """The kind of identifier that fields of a permission level hold."""
    return next((kind for kind, rule in RULES.items() if rule.level == level), None)


def kind_of_field(fieldname: str | None) -> str | None:
    """The kind of identifier a person's field holds, where a correction names the field.

    >>> kind_of_field("phone"), kind_of_field("ethnicity")
    ('phone', None)
    """
    return {"personal_id": PERSONAL_ID, "old_id": PERSONAL_ID, "phone": PHONE}.get(fieldname or "")


def mask(kind: str, value: str | None) -> str | None:
    """The number as those see it who do not need it; None stays None.

    >>> mask("id", "020150001234"), mask("id", "080123456")
    ('020*****1234', '*****3456')
    >>> mask("account", "060123456789"), mask("phone", "0911234567")
    ('****6789', '091****567')
    """
    text = (value or "").strip()
    if not text:
        return None
    if kind == PERSONAL_ID:
        return cccd.mask(text) if len(text) >= 12 else cmnd.mask(text)
    return account.mask(text) if kind == ACCOUNT else phone.mask(text)
