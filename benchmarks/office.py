"""A made-up paying office of any size with a year of paid months behind it, written set-based."""

import os
import random
from datetime import date

from benchmarks.ledger import MIX

OFFICE = "PERF"
# A year under one level of rates: the first month, the one all others are copies of, and the one to prepare.
FIRST, WHOLE, PERIOD = "2025-06", "2025-07", "2026-06"
BETWEEN = [f"2025-{month:02d}" for month in range(8, 13)] + [f"2026-{month:02d}" for month in range(1, 6)]
_PEOPLE_IN_A_COMMUNE = 1_200
_STAMP = "2025-05-02 08:00:00"
_HEAD = ["name", "creation", "modified", "owner", "modified_by", "docstatus", "idx"]
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vi", "Lý", "Nông", "Hà", "Đinh")
_MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Ngọc", "Xuân", "Kim", "Thanh")
_NAMES = ("An", "Bình", "Chi", "Dũng", "Giang", "Hoa", "Khánh", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Quý")
_WRITE = 10_000


def new_site(folder: str):
    """A benchless site with the app, connected; returns its frappe module.

    On the server that BENCHLESS_TEST_DB names (`mariadb://root:password@host:port`), else on SQLite.
    """
    os.environ["BENCHLESS_SITES"] = folder
    import benchless

    benchless.activate()
    import frappe

    from benchless import installer
    from benchless.testing import database_options

    installer.new_site("perf.local", "admin", **database_options())
    installer.install_app("ansinh_app")
    frappe.init("perf.local")
    frappe.connect()
    return frappe


def make_people(frappe, people: int) -> None:
    """An office with people, accounts and decisions: nine of ten decided before the first month, one in the year."""
    area = frappe.db.get_value("Administrative Unit", {"level": "Province"}, "name")
    units = _communes(frappe, area, max(1, people // _PEOPLE_IN_A_COMMUNE))
    frappe.get_doc(
        {
            "doctype": "Paying Office",
            "office_code": OFFICE,
            "office_name": "Phòng đo",
            "administrative_unit": area,
            "starts_on": f"{FIRST}-01",
        }
    ).insert()
    chance = random.Random(20261122)
    for first in range(0, people, _WRITE):
        _write_people(frappe, chance, units, range(first + 1, min(first + _WRITE, people) + 1), people)
        frappe.db.commit()


def _communes(frappe, area: str, number: int) -> list[str]:
    """As many communes as the office's people need to live as people do; those the site lacks are made."""
    found = frappe.get_all(
        "Administrative Unit", filters={"level": "Commune"}, pluck="name", order_by="name", limit_page_length=number
    )
    for index in range(len(found), number):
        values = {"code": f"DO{index:04d}", "unit_name": f"Xã Đo {index:04d}", "level": "Commune"}
        unit = {"doctype": "Administrative Unit", "parent_administrative_unit": area, "valid_from": "2021-07-01"}
        found.append(frappe.get_doc(unit | values).insert().name)
    return found


def _write_people(frappe, chance, units: list[str], numbers: range, people: int) -> None:
    codes = [code for code, _share, _years in MIX]
    shares = [share for _code, share, _years in MIX]
    years = {code: span for code, _share, span in MIX}
    persons, accounts, decisions = [], [], []
    for index in numbers:
        (code,) = chance.choices(codes, shares)
        born = date(chance.randint(*years[code]), chance.randint(1, 12), chance.randint(1, 28))
        person, account = f"BEN-P{index:07d}", f"PAC-P{index:07d}"
        name = f"{chance.choice(_SURNAMES)} {chance.choice(_MIDDLES)} {chance.choice(_NAMES)} {index}"
        unit = units[(index - 1) * len(units) // people]
        start, decided = _decided(chance, code)
        common = [_STAMP, _STAMP, "Administrator", "Administrator"]
        persons.append(
            (person, *common, 0, 0, name, name.lower(), born.isoformat(), "Day", unit)
            + (f"Thôn {chance.randint(1, 12)}", OFFICE, "Active", "Bank Account", account, "Verified")
        )
        accounts.append(
            (account, *common, 0, 0, "STB", f"0701{index:08d}", name, "Self", person, "Active", "Exact")
        )
        quantity = 2 if code == "BTXH-04" else 1
        number = f"{chance.randint(1, 4000)}/QĐ-UBND"
        decisions.append(
            (f"ENT-P{index:07d}", *common, 1, 0, person, code, quantity, number, decided, start)
            + ("Self", "Bank Account", account)
        )
    insert = frappe.db.bulk_insert
    insert(
        "Beneficiary",
        [*_HEAD, "full_name", "search_name", "date_of_birth", "dob_precision", "administrative_unit"]
        + ["village", "office", "status", "payment_method", "payment_account", "verification_status"],
        persons,
    )
    insert(
        "Payment Account",
        [*_HEAD, "provider", "account_no", "account_name", "holder_type", "beneficiary", "status"]
        + ["name_match"],
        accounts,
    )
    insert(
        "Entitlement",
        [*_HEAD, "beneficiary", "category", "quantity", "decision_no", "decision_date", "effective_from"]
        + ["payee_type", "payment_method", "payment_account"],
        decisions,
    )


def _decided(chance, code: str) -> tuple[str, str]:
    """First month and day of decision; the social pension begins in July 2025, decided just before."""
    if code == "HTXH-75":
        return "2025-07-01", f"2025-06-{chance.randint(2, 20):02d}"
    year, month = chance.randint(2019, 2024), chance.randint(1, 12)
    return f"{year}-{month:02d}-01", f"{year}-{month:02d}-{chance.randint(1, 28):02d}"


def make_period(frappe, month: str) -> str:
    document = {"doctype": "Payout Period", "office": OFFICE, "month": f"{month}-01"}
    name = frappe.get_doc(document).insert().name
    frappe.db.commit()
    return name


def pay(frappe, month: str) -> None:
    """What approval and the provider's answer leave of a month, set-based."""
    period = f"{OFFICE}-{month}"
    frappe.db.sql("update `tabPayout Batch` set docstatus=1, status='Completed' where period=%s", (period,))
    frappe.db.sql("update `tabPayout Line` set status='Paid' where period=%s", (period,))
    frappe.db.commit()


def copy_month(frappe, month: str) -> None:
    """The whole month once more as `month`, with batches and lines, all paid."""
    make_period(frappe, month)
    for doctype in ("Payout Batch", "Payout Line"):
        fields = [field for field in frappe.db.get_table_columns(doctype)]
        changed = {
            "name": f"replace(replace(`name`, 'L', 'L{month[2:4]}{month[5:]}'), '{WHOLE}', '{month}')",
            "period": f"'{OFFICE}-{month}'",
            "batch": f"replace(`batch`, '{WHOLE}', '{month}')",
            "line_key": f"replace(`line_key`, '|{WHOLE}|', '|{month}|')",
            "months": f"replace(`months`, '\"{WHOLE}\"', '\"{month}\"')",
        }
        columns = ", ".join(f"`{field}`" for field in fields)
        values = ", ".join(changed.get(field, f"`{field}`") for field in fields)
        frappe.db.sql(
            f"insert into `tab{doctype}` ({columns}) select {values} from `tab{doctype}` where period=%s",
            (f"{OFFICE}-{WHOLE}",),
        )
        frappe.db.commit()


def make_changes(frappe, people: int) -> None:
    """What a month brings: one in fifty new, stopped, dead or with another account."""
    chance = random.Random(20260601)
    some = chance.sample(range(1, people + 1), people // 50)
    for place, index in enumerate(some):
        name, kind = f"P{index:07d}", place % 4
        if kind == 0:
            values = {
                "effective_to": "2026-05-31",
                "stop_decision_date": "2026-05-12",
                "stop_reason": "Thôi hưởng",
            }
            frappe.db.set_value("Entitlement", f"ENT-{name}", values)
        elif kind == 1:
            values = {"deceased_on": "2026-05-03", "death_known_on": "2026-05-10"}
            frappe.db.set_value("Beneficiary", f"BEN-{name}", values)
        elif kind == 2:
            frappe.db.set_value("Payment Account", f"PAC-{name}", "account_no", f"0999{index:08d}")
        else:
            frappe.db.set_value("Entitlement", f"ENT-{name}", "quantity", 1)
            row = frappe.db.get_value("Entitlement", f"ENT-{name}", "*", as_dict=True)
            row |= {"name": f"ENT-N{index:07d}", "category": "CS-06H", "docstatus": 1}
            row |= {"decision_date": "2026-05-08", "effective_from": "2026-04-01"}
            frappe.db.bulk_insert("Entitlement", list(row), [tuple(row.values())])
    frappe.db.commit()


def previous(month: str) -> str:
    """The month before, both as 2026-06."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"
