"""What the test of the switch for sealed numbers lets another process do."""

import frappe

from ansinh_app.oversight import number_keys
from ansinh_app.utils import sealed_numbers as numbers

KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrLw=="


def _with_key() -> None:
    frappe.conf["number_key"] = KEY
    numbers.forget_vault()


def switch_on(at_once: int) -> dict:
    _with_key()
    number_keys._AT_ONCE = at_once
    if numbers.state().get("state") != "sealing":
        number_keys.encrypt()
    return number_keys.run()


def switch_off(at_once: int) -> dict:
    _with_key()
    number_keys._AT_ONCE = at_once
    if numbers.state().get("state") != "opening":
        number_keys.decrypt()
    return number_keys.run()


def stand() -> dict:
    """Every account and person's number as a reader sees it, how many are sealed, and the state."""
    _with_key()
    stored = frappe.get_all("Payment Account", fields=["name", "account_no"], order_by="name")
    sealed = sum(map(numbers.is_sealed, [row.account_no for row in stored]))
    read = {row.name: frappe.get_doc("Payment Account", row.name).account_no for row in stored}
    return {"read": read, "sealed": sealed, "state": numbers.state().get("state")}
