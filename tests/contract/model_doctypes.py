"""DocTypes the model tests use, made from metadata as a site's owner would make them."""

import frappe

CITY, ORDER, LINE, TAG, REGION, SETTINGS = (
    "Ctr City", "Ctr Order", "Ctr Order Line", "Ctr Order Tag", "Ctr Region", "Ctr Settings",
)
CLERK, CHIEF, STRANGER = "ctr-clerk@example.com", "ctr-chief@example.com", "ctr-stranger@example.com"
CLERK_ROLE, CHIEF_ROLE = "Ctr Clerk", "Ctr Chief"


def make() -> None:
    """Roles, people and DocTypes, committed; a second call changes nothing."""
    frappe.set_user("Administrator")
    for role in (CLERK_ROLE, CHIEF_ROLE):
        if not frappe.db.exists("Role", role):
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert()
    for email, role in ((CLERK, CLERK_ROLE), (CHIEF, CHIEF_ROLE), (STRANGER, None)):
        if not frappe.db.exists("User", email):
            frappe.get_doc(
                doctype="User", email=email, first_name=email.split("@")[0], send_welcome_email=0,
                roles=[{"role": role}] if role else [],
            ).insert()
    for definition in definitions():
        if not frappe.db.exists("DocType", definition["name"]):
            frappe.get_doc({"doctype": "DocType", "module": "Core", "custom": 1, **definition}).insert()
    frappe.db.commit()


def field(fieldname, fieldtype="Data", options=None, **more) -> dict:
    return {"fieldname": fieldname, "fieldtype": fieldtype, "options": options,
            "label": fieldname.replace("_", " ").title(), **more}  # fmt: skip


def rights(role, *names, **more) -> dict:
    given = {name: 0 for name in ("read", "write", "create", "delete", "report", "export", "share", "print", "email")}
    return {"role": role, **given, **{name: 1 for name in names}, **more}


def definitions() -> list[dict]:
    clerk = rights(CLERK_ROLE, "read", "write", "create", "report", "print")
    chief = rights(
        CHIEF_ROLE, "read", "write", "create", "delete", "submit", "cancel", "amend", "report", "export", "print"
    )
    plain_chief = {k: v for k, v in chief.items() if k not in ("submit", "cancel", "amend")}
    return [
        {
            "name": CITY, "autoname": "field:city_name", "allow_rename": 1,
            "fields": [field("city_name", reqd=1, unique=1), field("country"), field("people", "Int"),
                       field("founded", "Date")],
            "permissions": [clerk, plain_chief],
        },
        {
            "name": LINE, "istable": 1,
            "fields": [field("item", reqd=1), field("qty", "Int"), field("price", "Currency"),
                       field("city", "Link", CITY)],
        },
        {"name": TAG, "istable": 1, "fields": [field("city", "Link", CITY)]},
        {
            "name": ORDER, "autoname": "ORD-.YYYY.-.#####", "is_submittable": 1, "track_changes": 1,
            "fields": [
                field("title", reqd=1), field("city", "Link", CITY), field("country", fetch_from="city.country"),
                field("kind", "Select", "Small\nLarge"), field("ordered_on", "Date"), field("sent_at", "Datetime"),
                field("at_time", "Time"), field("total", "Currency", non_negative=1), field("weight", "Float"),
                field("is_urgent", "Check"), field("code", unique=1), field("short", length=5),
                field("serial", set_only_once=1), field("note", "Small Text", allow_on_submit=1),
                field("secret", permlevel=1), field("about_type", "Link", "DocType"),
                field("about", "Dynamic Link", "about_type"), field("mail", options="Email"),
                field("lines", "Table", LINE), field("tags", "Table MultiSelect", TAG),
                field("amended_from", "Link", ORDER, read_only=1, no_copy=1),
                field("html", "Text Editor"), field("quiet_city", "Link", CITY, ignore_user_permissions=1),
            ],
            "permissions": [clerk, chief, rights(CHIEF_ROLE, "read", "write", permlevel=1)],
        },
        {
            "name": REGION, "is_tree": 1, "autoname": "field:region_name", "nsm_parent_field": "parent_ctr_region",
            "fields": [field("region_name", reqd=1, unique=1), field("parent_ctr_region", "Link", REGION),
                       field("is_group", "Check"), field("lft", "Int"), field("rgt", "Int"),
                       field("old_parent", "Link", REGION)],
            "permissions": [clerk, plain_chief],
        },
        {
            "name": SETTINGS, "issingle": 1,
            "fields": [field("limit", "Int", default="7"), field("rate", "Float"), field("opened", "Date"),
                       field("is_on", "Check"), field("city", "Link", CITY)],
            "permissions": [plain_chief],
        },
    ]  # fmt: skip


def city(name="Đông Hà", **values):
    if frappe.db.exists(CITY, name):
        return frappe.get_doc(CITY, name)
    return frappe.get_doc({"doctype": CITY, "city_name": name, "country": "VN", **values}).insert(
        ignore_permissions=True
    )


def order(**values):
    values.setdefault("title", "An order")
    return frappe.get_doc({"doctype": ORDER, **values})
