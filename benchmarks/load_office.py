"""The office of `load` at work: cash lists sent out, a campaign, lists before the police, fifty people who sign in."""

from dataclasses import dataclass

from benchmarks import office

PASSWORD = "Mot-ngay-lam-viec-50"  # noqa: S105 (of a site that lives for a measurement)
CASH_ONE_IN = 50
# A cash list is one of a province's communes; a measurement ticks a few of its sheets.
_CAMPAIGN_PROVIDER, _POST = "STB", "VNPOST"
_PROPOSED = 60
PROGRAMMES = ("BTXH", "CARE", "HTXH", "NCC")
# Role -> how many of fifty, and what names their area.
STAFF = (
    ("Social Affairs Officer", 12, "Paying Office"),
    ("Social Affairs Manager", 3, "Paying Office"),
    ("Commune Officer", 12, "Administrative Unit"),
    ("Police Officer", 4, "Administrative Unit"),
    ("Bank Officer", 5, "Payment Service Provider"),
    ("Post Office Clerk", 4, "Payment Service Provider"),
    ("Treasury Officer", 2, "Paying Office"),
    ("Finance Officer", 2, "Paying Office"),
    ("Outreach Officer", 3, "Administrative Unit"),
    ("Province Viewer", 2, None),
    ("Auditor", 1, "Paying Office"),
)


@dataclass(frozen=True)
class Person:
    """One who works: sign-in, role, and the commune (or None) that is theirs."""

    user: str
    role: str
    unit: str | None


def build(frappe, people: int, say=print) -> None:
    """Make the office in the connected new site, on either host. `say` is told each step."""
    from ansinh_app.payouts.run import prepare

    frappe.set_user("Administrator")
    office.make_people(frappe, people)
    _contracts(frappe)
    _cash(frappe, people)
    say(f"{people:,} people")
    for month in (office.FIRST, office.WHOLE):
        # The social pension was in force on its first day only: its first list was made in the month itself.
        as_of = f"{month}-05" if month == office.WHOLE else f"{office.previous(month)}-24"
        prepare(office.make_period(frappe, month), as_of)
        office.pay(frappe, month)
    say("the first two months")
    for month in office.BETWEEN:
        office.copy_month(frappe, month)
    office.make_changes(frappe, people)
    say("a year of paid months")
    period = office.make_period(frappe, office.PERIOD)
    prepare(period, f"{office.previous(office.PERIOD)}-24")
    frappe.db.commit()
    say(f"{period} prepared")
    users = _users(frappe)
    put_to_work(frappe, period, users)
    say(f"{len(users)} sign-ins")


def put_to_work(frappe, period: str, users: list[Person]) -> None:
    """What lies on the desks in the middle of the month."""
    _cash_lists(frappe, period)
    units = sorted({person.unit for person in users if person.unit})
    _campaign(frappe, units)
    _before_the_police(frappe, units[:2])
    _changes(frappe, units)
    _outreach(frappe, units)
    frappe.db.commit()


def staff(frappe) -> list[Person]:
    """Who works, in the order of STAFF; communes are dealt out one after another."""
    units = frappe.get_all(
        "Beneficiary", fields=["administrative_unit as unit"], group_by="administrative_unit",
        order_by="administrative_unit", limit_page_length=0,
    )  # fmt: skip
    units, found = [row.unit for row in units], []
    for role, count, area in STAFF:
        for number in range(count):
            user = f"{role.lower().replace(' ', '.')}.{number + 1}@load.example"
            unit = units[number % len(units)] if area == "Administrative Unit" else None
            found.append(Person(user, role, unit))
    return found


def _users(frappe) -> list[Person]:
    areas = {role: area for role, _count, area in STAFF}
    people = staff(frappe)
    for person in people:
        user = frappe.get_doc(
            {
                "doctype": "User", "email": person.user, "first_name": person.user.split("@")[0], "language": "vi",
                "send_welcome_email": 0, "user_type": "System User", "roles": [{"role": person.role}],
            }
        )  # fmt: skip
        user.flags.ignore_password_policy = True
        user.new_password = PASSWORD
        user.insert()
        area = areas[person.role]
        provider = _POST if person.role == "Post Office Clerk" else _CAMPAIGN_PROVIDER
        value = {"Paying Office": office.OFFICE, "Payment Service Provider": provider}.get(area, person.unit)
        if area:
            frappe.get_doc(
                {"doctype": "User Permission", "user": person.user, "allow": area, "for_value": value}
                | {"apply_to_all_doctypes": 1}
            ).insert()
    frappe.db.commit()
    return people


def _contracts(frappe) -> None:
    from frappe.model.workflow import apply_workflow

    paying = frappe.get_doc("Paying Office", office.OFFICE)
    paying.set("programmes", [{"programme": one} for one in PROGRAMMES])
    paying.save()
    for provider, cash in ((_CAMPAIGN_PROVIDER, 0), (_POST, 1)):
        contract = frappe.get_doc(
            {
                "doctype": "Bank Contract", "office": office.OFFICE, "provider": provider, "pays_cash": cash,
                "contract_no": f"01/2025/HĐ-{provider}", "signed_on": "2025-01-02", "valid_from": "2025-01-02",
                "pays_accounts": 1 - cash, "fee_percent": 0.3, "programmes": [{"programme": one} for one in PROGRAMMES],
            }
        ).insert()  # fmt: skip
        apply_workflow(apply_workflow(contract, "Send to Legal Check"), "Sign")
    frappe.db.commit()


def _cash(frappe, people: int) -> None:
    """One in so many has no account: paid by the Post, and a campaign invites them."""
    numbers = [f"P{index:07d}" for index in range(1, people + 1, CASH_ONE_IN)]
    values = {"payment_method": "Cash", "payment_account": None, "cash_reason": "Account not open yet"}
    for first in range(0, len(numbers), 500):
        part = numbers[first : first + 500]
        frappe.db.set_value("Beneficiary", {"name": ["in", [f"BEN-{one}" for one in part]]}, values)
        frappe.db.set_value("Entitlement", {"name": ["in", [f"ENT-{one}" for one in part]]}, values)
        frappe.db.delete("Payment Account", {"name": ["in", [f"PAC-{one}" for one in part]]})
    frappe.db.commit()


def _cash_lists(frappe, period: str) -> None:
    """The month's cash lists approved and sent; those into accounts stay drafts, so the month can be prepared again."""
    from frappe.model.workflow import apply_workflow

    from ansinh_app.api import provider_file

    for name in frappe.get_all("Payout Batch", filters={"period": period, "channel": "Cash"}, pluck="name"):
        apply_workflow(frappe.get_doc("Payout Batch", name), "Submit for Approval")
        frappe.set_user("social.affairs.manager.1@load.example")
        apply_workflow(frappe.get_doc("Payout Batch", name), "Approve")
        provider_file(name)
        apply_workflow(frappe.get_doc("Payout Batch", name), "Mark as Sent")
        frappe.set_user("Administrator")
    frappe.db.commit()


def _campaign(frappe, units: list[str]) -> None:
    """Everyone of these communes without an account is invited; the requests are drafts, as at a counter."""
    from ansinh_app.payee_accounts import inviting

    campaign = frappe.get_doc(
        {
            "doctype": "Account Campaign", "office": office.OFFICE, "campaign_title": "Mở tài khoản tháng 6/2026",
            "provider": _CAMPAIGN_PROVIDER, "starts_on": "2026-06-01", "ends_on": "2027-06-05", "status": "Running",
            "sessions": [
                {"held_on": "2026-11-23", "from_time": "07:30:00", "to_time": "11:00:00",
                 "administrative_unit": unit, "place": "Nhà văn hóa"} for unit in units
            ],
        }
    ).insert()  # fmt: skip
    inviting.draft_requests(campaign)
    frappe.db.commit()


def _before_the_police(frappe, units: list[str]) -> None:
    from ansinh_app.registry.verification import requests, sending

    frappe.db.set_value(
        "Beneficiary", {"administrative_unit": ["in", units], "name": ["like", "%5"]}, "verification_status", "Unverified"
    )
    for unit in units:
        found = frappe.get_doc(
            {"doctype": "Identity Verification List", "administrative_unit": unit, "office": office.OFFICE}
        ).insert()
        requests.collect(found)
        sending.send(found.reload())
    frappe.db.commit()


def _changes(frappe, units: list[str]) -> None:
    """Changes that communes have proposed and somebody has to approve."""
    from frappe.model.workflow import apply_workflow

    rows = frappe.get_all(
        "Entitlement",
        filters={"docstatus": 1, "category": "BTXH-06B1", "effective_to": ["is", "not set"]},
        fields=["name", "beneficiary"],
        order_by="name",
        limit_page_length=_PROPOSED,
    )
    for row in rows:
        change = frappe.get_doc({"doctype": "Registry Change", **stop_of(row.beneficiary, row.name)}).insert()
        apply_workflow(change, "Propose")
    frappe.db.commit()


def stop_of(beneficiary: str, entitlement: str) -> dict:
    """What a commune writes of somebody whose benefit ends."""
    return {
        "beneficiary": beneficiary, "entitlement": entitlement, "change_type": "Stop", "effective_month": "2026-07-01",
        "decision_no": "88/QĐ-UBND", "decision_date": "2026-06-20", "reason": "Chuyển đi nơi khác",
    }  # fmt: skip


def _outreach(frappe, units: list[str]) -> None:
    kinds = frappe.get_all("Support Case Kind", pluck="name", order_by="name", limit_page_length=3)
    for unit in units:
        people = frappe.get_all(
            "Beneficiary", filters={"administrative_unit": unit}, pluck="name", order_by="name", limit_page_length=10
        )
        for number, person in enumerate(people):
            frappe.get_doc(
                {"doctype": "Support Case", "kind": kinds[number % len(kinds)], "subject": f"Hỏi về tiền tháng 6 ({number})",
                 "beneficiary": person, "administrative_unit": unit, "office": office.OFFICE, "came_by": "At the Desk",
                 "description": "Tháng này chưa thấy tiền, xin hỏi khi nào có."}
            ).insert()  # fmt: skip
        frappe.get_doc(
            {"doctype": "Outreach Activity", "subject": "Nhận trợ cấp qua tài khoản", "channel": "Loudspeaker",
             "office": office.OFFICE, "administrative_unit": unit, "planned_from": "2026-12-01", "planned_times": 5}
        ).insert()  # fmt: skip
