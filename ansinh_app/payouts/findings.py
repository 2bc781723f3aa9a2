"""The names of what can hold a payment up: code, how grave, whose task, and how to say it."""

from dataclasses import dataclass, field

from frappe import _

from ansinh_app.payouts.overrides import can_be_let_pass

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
        "mandate_expired": (
            BLOCK,
            COMMUNE,
            _("The guardianship or mandate is not in force on the days the money goes out"),
        ),
        "mandate_ending": (WARNING, COMMUNE, _("The guardianship or mandate ends soon: have it renewed")),
        "cash_without_reason": (BLOCK, COMMUNE, _("Paid in cash without a reason")),
        "no_account": (BLOCK, COMMUNE, _("No payment account")),
        "account_closed": (BLOCK, OFFICER, _("The payment account is closed or blocked")),
        "account_name_mismatch": (BLOCK, COMMUNE, _("The name on the account is not the person's name")),
        "account_name_check": (
            WARNING,
            COMMUNE,
            _("The name on the account is not spelt as in the registry: the provider may return the money"),
        ),
        "paid_early": (WARNING, MANAGER, _("Later months are paid together with this one")),
        "no_contract": (BLOCK, MANAGER, _("No contract in force with the provider")),
        "contracts_not_kept": (
            WARNING,
            MANAGER,
            _("The office has recorded no contract: fees and receivers are not known"),
        ),
        "earlier_batches_open": (BLOCK, MANAGER, _("Batches of earlier months are not approved")),
        "period_closed": (BLOCK, MANAGER, _("The period is closed")),
        "lost_list_sent": (
            BLOCK,
            MANAGER,
            _(
                "A list that was sent is missing in this older database: prepare its month again and have it "
                "approved, nothing is sent twice"
            ),
        ),
        "lost_list_unsent": (
            BLOCK,
            MANAGER,
            _(
                "An approved list is missing in this older database: prepare its month again and have it approved, "
                "or say that nobody is paid by it"
            ),
        ),
        "database_moved": (
            BLOCK,
            MANAGER,
            _("This database was brought back or moved: say what was approved since it was saved"),
        ),
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


# Where each is mended; what is not named here is mended on the person.
_PLACES = {
    "no_rate_in_force": "Rate Version",
    "estimated_rate": "Rate Version",
    "not_whole_dong": "Rate Version",
    "unknown_category": "Benefit Category",
    "bad_quantity": "Entitlement",
    "balance_without_entitlement": "Entitlement",
    "representative_missing": "Entitlement",
    "cash_without_reason": "Entitlement",
    "two_schemes": "Entitlement",
    "two_schemes_unchecked": "Entitlement",
    "one_per_couple": "Entitlement",
    "no_entitlement": "Entitlement",
    "account_closed": "Payment Account",
    "account_name_mismatch": "Payment Account",
    "no_contract": "Bank Contract",
    "contracts_not_kept": "Bank Contract",
    "earlier_batches_open": "Payout Batch",
    "period_closed": "Payout Period",
    "lost_list_sent": "Payout Period",
    "lost_list_unsent": "Payout Period",
    "database_moved": "Preflight Override",
    "no_allotment": "Budget Allotment",
    "paid_early": "Payout Period",
    "uncollected_long": "Registry Change",
    "suspended_long": "Registry Change",
    "over_paid": "Recovery Case",
    "same_person_twice": "Duplicate Finding",
    "account_of_another": "Duplicate Finding",
}
# The field of an item that names a document of the place itself.
_NAMED_BY = {"Payout Batch": "batch", "Payment Account": "payment_account"}


@dataclass(slots=True)
class Finding:
    """One code: how many it concerns, and the first of them."""

    code: str
    count: int = 0
    items: list[dict] = field(default_factory=list)

    def add(self, item: dict) -> None:
        """One more; a list longer than anybody reads is not kept."""
        self.count += 1
        if len(self.items) < _MOST_LISTED:
            self.items.append(item)

    def as_dict(self) -> dict:
        """What the desk shows: how many, whose task, who, where it is mended, whether it may be let pass."""
        severity, owner, title = titles().get(self.code, (BLOCK, OFFICER, self.code))
        return {
            "code": self.code,
            "severity": severity,
            "owner": owner,
            "title": title,
            "count": self.count,
            "items": self.items,
            "place": self._place(),
            "can_be_let_pass": can_be_let_pass(self.code, severity == BLOCK),
        }

    def _place(self) -> dict:
        """The DocType where it is mended and the filters that list what this is about."""
        first = self.items[0] if self.items else {}
        place = _PLACES.get(self.code) or ("Payment Account" if "payment_account" in first else "Beneficiary")
        key = _NAMED_BY.get(place)
        if key not in first:
            key = "beneficiary" if "beneficiary" in first else None
        if not key:
            return {"doctype": place, "filters": {}}
        names = list(dict.fromkeys(item[key] for item in self.items))
        column = "name" if place == "Beneficiary" or key != "beneficiary" else "beneficiary"
        return {"doctype": place, "filters": {column: ["in", names]}}


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
