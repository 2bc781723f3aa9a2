"""The `frappe` API on the embedded host: what apps import, gathered from the modules that do it."""

from frappe._cache import announce_change, cache
from frappe._context import (  # noqa: F401
    clear_request_state,
    conf,
    connect,
    db,
    debug_log,
    destroy,
    error_log,
    flags,
    form,
    form_dict,
    get_site_config,
    init,
    job,
    lang,
    local,
    message_log,
    request,
    response,
    session,
    set_test_mode,
    set_user,
)
from frappe._documents import (  # noqa: F401
    clear_document_cache,
    copy_doc,
    delete_doc,
    get_all,
    get_cached_doc,
    get_cached_value,
    get_doc,
    get_document_cache_key,
    get_last_doc,
    get_list,
    get_meta,
    get_single,
    get_system_settings,
    get_value,
    import_doc,
    make_property_setter,
    new_doc,
    reload_doc,
    rename_doc,
    set_value,
)
from frappe._hooks import (  # noqa: F401
    append_hook,
    call,
    get_all_apps,
    get_app_path,
    get_attr,
    get_doc_hooks,
    get_file_items,
    get_hooks,
    get_installed_apps,
    get_module,
    get_module_list,
    get_module_path,
    get_newargs,
    get_pymodule_path,
    get_site_path,
    read_file,
    scrub,
    unscrub,
)
from frappe._messages import (  # noqa: F401
    _,
    bold,
    clear_last_message,
    clear_messages,
    errprint,
    get_message_log,
    get_traceback,
    log,
    log_error,
    msgprint,
    throw,
)
from frappe._whitelist import (  # noqa: F401
    allowed_http_methods_for_whitelisted_func,
    guest_methods,
    is_whitelisted,
    whitelist,
    whitelisted,
    xss_safe_methods,
)
from frappe.exceptions import *  # noqa: F403
from frappe.exceptions import PermissionError, ValidationError  # noqa: F401
from frappe.query_builder import qb  # noqa: F401
from frappe.types import _dict  # noqa: F401

__version__ = "15.55.1"
__title__ = "Frappe Framework"

STANDARD_USERS = ("Guest", "Administrator")
controllers: dict[str, dict] = {}


# permissions


def get_roles(username: str | None = None) -> list[str]:
    """The roles of a user, automatic ones (All, Guest, Desk User) among them."""
    from frappe.permissions import get_roles as roles_of

    return roles_of(username or (local.session and local.session.user) or "Guest")


def only_for(roles, message=False) -> None:
    """Raise PermissionError unless the user has one of the roles; never in tests, as on Frappe."""
    if local.flags.in_test or local.session.user == "Administrator":
        return
    wanted = {roles} if isinstance(roles, str) else set(roles)
    if not wanted.intersection(get_roles()):
        if not message:
            raise PermissionError
        throw(
            _("This action is only allowed for {}").format(", ".join(bold(_(role)) for role in sorted(wanted))),
            PermissionError,
            _("Not Permitted"),
        )


def has_permission(
    doctype=None, ptype="read", doc=None, user=None, throw=False, *, parent_doctype=None, debug=False
) -> bool:
    """Whether the user has a right on a DocType or document; with `throw`, PermissionError instead of False."""
    import frappe.permissions

    if not doctype and doc:
        doctype = doc.doctype
    allowed = frappe.permissions.has_permission(
        doctype, ptype, doc=doc, user=user, parent_doctype=parent_doctype, raise_exception=throw, debug=debug
    )
    if throw and not allowed:
        target = f"{_(doctype)} - {doc if isinstance(doc, str) else doc.name}" if doc else _(doctype)
        flags.error_message = _("No permission for {0}").format(target)
        raise PermissionError(flags.error_message)
    return allowed


def only_has_select_perm(doctype: str, user: str | None = None, ignore_permissions=False) -> bool:
    if ignore_permissions:
        return False
    from frappe.permissions import get_role_permissions

    rights = get_role_permissions(get_meta(doctype), user=user or local.session.user)
    return bool(rights.get("select") and not rights.get("read"))


def is_table(doctype: str) -> bool:
    """Whether the DocType is a child table."""
    return bool(get_meta(doctype).istable)


def build_match_conditions(doctype: str, as_condition=True):
    """The SQL condition that leaves what the user may read, for a report's own query."""
    from frappe.model.db_query import DatabaseQuery

    return DatabaseQuery(doctype).build_match_conditions(as_condition=as_condition)


# caches


def clear_cache(user: str | None = None, doctype: str | None = None) -> None:
    """Forget what was derived from a DocType's definition, from a user's rights, or everything."""
    if doctype:
        from frappe.model.meta import clear_meta_cache

        clear_meta_cache(doctype)
        if getattr(local, "db", None):
            local.db.value_cache.pop(doctype, None)
    elif user:
        for name in ("roles", "user_permissions"):
            cache.hdel(name, user)
    else:
        cache.flushall()
        controllers.pop(getattr(local, "site", None), None)
        if getattr(local, "db", None):
            local.db.value_cache.clear()
        local.document_cache = {}
        local.doc_events_hooks = None
    local.role_permissions = {}
    local.new_doc_templates = {}
    local.valid_columns = {}
    announce_change()


# values, JSON, text


def generate_hash(txt: str | None = None, length: int = 56) -> str:
    """A random hexadecimal text."""
    import math
    import secrets

    return secrets.token_hex(math.ceil(length / 2))[:length]


def as_json(obj, indent=1, separators=None, ensure_ascii=True) -> str:
    """JSON of anything the API hands out: documents, dates, sets."""
    import json

    from frappe.utils.response import json_handler

    if separators is None:
        separators = (",", ": ")
    return json.dumps(
        obj, indent=indent, sort_keys=True, default=json_handler, separators=separators, ensure_ascii=ensure_ascii
    )


def parse_json(val):
    from frappe.utils import parse_json as parse

    return parse(val)


def as_unicode(text, encoding: str = "utf-8") -> str:
    if text is None:
        return ""
    return str(text, encoding) if isinstance(text, bytes) else str(text)


def safe_eval(code: str, eval_globals=None, eval_locals=None):
    """Evaluate an expression without access to anything that is not passed in."""
    from frappe.utils.safe_exec import safe_eval as evaluate

    return evaluate(code, eval_globals, eval_locals)


def format_value(*args, **kwargs) -> str:
    from frappe.utils.formatters import format_value as format_one

    return format_one(*args, **kwargs)


format = format_value  # Frappe's name


# work that others do: mail, background, paper


def sendmail(*args, **kwargs):
    """Queue (or send) an e-mail."""
    from frappe.email.queue import sendmail as send

    return send(*args, **kwargs)


def enqueue(*args, **kwargs):
    """Run a method in the background."""
    from frappe.utils.background_jobs import enqueue as put

    return put(*args, **kwargs)


def enqueue_doc(*args, **kwargs):
    """Run a method of a document in the background."""
    from frappe.utils.background_jobs import enqueue_doc as put

    return put(*args, **kwargs)


def publish_realtime(*args, **kwargs) -> None:
    """Tell open pages that something changed."""
    from frappe.realtime import publish_realtime as publish

    publish(*args, **kwargs)


def publish_progress(*args, **kwargs) -> None:
    """Show how far a long task is."""
    from frappe.realtime import publish_progress as publish

    publish(*args, **kwargs)


def get_print(*args, **kwargs):
    """A document in a print format, as HTML or PDF."""
    from frappe.utils.print_utils import get_print as render

    return render(*args, **kwargs)


def attach_print(*args, **kwargs) -> dict:
    from frappe.utils.print_utils import attach_print as attach

    return attach(*args, **kwargs)


def render_template(*args, **kwargs) -> str:
    """Render a Jinja template."""
    from frappe.utils.jinja import render_template as render

    return render(*args, **kwargs)


def get_template(path: str):
    from frappe.utils.jinja import get_template as load

    return load(path)


@whitelist(allow_guest=True)
def ping() -> str:
    return "pong"
