"""What a user may do: role permissions, ownership, User Permissions, and what apps have to say."""

import copy
from contextvars import ContextVar

import frappe
import frappe.share
from frappe import _
from frappe.types import _dict
from frappe.utils import cint, cstr

rights = (
    "select", "read", "write", "create", "delete", "submit", "cancel", "amend", "print", "email", "report",
    "import", "export", "share",
)
GUEST_ROLE = "Guest"
ALL_USER_ROLE = "All"
SYSTEM_USER_ROLE = "Desk User"
ADMIN_ROLE = "Administrator"
AUTOMATIC_ROLES = (GUEST_ROLE, ALL_USER_ROLE, SYSTEM_USER_ROLE, ADMIN_ROLE)

_reasons: ContextVar[list | None] = ContextVar("permission_reasons", default=None)


def push_perm_check_log(message: str, debug=False) -> None:
    """Note why a check failed, to tell the user."""
    if (reasons := _reasons.get()) is not None:
        reasons.append(_(message))


def has_permission(
    doctype, ptype="read", doc=None, user=None, raise_exception=True, *, parent_doctype=None, debug=False
) -> bool:
    """Whether a user has a right; never raises, but with `raise_exception` tells the user why not."""
    token = _reasons.set([])
    try:
        allowed = _has_permission(doctype, ptype, doc, user, parent_doctype)
        own_check = not user or user == frappe.session.user
        if not allowed and raise_exception and own_check and _reasons.get():
            frappe.msgprint("<br>".join(_reasons.get()))
        return allowed
    finally:
        _reasons.reset(token)


def _has_permission(doctype, ptype, doc, user, parent_doctype) -> bool:
    user = user or frappe.session.user
    if user == "Administrator":
        return True
    if ptype == "share" and frappe.get_system_settings("disable_document_sharing"):
        push_perm_check_log(_("Document sharing has been disabled."))
        return False
    if not doc and hasattr(doctype, "doctype"):
        doc, doctype = doctype, doctype.doctype
    if frappe.is_table(doctype):
        return has_child_permission(doctype, ptype, doc, user, parent_doctype)
    meta = frappe.get_meta(doctype)
    if doc:
        if isinstance(doc, (str, int)):
            doc = frappe.get_doc(meta.name, doc)
        allowed = get_doc_permissions(doc, user=user, ptype=ptype).get(ptype) or _is_shared(doctype, ptype, user, doc)
        if not allowed:
            push_perm_check_log(
                _("User {0} does not have access to this document").format(frappe.bold(user))
                + f": {_(doc.doctype)} - {doc.name}"
            )
        return bool(allowed)
    if ptype == "submit" and not cint(meta.is_submittable):
        push_perm_check_log(_("Document Type is not submittable"))
        return False
    if ptype == "import" and not cint(meta.allow_import):
        push_perm_check_log(_("Document Type is not importable"))
        return False
    allowed = get_role_permissions(meta, user=user).get(ptype) or _is_shared(doctype, ptype, user)
    if not allowed:
        push_perm_check_log(
            _("User {0} does not have doctype access via role permission for document {1}").format(
                frappe.bold(user), frappe.bold(_(doctype))
            )
        )
    return bool(allowed)


def _is_shared(doctype: str, ptype: str, user: str, doc=None) -> bool:
    """Whether a document (or any of the DocType) is shared with the user for this."""
    if ptype not in ("read", "write", "share", "submit", "email", "print"):
        return False
    right = "read" if ptype in ("email", "print") else ptype
    filters = [["share_name", "=", cstr(doc.name)]] if doc else None
    return bool(frappe.share.get_shared(doctype, user, rights=[right], filters=filters, limit=1))


def get_doc_permissions(doc, user=None, ptype=None, debug=False) -> dict:
    """The rights of a user on one document."""
    user = user or frappe.session.user
    meta = frappe.get_meta(doc.doctype)
    is_owner = (doc.get("owner") or "").lower() == user.lower()
    if not has_controller_permissions(doc, ptype, user=user):
        push_perm_check_log(_("Not allowed via controller permission check"))
        return {ptype: 0}
    permissions = copy.deepcopy(get_role_permissions(meta, user=user, is_owner=is_owner))
    if not cint(meta.is_submittable):
        permissions["submit"] = 0
    if not cint(meta.allow_import):
        permissions["import"] = 0
    if permissions.get("has_if_owner_enabled"):
        permissions.update(permissions.get("if_owner", {}))
    if not has_user_permission(doc, user):
        if is_owner:
            permissions = permissions.get("if_owner", {})
            permissions["create"] = 0
        else:
            permissions = {}
    return permissions


def get_role_permissions(doctype_meta, user=None, is_owner=None, debug=False) -> _dict:
    """The rights the user's roles give on a DocType; those for owners only under `if_owner`."""
    if isinstance(doctype_meta, str):
        doctype_meta = frappe.get_meta(doctype_meta)
    user = user or frappe.session.user
    if user == "Administrator":
        return allow_everything()
    known = frappe.local.role_permissions
    key = (doctype_meta.name, user, bool(is_owner))
    if key not in known:
        known[key] = _collect_role_permissions(doctype_meta, set(frappe.get_roles(user)), is_owner)
    return known[key]


def _collect_role_permissions(meta, roles: set, is_owner) -> _dict:
    rows = [perm for perm in meta.permissions if perm.role in roles and not cint(perm.permlevel)]
    with_owner = any(perm.get("if_owner") for perm in rows)
    found = _dict(if_owner={}, has_if_owner_enabled=with_owner)
    for right in rights:
        granted = any(perm.get(right) for perm in rows)
        found[right] = cint(granted)
        everywhere = any(perm.get(right) and not perm.get("if_owner") for perm in rows)
        if granted and with_owner and not everywhere and right != "create":
            found["if_owner"][right] = cint(bool(is_owner))
            found[right] = 1 if right in ("select", "read") else 0
    return found


def allow_everything() -> _dict:
    return _dict(dict.fromkeys(rights, 1), if_owner={}, has_if_owner_enabled=False)


def get_user_permissions(user: str | None = None) -> dict:
    from frappe.core.doctype.user_permission.user_permission import get_user_permissions as read

    return read(user)


def has_user_permission(doc, user=None, debug=False) -> bool:
    """Whether User Permissions leave the document to the user (no record restricts nothing)."""
    user_permissions = get_user_permissions(user)
    if not user_permissions:
        return True
    doctype = doc.get("doctype")
    strict = not doc.meta.issingle and frappe.get_system_settings("apply_strict_user_permissions")
    if doctype in user_permissions:
        allowed = get_allowed_docs_for_doctype(user_permissions[doctype], doctype)
        if allowed and cstr(doc.get("name")) not in allowed:
            push_perm_check_log(_("Not allowed for {0}: {1}").format(_(doctype), doc.get("name")))
            return False
    return all(
        _links_are_permitted(row, doctype, user_permissions, strict) for row in [doc, *doc.get_all_children()]
    )


def _links_are_permitted(row, doctype, user_permissions, strict) -> bool:
    meta = frappe.get_meta(row.get("doctype"))
    for df in meta.get_link_fields():
        value = row.get(df.fieldname)
        if df.ignore_user_permissions or df.options not in user_permissions or (not value and not strict):
            continue
        allowed = get_allowed_docs_for_doctype(user_permissions[df.options], doctype)
        if allowed and cstr(value) not in allowed:
            place = (value or _("empty"), _(df.label) if df.label else df.fieldname)
            push_perm_check_log(
                _("You are not allowed to access this {0} record because it is linked to {1} '{2}' in field {3}").format(
                    _(meta.name), _(df.options), *place
                )
            )
            return False
    return True


def has_controller_permissions(doc, ptype, user=None, debug=False) -> bool:
    """What the apps' has_permission hooks say: False denies, the first that says anything decides."""
    hooks = frappe.get_hooks("has_permission", {})
    for method in reversed([*hooks.get(doc.doctype, []), *hooks.get("*", [])]):
        answer = frappe.call(method, doc=doc, ptype=ptype, user=user or frappe.session.user, debug=debug)
        if answer is not None:
            return bool(answer)
    return True


def has_child_permission(child_doctype, ptype, child_doc, user, parent_doctype) -> bool:
    """A row's rights are those of the document it belongs to, at the permlevel of its table."""
    if isinstance(child_doc, str):
        child_doc = frappe.db.get_value(
            child_doctype, child_doc, ("parent", "parenttype", "parentfield"), as_dict=True
        )
    if child_doc:
        parent_doctype = child_doc.parenttype
    if not parent_doctype:
        push_perm_check_log(_("Please specify a valid parent DocType for {0}").format(frappe.bold(child_doctype)))
        return False
    tables = [df for df in frappe.get_meta(parent_doctype).get_table_fields() if df.options == child_doctype]
    if not tables:
        push_perm_check_log(
            _("{0} is not a valid parent DocType for {1}").format(
                frappe.bold(parent_doctype), frappe.bold(child_doctype)
            )
        )
        return False
    field = next((df for df in tables if child_doc and df.fieldname == child_doc.parentfield), tables[0])
    if field.permlevel and child_doc:
        levels = frappe.get_meta(parent_doctype).get_permlevel_access(
            "read" if ptype in ("read", "select") else "write", user=user
        )
        if field.permlevel not in levels:
            push_perm_check_log(_("Insufficient Permission Level for {0}").format(frappe.bold(parent_doctype)))
            return False
    parent = child_doc.parent if child_doc else None
    return _has_permission(parent_doctype, ptype, getattr(child_doc, "parent_doc", None) or parent, user, None)


def get_roles(user=None, with_standard=True) -> list[str]:
    """The roles of a user; everyone has All and Guest, desk users Desk User, Administrator every role."""
    user = user or frappe.session.user
    if not user or user == "Guest":
        return [GUEST_ROLE]

    def read():
        if user == "Administrator":
            return frappe.db.sql("select `name` from `tabRole`", pluck=True)
        own = frappe.db.sql(
            "select `role` from `tabHas Role` where `parenttype`='User' and `parent`=%s", (user,), pluck=True
        )
        automatic = [ALL_USER_ROLE, GUEST_ROLE]
        if frappe.db.get_value("User", user, "user_type") == "System User":
            automatic.append(SYSTEM_USER_ROLE)
        return [role for role in own if role not in AUTOMATIC_ROLES] + automatic

    roles = frappe.cache.hget("roles", user, read)
    if not with_standard:
        roles = [role for role in roles if role not in AUTOMATIC_ROLES]
    return list(roles)


def get_doctypes_with_read() -> list[str]:
    return list({p.parent for p in get_valid_perms() if p.read})


def get_valid_perms(doctype=None, user=None) -> list:
    """The permission rules that count for a user: a DocType's own, or the site's where it has some for it."""
    filters = {"permlevel": 0, "role": ("in", get_roles(user))}
    if doctype:
        filters["parent"] = doctype
    own = frappe.get_all("Custom DocPerm", fields=["*"], filters=filters)
    changed = set(get_doctypes_with_custom_docperms())
    rules = frappe.get_all("DocPerm", fields=["*"], filters={**filters, "parenttype": "DocType"})
    return [rule for rule in rules if rule.parent not in changed] + own


def get_doctypes_with_custom_docperms() -> list[str]:
    return frappe.get_all("Custom DocPerm", distinct=True, pluck="parent")


def setup_custom_perms(parent: str) -> bool | None:
    """Copy a DocType's rules to the site, to be changed there; True where that was still to do."""
    if frappe.db.exists("Custom DocPerm", {"parent": parent}):
        return None
    for rule in frappe.get_all("DocPerm", fields=["*"], filters={"parent": parent}):
        frappe.new_doc("Custom DocPerm").update(rule).insert(ignore_permissions=True)
    frappe.clear_cache(doctype=parent)
    return True


def add_permission(doctype: str, role: str, permlevel=0, ptype=None) -> str | None:
    """Give a role a right (reading) on a DocType at a level; the name of the rule, None where there is one."""
    setup_custom_perms(doctype)
    rule = {"parent": doctype, "role": role, "permlevel": permlevel, "if_owner": 0}
    if frappe.db.get_value("Custom DocPerm", rule):
        frappe.msgprint(_("Rule for this doctype, role, permlevel and if-owner combination already exists."), alert=True)
        return None
    given = {right: 0 for right in rights} | {ptype or "read": 1}
    doc = frappe.get_doc(
        {"doctype": "Custom DocPerm", **rule, **given, "parenttype": "DocType", "parentfield": "permissions"}
    ).insert()
    frappe.clear_cache(doctype=doctype)
    return doc.name


def update_permission_property(doctype, role, permlevel, ptype, value=None, validate=True, if_owner=0):
    """Set one right of a rule, on this site."""
    if ptype not in (*rights, "if_owner"):
        frappe.throw(_("{0} is not a right").format(ptype))
    done = setup_custom_perms(doctype)
    rule = {"parent": doctype, "role": role, "permlevel": permlevel, "if_owner": if_owner}
    frappe.db.set_value("Custom DocPerm", rule, ptype, cint(value))
    frappe.clear_cache(doctype=doctype)
    return done


def reset_perms(doctype: str) -> None:
    """Back to the rules of the DocType's app."""
    frappe.db.delete("Custom DocPerm", {"parent": doctype})
    frappe.clear_cache(doctype=doctype)


def filter_allowed_docs_for_doctype(user_permissions, doctype, with_default_doc=True):
    """The documents User Permissions name for a DocType, and which of them is the default."""
    allowed, default = [], None
    for permission in user_permissions or ():
        if not permission.get("applicable_for") or permission.applicable_for == doctype:
            allowed.append(permission.get("doc"))
            if permission.get("is_default") or (len(user_permissions) == 1 and with_default_doc):
                default = permission.get("doc")
    return (allowed, default) if with_default_doc else allowed


def get_allowed_docs_for_doctype(user_permissions, doctype) -> list[str]:
    return filter_allowed_docs_for_doctype(user_permissions, doctype, with_default_doc=False)


def add_user_permission(
    doctype, name, user, ignore_permissions=False, applicable_for=None, is_default=0, hide_descendants=0
):
    """Restrict a user to a document (and, in a tree, what lies below it)."""
    known = get_user_permissions(user).get(doctype, ())
    if any(p["doc"] == name and p.get("applicable_for") == applicable_for for p in known):
        return None
    if not frappe.db.exists(doctype, name):
        frappe.throw(_("{0} {1} not found").format(_(doctype), name), frappe.DoesNotExistError)
    return frappe.get_doc(
        doctype="User Permission",
        user=user,
        allow=doctype,
        for_value=name,
        is_default=is_default,
        applicable_for=applicable_for,
        apply_to_all_doctypes=0 if applicable_for else 1,
        hide_descendants=hide_descendants,
    ).insert(ignore_permissions=ignore_permissions)
