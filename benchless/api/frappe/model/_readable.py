"""What a user may read by a list: which DocTypes, columns, tables and rows."""

import frappe
import frappe.permissions
import frappe.share
from frappe import _
from frappe.model import get_permitted_fields, optional_fields
from frappe.types import _dict

# Their `data` holds values of other documents; one by one, they leave without those the reader may not see.
COPIES = ("Version", "Deleted Document")


class Readable:
    """The part of DatabaseQuery that asks for rights: of its `user`, unless `flags.ignore_permissions`."""

    def check_read_permission(self, doctype: str, parent_doctype: str | None = None) -> None:
        if self.flags.ignore_permissions or doctype in self.permission_map:
            return
        ptype = "select" if frappe.only_has_select_perm(doctype, self.user) else "read"
        frappe.has_permission(
            doctype, ptype=ptype, parent_doctype=parent_doctype or self.doctype, throw=True, user=self.user
        )
        self.permission_map[doctype] = ptype

    def _permitted(self, doctype, parenttype) -> set[str]:
        """The columns of a DocType that the user may read; none of a child table whose own level he lacks."""
        if doctype in self._readable:
            return self._readable[doctype]
        found = set(
            get_permitted_fields(
                doctype=doctype,
                parenttype=parenttype,
                user=self.user,
                permission_type=self.permission_map.get(doctype),
                ignore_virtual=True,
            )
        ) | set(optional_fields)
        if parenttype and not self._readable_tables(doctype, parenttype)[0]:
            found = {"name", "parent", "parenttype", "parentfield", "idx"}
        if doctype in COPIES and self.user != "Administrator":
            found.discard("data")
        self._readable[doctype] = found
        return found

    def _readable_tables(self, doctype: str, parenttype: str) -> tuple[list[str], bool]:
        """The fields of a parent that hold this child table and that the user may read; whether those are all."""
        meta = frappe.get_meta(parenttype)
        tables = [df for df in meta.get_table_fields() if df.options == doctype]
        if self.flags.ignore_permissions or self.user == "Administrator":
            return [df.fieldname for df in tables], True
        levels = {0, *meta.get_permlevel_access("read", user=self.user)}
        readable = [df.fieldname for df in tables if (df.permlevel or 0) in levels]
        return readable, len(readable) == len(tables)

    def _check_readable(self, doctype: str, fieldname: str) -> None:
        """Refuse to filter, sort or group by what the user may not read: the rows found would tell it."""
        if self.flags.ignore_permissions or self.user == "Administrator":
            return
        parenttype = self.parent_doctype if doctype == self.doctype else self.doctype
        parenttype = parenttype if frappe.get_meta(doctype).istable else None
        if fieldname not in self._permitted(doctype, parenttype):
            frappe.throw(
                _("No permission to read field {0} of {1}").format(frappe.bold(fieldname), _(doctype)),
                frappe.PermissionError,
            )

    def _only_tables(self, doctype: str, parenttype: str) -> str:
        """SQL that leaves out the rows of tables at a level the user lacks."""
        readable, all_of_them = self._readable_tables(doctype, parenttype)
        if all_of_them or not readable:  # of unreadable tables alone no column is given anyway
            return ""
        return f" and `tab{doctype}`.`parentfield` in ({', '.join(map(frappe.db.escape, readable))})"

    def _rows_of_readable_parents(self) -> str:
        """Of a child table the user sees the rows of the documents he may read, in the tables he may read."""
        table, parent = f"`tab{self.doctype}`", self.parent_doctype
        readable, _all = self._readable_tables(self.doctype, parent)
        listed = ", ".join(frappe.db.escape(name, percent=False) for name in readable) or "''"
        conditions = [
            f"{table}.`parenttype` = {frappe.db.escape(parent, percent=False)}",
            f"{table}.`parentfield` in ({listed})",
        ]
        if match := type(self)(parent, user=self.user).build_match_conditions():
            conditions.append(f"{table}.`parent` in (select `name` from `tab{parent}` where {match})")
        return f"({' and '.join(conditions)})"

    def build_match_conditions(self, as_condition=True):
        """What the user may see of the DocType: owner's constraint, User Permissions, and the apps' conditions."""
        meta = self.doctype_meta
        rights = frappe.permissions.get_role_permissions(meta, user=self.user)
        match_conditions: list[str] = []
        self.match_filters: list[dict] = []
        may_read = rights.get("select") or rights.get("read")
        shared: list[str] = []
        only_shared = False
        if not meta.istable and not may_read and not self.flags.ignore_permissions:
            shared = frappe.share.get_shared(self.doctype, self.user)
            only_shared = bool(shared)
            if not shared and not has_any_user_permission_for_doctype(
                self.doctype, self.user, self.reference_doctype
            ):
                frappe.throw(_("No permission to read {0}").format(_(self.doctype)), frappe.PermissionError)
        if only_shared:
            match_conditions.append(self._shared_condition(shared))
        elif requires_owner_constraint(rights):
            match_conditions.append(f"`tab{self.doctype}`.`owner` = {frappe.db.escape(self.user, percent=False)}")
        elif may_read:
            if not self.flags.ignore_user_permissions:
                match_conditions.extend(self._user_permission_conditions())
        if not as_condition:
            return self.match_filters
        conditions = "((" + ") or (".join(match_conditions) + "))" if match_conditions else ""
        if of_apps := self.get_permission_query_conditions():
            conditions = f"{conditions} and {of_apps}" if conditions else of_apps
        if match_conditions and not only_shared:  # what is shared is seen besides
            if shared := frappe.share.get_shared(self.doctype, self.user):
                conditions = f"(({conditions}) or ({self._shared_condition(shared)}))"
        return conditions

    def _shared_condition(self, names: list[str]) -> str:
        listed = ", ".join(frappe.db.escape(name, percent=False) for name in names)
        return f"`tab{self.doctype}`.`name` in ({listed})"

    def _user_permission_conditions(self) -> list[str]:
        """One condition that every Link with User Permissions holds a permitted value (or none)."""
        user_permissions = frappe.permissions.get_user_permissions(self.user)
        strict = frappe.get_system_settings("apply_strict_user_permissions")
        own = _dict(options=self.doctype, fieldname="name")
        conditions, filters = [], {}
        for df in [*self.doctype_meta.get_link_fields(), own]:
            if df.ignore_user_permissions:
                continue
            docs = []
            for permission in user_permissions.get(df.options, ()):
                applicable_for = permission.get("applicable_for")
                target = self.reference_doctype if df.fieldname == "name" else self.doctype
                if not applicable_for or applicable_for == target:
                    docs.append(permission.get("doc"))
            if not docs:
                continue
            column = f"`tab{self.doctype}`.`{df.fieldname}`"
            listed = ", ".join(frappe.db.escape(doc, percent=False) for doc in docs)
            empty = "" if strict else f"ifnull({column}, '')='' or "
            conditions.append(f"({empty}{column} in ({listed}))")
            filters[df.options] = docs
        if filters:
            self.match_filters.append(filters)
        return [" and ".join(conditions)] if conditions else []

    def get_permission_query_conditions(self) -> str:
        hooks = frappe.get_hooks("permission_query_conditions", {})
        conditions = []
        for method in [*hooks.get(self.doctype, []), *hooks.get("*", [])]:
            if condition := frappe.call(frappe.get_attr(method), self.user, doctype=self.doctype):
                conditions.append(f"({condition})")
        return " and ".join(conditions)


def has_any_user_permission_for_doctype(doctype: str, user: str, applicable_for: str) -> bool:
    permissions = frappe.permissions.get_user_permissions(user).get(doctype, [])
    return any(not p.applicable_for or p.applicable_for == applicable_for for p in permissions)


def requires_owner_constraint(role_permissions) -> bool:
    """Whether the user reads only what he made himself."""
    own = role_permissions.get("if_owner")
    if not role_permissions.get("has_if_owner_enabled") or not own:
        return False
    return not any(role_permissions.get(right) and right not in own for right in ("select", "read"))
