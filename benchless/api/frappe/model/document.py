"""A document's life: insert, save, submit, cancel, delete, with the hooks and checks on the way."""


import frappe
from frappe import _, is_whitelisted, msgprint, whitelist
from frappe.model import optional_fields, table_fields
from frappe.model.base_document import BaseDocument, get_controller
from frappe.model.docstatus import DocStatus
from frappe.model.naming import set_new_name, validate_name
from frappe.types import _dict
from frappe.utils import cstr, now
from frappe.utils.data import get_datetime, get_timedelta, getdate
from werkzeug.exceptions import NotFound


def get_doc(*args, **kwargs) -> "Document":
    """A document by DocType and name, or a new one from a dict or keyword arguments."""
    doctype = None
    if args:
        first = args[0]
        if isinstance(first, BaseDocument):
            return first
        if isinstance(first, str):
            doctype = first
        elif isinstance(first, dict):
            kwargs = first
        else:
            raise ValueError("First non keyword argument must be a string or dict")
    if len(args) < 2 and kwargs and doctype is None:
        if "doctype" not in kwargs:
            raise ValueError('"doctype" is a required key')
        doctype = kwargs["doctype"]
    return get_controller(doctype)(*args, **kwargs)


class Document(BaseDocument):
    """The class of every document; controllers inherit from it."""

    def __init__(self, *args, **kwargs):
        self.doctype = None
        self.name = None
        self.flags = _dict()
        if args and args[0]:
            if isinstance(args[0], str):
                self.doctype = args[0]
                self.name = self.doctype if len(args) == 1 else args[1]
                self.flags.for_update = kwargs.get("for_update")
                self.load_from_db()
                return
            if isinstance(args[0], dict):
                kwargs = args[0]
        if not kwargs:
            raise ValueError("Illegal arguments")
        super().__init__(kwargs)
        self.init_child_tables()
        self.init_valid_columns()

    # loading

    def load_from_db(self) -> "Document":
        """Read the document and its rows; DoesNotExistError where there is none."""
        self.flags.ignore_children = True
        for_update = self.flags.for_update
        if self.meta.issingle:
            values = frappe.db.get_singles_dict(self.doctype, for_update=for_update)
            if not values:
                values = frappe.new_doc(self.doctype, as_dict=True)
                values.pop("__islocal", None)
            values["name"] = self.doctype
            values["doctype"] = self.doctype
            super().__init__(values)
            self.init_valid_columns()
            self._fix_numeric_types()
        else:
            values = frappe.db.get_value(
                self.doctype, self.name, "*", as_dict=True, for_update=for_update,
                order_by=None if not isinstance(self.name, (dict, list)) else "creation asc",
            )
            if not values:
                frappe.throw(
                    _("{0} {1} not found").format(_(self.doctype), self.name), frappe.DoesNotExistError
                )
            super().__init__(values)
        self.flags.pop("ignore_children", None)
        for df in self._get_table_fields():
            rows = frappe.db.sql(
                f"select * from `tab{df.options}` where `parent`=%s and `parenttype`=%s and `parentfield`=%s "
                "order by `idx`",
                (self.name, self.doctype, df.fieldname),
                as_dict=True,
            )
            self.set(df.fieldname, rows)
        if hasattr(self, "__setup__"):
            self.__setup__()
        return self

    def reload(self) -> "Document":
        """Read the document again, dropping what was changed."""
        return self.load_from_db()

    def get_latest(self) -> "Document":
        if not getattr(self, "_doc_before_save", None):
            self.load_doc_before_save()
        return self._doc_before_save

    # permissions

    def check_permission(self, permtype="read", permlevel=None) -> None:
        """Raise PermissionError where the user lacks a right on this document."""
        if not self.has_permission(permtype):
            self.raise_no_permission_to(permtype)

    def has_permission(self, permtype="read", *, debug=False, user=None) -> bool:
        if self.flags.ignore_permissions:
            return True
        import frappe.permissions

        return frappe.permissions.has_permission(self.doctype, permtype, self, debug=debug, user=user)

    def raise_no_permission_to(self, perm_type):
        frappe.flags.error_message = _("You need the '{0}' permission on {1} {2} to perform this action.").format(
            _(perm_type), frappe.bold(_(self.doctype)), self.name or ""
        )
        raise frappe.PermissionError(frappe.flags.error_message)

    def get_permissions(self) -> list:
        return frappe.get_meta(self.parenttype if self.meta.istable else self.doctype).permissions

    def get_permlevel_access(self, permission_type="write") -> list[int]:
        roles = frappe.get_roles()
        return list(
            dict.fromkeys(
                perm.permlevel or 0
                for perm in self.get_permissions()
                if perm.role in roles and perm.get(permission_type)
            )
        )

    def has_permlevel_access_to(self, fieldname, df=None, permission_type="read") -> bool:
        df = df or self.meta.get_field(fieldname)
        return (df.permlevel or 0) in self.get_permlevel_access(permission_type)

    def _unreadable_fields(self, doctype: str) -> list[str]:
        """The fields of this document (or, by their DocType, of its rows) whose level the user may not read."""
        if frappe.session.user == "Administrator":
            return []
        fields = frappe.get_meta(doctype).get_high_permlevel_fields()
        levels = self.get_permlevel_access("read") if fields else ()
        return [df.fieldname for df in fields if df.permlevel not in levels]

    def apply_fieldlevel_read_permissions(self) -> None:
        """Remove values above the user's permlevels, before the document leaves the server."""
        for row in [self, *self.get_all_children()]:
            for fieldname in self._unreadable_fields(row.doctype):
                row.__dict__.pop(fieldname, None)

    def readable_dict(self) -> _dict:
        """as_dict without the values above the user's permlevels; the document itself keeps them."""
        values = self.as_dict()
        for fieldname in self._unreadable_fields(self.doctype):
            values.pop(fieldname, None)
        for df in self.meta.get_table_fields():
            unreadable = self._unreadable_fields(df.options)
            for row in values.get(df.fieldname) or ():
                for fieldname in unreadable:
                    row.pop(fieldname, None)
        return values

    def validate_higher_perm_levels(self) -> None:
        """Put back values at permlevels the user may not write."""
        if self.flags.ignore_permissions or frappe.flags.in_install or frappe.session.user == "Administrator":
            return
        levels = self.get_permlevel_access()
        if fields := self.meta.get_high_permlevel_fields():
            self.reset_values_if_no_permlevel_access(levels, fields)
        if self.is_new():
            return
        for df in self.meta.get_table_fields():
            if fields := frappe.get_meta(df.options).get_high_permlevel_fields():
                for row in self.get(df.fieldname):
                    row.reset_values_if_no_permlevel_access(levels, fields)

    # writing

    def insert(
        self,
        ignore_permissions=None,
        ignore_links=None,
        ignore_if_duplicate=False,
        ignore_mandatory=None,
        set_name=None,
        set_child_names=True,
    ) -> "Document":
        """Write a new document: defaults, links, permission, before_insert, name, validate, after_insert, on_update."""
        if self.flags.in_print:
            return self
        self._set_flags(
            ignore_permissions=ignore_permissions, ignore_links=ignore_links, ignore_mandatory=ignore_mandatory
        )
        self.set("__islocal", True)
        self._set_defaults()
        self.set_user_and_timestamp()
        self.set_docstatus()
        self.check_if_latest()
        self._validate_links()
        self.check_permission("create")
        self.run_method("before_insert")
        self.set_new_name(set_name=set_name, set_child_names=set_child_names)
        self.set_parent_in_children()
        self.validate_higher_perm_levels()
        self.flags.in_insert = True
        self.run_before_save_methods()
        self._validate()
        self.set_docstatus()
        self.flags.in_insert = False
        if self.meta.issingle:
            self.update_single(self.get_valid_dict(ignore_virtual=True))
        else:
            self.db_insert(ignore_if_duplicate=ignore_if_duplicate)
        for row in self.get_all_children():
            row.db_insert()
        self.run_method("after_insert")
        self.flags.in_insert = True
        if self.get("amended_from"):
            self.validate_amended_from()
            self.copy_attachments_from_amended_from()
        self._attach_files()
        self.run_post_save_methods()
        self.flags.in_insert = False
        self.__dict__.pop("__islocal", None)
        self.__dict__.pop("__unsaved", None)
        return self

    def _set_flags(self, **flags) -> None:
        for name, value in flags.items():
            if value is not None:
                self.flags[name] = value

    def save(self, *args, **kwargs) -> "Document":
        """Write the document, or insert it when it is new."""
        return self._save(*args, **kwargs)

    def _save(self, ignore_permissions=None, ignore_version=None) -> "Document":
        if self.flags.in_print:
            return self
        self._set_flags(ignore_permissions=ignore_permissions)
        self.flags.ignore_version = frappe.flags.in_test if ignore_version is None else ignore_version
        if self.get("__islocal") or not self.get("name"):
            return self.insert()
        self._set_defaults()
        self.check_permission("write", "save")
        self.set_user_and_timestamp()
        self.set_docstatus()
        self.check_if_latest()
        self.set_parent_in_children()
        self.set_name_in_children()
        self.validate_higher_perm_levels()
        self._validate_links()
        self.run_before_save_methods()
        if self._action != "cancel":
            self._validate()
        if self._action == "update_after_submit":
            self.validate_update_after_submit()
        self.set_docstatus()
        if self.meta.issingle:
            self.update_single(self.get_valid_dict(ignore_virtual=True))
        else:
            self.db_update()
        self.update_children()
        self.run_post_save_methods()
        self.__dict__.pop("__unsaved", None)
        return self

    @whitelist()
    def submit(self):
        """Set docstatus 1 and save."""
        return self._submit()

    @whitelist()
    def cancel(self):
        """Set docstatus 2 and save."""
        return self._cancel()

    def _submit(self):
        self.docstatus = DocStatus.submitted()
        return self.save()

    def _cancel(self):
        self.docstatus = DocStatus.cancelled()
        return self.save()

    def delete(self, ignore_permissions=False, force=False, *, delete_permanently=False):
        """Delete the document."""
        return frappe.delete_doc(
            self.doctype,
            self.name,
            ignore_permissions=ignore_permissions,
            flags=self.flags,
            force=force,
            delete_permanently=delete_permanently,
        )

    def rename(self, name: str, merge: bool = False, force: bool = False, validate_rename: bool = True) -> None:
        """Give the document another name (or merge it into the one of that name)."""
        from frappe.model.rename_doc import rename_doc

        self.name = rename_doc(doc=self, new=name, merge=merge, force=force, validate=validate_rename)
        self.reload()

    def update_children(self) -> None:
        for df in self.meta.get_table_fields():
            self.update_child_table(df.fieldname, df)

    def update_child_table(self, fieldname, df=None) -> None:
        """Make the stored rows of a table those of the document."""
        df = df or self.meta.get_field(fieldname)
        rows = self.get(fieldname) or []
        if df.options not in (self.flags.ignore_children_type or ()):
            kept = {row.name for row in rows if row.name and not row.is_new()}
            stored = frappe.db.sql(
                f"select `name` from `tab{df.options}` where `parent`=%s and `parenttype`=%s and `parentfield`=%s",
                (self.name, self.doctype, fieldname),
                pluck=True,
            )
            gone = [name for name in stored if name not in kept]
            for start in range(0, len(gone), 500):
                frappe.db.sql(f"delete from `tab{df.options}` where `name` in %s", (gone[start : start + 500],))
        for row in rows:
            row.db_update()

    def update_single(self, d) -> None:
        """Write the values of a Single."""
        frappe.db.sql("delete from `tabSingles` where `doctype`=%s", (self.doctype,))
        for field, value in d.items():
            if field != "doctype":
                frappe.db.sql(
                    "insert into `tabSingles` (`doctype`, `field`, `value`) values (%s, %s, %s)",
                    (self.doctype, field, None if value is None else cstr(value)),
                )
        frappe.db.value_cache.pop(self.doctype, None)

    # the steps of a save

    def set_new_name(self, force=False, set_name=None, set_child_names=True) -> None:
        """Name the document and its rows."""
        if self.flags.name_set and not force:
            return
        if self.get("__newname") and (self.meta.autoname or "").lower() == "prompt":
            self.name = validate_name(self.doctype, self.get("__newname"))
            self.flags.name_set = True
            return
        if set_name:
            self.name = validate_name(self.doctype, set_name)
        else:
            set_new_name(self)
        if set_child_names:
            for row in self.get_all_children():
                set_new_name(row)
        self.flags.name_set = True

    def get_title(self) -> str:
        return self.get(self.meta.get_title_field()) or ""

    def set_title_field(self) -> None:
        """Fill a field called `title` from its options or default, which may name other fields in braces."""
        df = self.meta.get_field("title") if self.meta.title_field == "title" else None
        if not df:
            return
        values = {key: "" if value is None else value for key, value in self.as_dict().items()}
        if df.options:
            self.set("title", df.options.format(**values))
        elif self.is_new() and not self.get("title") and df.default:
            self.set("title", df.default.format(**values))

    def set_user_and_timestamp(self) -> None:
        self._original_modified = self.modified
        self.modified = now()
        self.modified_by = frappe.session.user
        if self.is_new() and not (frappe.flags.in_install or frappe.flags.in_patch or frappe.flags.in_migrate):
            self.creation = self.modified
            self.owner = self.modified_by
        for row in self.get_all_children():
            row.modified = self.modified
            row.modified_by = self.modified_by
            row.owner = row.owner or self.owner
            row.creation = row.creation or self.creation
        frappe.flags.currently_saving.append((self.doctype, self.name))

    def set_docstatus(self) -> None:
        for row in self.get_all_children():
            row.docstatus = self.docstatus

    def _set_defaults(self) -> None:
        if frappe.flags.in_import:
            return
        if self.is_new():
            self.update_if_missing(frappe.new_doc(self.doctype, as_dict=True))
        for df in self.meta.get_table_fields():
            rows = self.get(df.fieldname)
            if not isinstance(rows, list) or not any(row.is_new() for row in rows):
                continue
            defaults = frappe.new_doc(df.options, parent_doc=self, parentfield=df.fieldname, as_dict=True)
            for row in rows:
                if row.is_new():
                    row.update_if_missing(defaults)

    def check_if_latest(self) -> None:
        """Refuse to overwrite what someone else saved meanwhile, and a change of docstatus that is none."""
        self.load_doc_before_save(raise_exception=True)
        self._action = "save"
        previous = self._doc_before_save
        if not previous:
            self.check_docstatus_transition(0)
            return
        if cstr(previous.modified) != cstr(self._original_modified):
            msgprint(
                _("Error: Document has been modified after you have opened it")
                + f" ({previous.modified}, {self.modified}). "
                + _("Please refresh to get the latest document."),
                raise_exception=frappe.TimestampMismatchError,
            )
        if not self.meta.issingle:
            self.check_docstatus_transition(previous.docstatus)

    def check_docstatus_transition(self, to_docstatus) -> None:
        """Draft → draft or submitted; submitted → submitted or cancelled; nothing from cancelled."""
        before = DocStatus(to_docstatus)
        after = self.docstatus
        if after not in (0, 1, 2):
            raise frappe.ValidationError(_("Invalid docstatus"), after)
        if before.is_cancelled():
            raise frappe.ValidationError(_("Cannot edit cancelled document"))
        if before.is_draft():
            if after.is_draft():
                self._action = "save"
            elif after.is_submitted():
                self._action = "submit"
                self.check_permission("submit")
            else:
                raise frappe.DocstatusTransitionError(_("Cannot change docstatus from 0 (Draft) to 2 (Cancelled)"))
        elif after.is_submitted():
            self._action = "update_after_submit"
            self.check_permission("submit")
        elif after.is_cancelled():
            self._action = "cancel"
            self.check_permission("cancel")
        else:
            raise frappe.DocstatusTransitionError(_("Cannot change docstatus from 1 (Submitted) to 0 (Draft)"))

    def set_parent_in_children(self) -> None:
        for row in self.get_all_children():
            row.parent = self.name
            row.parenttype = self.doctype

    def set_name_in_children(self) -> None:
        for row in self.get_all_children():
            if not row.name:
                set_new_name(row)

    def _validate(self) -> None:
        """The checks every document passes after its own validate()."""
        self._validate_mandatory()
        for doc in [self, *self.get_all_children()]:
            doc._validate_data_fields()
            doc._validate_selects()
            doc._validate_non_negative()
            doc._validate_length()
            doc._fix_rating_value()
            doc._validate_code_fields()
            doc._sync_autoname_field()
            doc._sanitize_content()
            doc._save_passwords()
        self.validate_workflow()
        if self.is_new():
            for fieldname in optional_fields:
                self.set(fieldname, None)
        else:
            self.validate_set_only_once()

    def _validate_mandatory(self) -> None:
        if self.flags.ignore_mandatory:
            return
        missing = self._get_missing_mandatory_fields()
        for row in self.get_all_children():
            missing.extend(row._get_missing_mandatory_fields())
        if not missing:
            return
        for _fieldname, message in missing:
            msgprint(message)
        fields = ", ".join(fieldname for fieldname, _message in missing)
        raise frappe.MandatoryError(f"[{self.doctype}, {self.name}]: {fields}")

    def _validate_links(self) -> None:
        if self.flags.ignore_links or self._action == "cancel":
            return
        invalid, cancelled = self.get_invalid_links()
        for row in self.get_all_children():
            more_invalid, more_cancelled = row.get_invalid_links(is_submittable=self.meta.is_submittable)
            invalid.extend(more_invalid)
            cancelled.extend(more_cancelled)
        if invalid:
            frappe.throw(
                _("Could not find {0}").format(", ".join(item[2] for item in invalid)), frappe.LinkValidationError
            )
        if cancelled:
            frappe.throw(
                _("Cannot link cancelled document: {0}").format(", ".join(item[2] for item in cancelled)),
                frappe.CancelledLinkError,
            )

    def validate_workflow(self) -> None:
        if frappe.flags.in_install == "frappe":
            return
        workflow = self.meta.get_workflow()
        if workflow:
            from frappe.model.workflow import set_workflow_state_on_action, validate_workflow

            validate_workflow(self)
            if self._action != "save":
                set_workflow_state_on_action(self, workflow, self._action)

    def validate_set_only_once(self) -> None:
        """Fields that are set once keep their value."""
        before = self._doc_before_save
        if not before:
            return
        for fieldname, label in (("owner", _("Created By")), ("creation", _("Created On"))):
            if self.get(fieldname) and before.get(fieldname) and cstr(self.get(fieldname)) != cstr(before.get(fieldname)):
                frappe.throw(
                    _("Value cannot be changed for {0}").format(frappe.bold(label)),
                    exc=frappe.CannotChangeConstantError,
                )
        for df in self.meta.get_set_only_once_fields():
            mine, was = self.get(df.fieldname), before.get(df.fieldname)
            if df.fieldtype in table_fields:
                changed = not self.is_child_table_same(df.fieldname)
            elif df.fieldtype in ("Date", "Datetime", "Time"):
                changed = cstr(mine) != cstr(was)
            else:
                changed = mine != was
            if changed:
                frappe.throw(
                    _("Value cannot be changed for {0}").format(frappe.bold(_(self.meta.get_label(df.fieldname)))),
                    exc=frappe.CannotChangeConstantError,
                )

    def is_child_table_same(self, fieldname) -> bool:
        mine, was = self.get(fieldname) or [], self._doc_before_save.get(fieldname) or []
        if len(mine) != len(was):
            return False

        def content(row):
            values = row.as_dict(convert_dates_to_str=True)
            for key in ("modified", "modified_by", "creation", "__unsaved"):
                values.pop(key, None)
            return values

        return all(content(a) == content(b) for a, b in zip(mine, was, strict=True))

    def validate_update_after_submit(self) -> None:
        if self.flags.ignore_validate_update_after_submit:
            return
        self._validate_update_after_submit()
        for row in self.get_all_children():
            if row.is_new() and self.meta.get_field(row.parentfield).allow_on_submit:
                continue
            row._validate_update_after_submit()

    def validate_amended_from(self) -> None:
        if frappe.db.get_value(self.doctype, self.amended_from, "docstatus") != 2:
            frappe.throw(
                _(
                    "{0} cannot be amended because it is not cancelled. Please cancel the document before creating "
                    "an amendment."
                ).format(frappe.utils.get_link_to_form(self.doctype, self.amended_from)),
                title=_("Amendment Not Allowed"),
            )

    def copy_attachments_from_amended_from(self) -> None:
        """An amendment keeps the files of the document it replaces."""
        attached = frappe.get_all(
            "File",
            filters={"attached_to_doctype": self.doctype, "attached_to_name": self.amended_from},
            fields=["file_url", "file_name", "is_private"],
        )
        for file in attached:
            frappe.get_doc(
                {
                    "doctype": "File",
                    **file,
                    "attached_to_doctype": self.doctype,
                    "attached_to_name": self.name,
                    "folder": "Home/Attachments",
                }
            ).insert(ignore_permissions=True)

    def _attach_files(self) -> None:
        """Files uploaded into Attach fields before the document had a name now belong to it."""
        urls = [
            self.get(df.fieldname) for df in self.meta.fields if df.fieldtype in ("Attach", "Attach Image")
        ]
        urls = [url for url in urls if url]
        if not urls or not self.get("__temporary_name"):
            return
        frappe.db.set_value(
            "File",
            {
                "file_url": ("in", urls),
                "attached_to_doctype": self.doctype,
                "attached_to_name": self.get("__temporary_name"),
            },
            "attached_to_name",
            self.name,
        )

    def load_doc_before_save(self, *, raise_exception: bool = False) -> None:
        """Read what is stored (and keep others from changing it until this transaction ends)."""
        self._doc_before_save = None
        if self.is_new():
            return
        try:
            self._doc_before_save = frappe.get_doc(self.doctype, self.name, for_update=True)
        except frappe.DoesNotExistError:
            if raise_exception:
                raise
            frappe.clear_last_message()

    def get_doc_before_save(self) -> "Document | None":
        return getattr(self, "_doc_before_save", None)

    def has_value_changed(self, fieldname) -> bool:
        """Whether a value differs from what was stored before this save."""
        import datetime

        previous = self.get_doc_before_save()
        if not previous:
            return True
        was, is_now = previous.get(fieldname), self.get(fieldname)
        if isinstance(was, datetime.datetime):
            is_now = get_datetime(is_now)
        elif isinstance(was, datetime.date):
            is_now = getdate(is_now)
        elif isinstance(was, datetime.timedelta):
            is_now = get_timedelta(is_now)
        return was != is_now

    def run_before_save_methods(self) -> None:
        """before_validate, validate, before_save / before_submit / before_cancel / before_update_after_submit."""
        if self._action in ("save", "submit"):
            self.run_method("before_validate")
        if self.flags.ignore_validate:
            return
        if self._action == "save":
            self.run_method("validate")
            self.run_method("before_save")
        elif self._action == "submit":
            self.run_method("validate")
            self.run_method("before_submit")
        elif self._action == "cancel":
            self.run_method("before_cancel")
        elif self._action == "update_after_submit":
            self.run_method("before_update_after_submit")
        self.set_title_field()

    def run_post_save_methods(self) -> None:
        """on_update, on_submit / on_cancel / on_update_after_submit, then on_change."""
        if self._action == "save":
            self.run_method("on_update")
        elif self._action == "submit":
            self.run_method("on_update")
            self.run_method("on_submit")
        elif self._action == "cancel":
            self.run_method("on_cancel")
            self.check_no_back_links_exist()
        elif self._action == "update_after_submit":
            self.run_method("on_update_after_submit")
        self.clear_cache()
        if self.flags.get("notify_update", True):
            self.notify_update()
        self.save_version()
        self.run_method("on_change")
        if (self.doctype, self.name) in frappe.flags.currently_saving:
            frappe.flags.currently_saving.remove((self.doctype, self.name))

    def check_no_back_links_exist(self) -> None:
        """A document others rely on cannot be cancelled."""
        from frappe.model.delete_doc import check_if_doc_is_dynamically_linked, check_if_doc_is_linked

        if not self.flags.ignore_links:
            check_if_doc_is_linked(self, method="Cancel")
            check_if_doc_is_dynamically_linked(self, method="Cancel")

    def clear_cache(self) -> None:
        frappe.clear_document_cache(self.doctype, self.name)

    def notify_update(self) -> None:
        """Tell open pages that the document changed."""
        if frappe.flags.in_patch or frappe.flags.in_install:
            return
        frappe.publish_realtime(
            "doc_update",
            {"modified": self.modified, "doctype": self.doctype, "name": self.name},
            doctype=self.doctype,
            docname=self.name,
            after_commit=True,
        )

    def save_version(self) -> None:
        """Keep what changed, where the DocType tracks changes."""
        if (
            not self.meta.track_changes
            or self.doctype == "Version"
            or self.flags.ignore_version
            or frappe.flags.in_install
            or (not self._doc_before_save and frappe.flags.in_patch)
        ):
            return
        before = self._doc_before_save
        if not before and self.get("amended_from"):
            before = frappe.get_doc(self.doctype, self.amended_from)
        version = frappe.new_doc("Version")
        if version.update_version_info(before, self):
            version.insert(ignore_permissions=True)

    # values past the controller

    def db_set(self, fieldname, value=None, update_modified=True, notify=False, commit=False) -> None:
        """Set a value here and in the database, without validation."""
        if isinstance(fieldname, dict):
            self.update(fieldname)
        else:
            self.set(fieldname, value)
        if update_modified and (self.doctype, self.name) not in frappe.flags.currently_saving:
            self.set("modified", now())
            self.set("modified_by", frappe.session.user)
        if not self.get_doc_before_save():
            self.load_doc_before_save()
        self.run_method("before_change")
        if self.name is None:
            return
        write = frappe.db.set_single_value if self.meta.issingle else frappe.db.set_value
        target = (self.doctype,) if self.meta.issingle else (self.doctype, self.name)
        write(
            *target,
            fieldname,
            value,
            modified=self.modified,
            modified_by=self.modified_by,
            update_modified=update_modified,
        )
        self.run_method("on_change")
        if notify:
            self.notify_update()
        if commit:
            frappe.db.commit()

    # children and hooks

    def get_all_children(self, parenttype=None) -> list["Document"]:
        """The rows of every child table (or of those of one DocType)."""
        rows = []
        for df in self._get_table_fields():
            if not parenttype or df.options == parenttype:
                rows.extend(self.get(df.fieldname) or ())
        return rows

    def run_method(self, method, *args, **kwargs):
        """Run a method of the controller, then what hooks attach to it."""
        handler = getattr(self, method, None)
        # A value that stands under a method's name must not switch the method off: it is called, and fails.
        known = callable(handler) or callable(getattr(type(self), method, None))
        result = handler(*args, **kwargs) if known else None
        events = frappe.get_doc_hooks()
        for path in [
            *events.get(self.doctype, {}).get(method, ()),
            *events.get("*", {}).get(method, ()),
        ]:
            returned = frappe.get_attr(path)(self, method, *args, **kwargs)
            if returned is None:
                continue
            if isinstance(returned, dict) and isinstance(result, dict):
                result.update(returned)
            else:
                result = returned
        self.run_notifications(method)
        return result

    def run_notifications(self, method: str) -> None:
        """Send the Notifications that wait for this event."""
        from frappe.email.doctype.notification.notification import run_notifications

        run_notifications(self, method)

    def is_whitelisted(self, method_name) -> None:
        method = getattr(self, method_name, None)
        if not method:
            raise NotFound(f"Method {method_name} not found")
        is_whitelisted(getattr(method, "__func__", method))

    # the rest

    def add_comment(self, comment_type="Comment", text=None, comment_email=None, comment_by=None):
        """Write a line into the document's history."""
        return frappe.get_doc(
            {
                "doctype": "Comment",
                "comment_type": comment_type,
                "comment_email": comment_email or frappe.session.user,
                "comment_by": comment_by,
                "reference_doctype": self.doctype,
                "reference_name": self.name,
                "content": text or comment_type,
            }
        ).insert(ignore_permissions=True)

    def __repr__(self):
        state = f" docstatus={int(self.docstatus)}" if self.docstatus else ""
        parent = f" parent={self.parent}" if getattr(self, "parent", None) else ""
        return f"<{self.__class__.__name__}: {self.name or 'unsaved'}{state}{parent}>"

    def __str__(self):
        return f"{self.__class__.__name__}({self.name or 'unsaved'})"
