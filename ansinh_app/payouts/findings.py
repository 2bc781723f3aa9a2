"""The names of what can hold a payment up: code, how grave, whose task, and how to say it."""

from dataclasses import dataclass, field

from frappe import _

BLOCK, WARNING = "block", "warning"
OFFICER, MANAGER, COMMUNE = "Social Affairs Officer", "Social Affairs Manager", "Commune Officer"
POLICE = "Police Officer"

_MOST_LISTED = 200


def titles() -> dict[str, tuple[str, str, str]]:
    """Code -> (severity, owner role, title). A block is not paid before its owner has dealt with it."""
    return {
        "no_rate_in_force": (BLOCK, MANAGER, _("No rate is in force for the category in the month")),
        "estimated_rate": (BLOCK, MANAGER, _("The only rate known is an estimate, which never pays")),
        "bad_quantity": (BLOCK, OFFICER, _("The quantity does not suit the category")),
        "missing_birth_date": (
            BLOCK,
            COMMUNE,
            _("The category depends on age and the birth date is missing"),
        ),
        "unknown_category": (BLOCK, MANAGER, _("The category is not known")),
        "not_whole_dong": (BLOCK, MANAGER, _("The rate does not give a whole number of đồng")),
        "balance_without_entitlement": (
            BLOCK,
            OFFICER,
            _("Money stands open without an entitlement behind it"),
        ),
        "representative_missing": (
            BLOCK,
            COMMUNE,
            _("The money goes to a representative, and none is named"),
        ),
        "mandate_expired": (BLOCK, COMMUNE, _("The guardianship or mandate has expired or has not begun")),
        "cash_without_reason": (BLOCK, COMMUNE, _("Paid in cash without a reason")),
        "no_account": (BLOCK, COMMUNE, _("No payment account")),
        "account_closed": (BLOCK, OFFICER, _("The payment account is closed or blocked")),
        "account_name_mismatch": (BLOCK, COMMUNE, _("The name on the account is not the person's name")),
        "account_name_check": (
            WARNING,
            COMMUNE,
            _("The name on the account is not spelt as in the registry: the provider may return the money"),
        ),
        "no_contract": (BLOCK, MANAGER, _("No contract in force with the provider")),
        "contracts_not_kept": (
            WARNING,
            MANAGER,
            _("The office has recorded no contract: fees and receivers are not known"),
        ),
        "earlier_batches_open": (BLOCK, MANAGER, _("Batches of earlier months are not approved")),
        "period_closed": (BLOCK, MANAGER, _("The period is closed")),
        "same_person_twice": (
            WARNING,
            COMMUNE,
            _("May be registered twice: decide the duplicate finding"),
        ),
        "account_of_another": (
            WARNING,
            OFFICER,
            _("Paid in person into an account that is another person's own"),
        ),
        "two_schemes": (WARNING, OFFICER, _("Paid under two schemes: check that the law allows both")),
        "two_schemes_unchecked": (
            BLOCK,
            OFFICER,
            _(
                "Social assistance beside an allowance of merit: stop one, or enter on the entitlement why "
                "both are due"
            ),
        ),
        "one_per_couple": (WARNING, OFFICER, _("The husband or wife draws the couple's one share")),
        "identity_unverified": (WARNING, POLICE, _("The identity is not verified")),
        "identity_mismatch": (WARNING, POLICE, _("The identity does not match the population database")),
        "deceased": (WARNING, OFFICER, _("Reported dead, and still paid under what was known on the day")),
        "moved": (WARNING, OFFICER, _("Lives outside the office's area")),
        "too_many_on_account": (WARNING, OFFICER, _("Too many people are paid into one account")),
        "uncollected_long": (
            WARNING,
            COMMUNE,
            _("Not collected for months: a suspension is drafted; find out why"),
        ),
        "failed_long": (
            WARNING,
            COMMUNE,
            _("The transfer came back month after month: correct the account, or pay in cash"),
        ),
        "suspended_long": (
            WARNING,
            OFFICER,
            _("Suspended for months: a stop is drafted for who did not comply"),
        ),
        "no_entitlement": (WARNING, COMMUNE, _("Active in the registry without an entitlement in force")),
        "no_allotment": (WARNING, MANAGER, _("No budget allotment for the programme and year")),
        "over_paid": (WARNING, OFFICER, _("Paid too much: a recovery case will be proposed")),
    }


@dataclass(slots=True)
class Finding:
    """One code with everybody it concerns."""

    code: str
    items: list[dict] = field(default_factory=list)

    def as_dict(self) -> dict:
        severity, owner, title = titles().get(self.code, (BLOCK, OFFICER, self.code))
        return {
            "code": self.code,
            "severity": severity,
            "owner": owner,
            "title": title,
            "count": len(self.items),
            "items": self.items[:_MOST_LISTED],
        }


def count_held(held: list) -> str:
    """How many people each reason holds back. No names: banks and the treasury can read a period."""
    people: dict[str, set[str]] = {}
    for item in held:
        if item.blocking:
            people.setdefault(item.code, set()).add(item.beneficiary)
    names = titles()
    return "\n".join(
        f"{names[code][2] if code in names else code}: {len(who)}" for code, who in people.items()
    )
