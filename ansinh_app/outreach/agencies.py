"""The agencies that work with one another, and who of them a user is."""

import frappe

OFFICE, COMMUNE, POLICE, BANK, POST, OUTREACH = "Office", "Commune", "Police", "Bank", "Post", "Outreach"
# Who answers for an agency; the office's manager may do what its officer may.
ROLES = {
    OFFICE: "Social Affairs Officer",
    COMMUNE: "Commune Officer",
    POLICE: "Police Officer",
    BANK: "Bank Officer",
    POST: "Post Office Clerk",
    OUTREACH: "Outreach Officer",
}
_OF_OFFICE = {"Social Affairs Officer", "Social Affairs Manager", "System Manager"}
PROVIDERS = (BANK, POST)


def of_user(user: str | None = None) -> list[str]:
    """The agencies a user works for, in the order of ROLES."""
    user = user or frappe.session.user
    if user == "Administrator":
        return [OFFICE]
    roles = set(frappe.get_roles(user))
    found = [agency for agency, role in ROLES.items() if role in roles]
    return [OFFICE, *found] if roles & _OF_OFFICE and OFFICE not in found else found


def is_office(user: str | None = None) -> bool:
    """Whether the user works for a paying office."""
    return OFFICE in of_user(user)


def of_provider(provider: str | None) -> str | None:
    """Bank or Post: whose people answer for a provider."""
    if not provider:
        return None
    kind = frappe.get_cached_value("Payment Service Provider", provider, "kind")
    return POST if kind == "Post" else BANK
