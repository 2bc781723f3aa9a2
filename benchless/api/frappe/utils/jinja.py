"""The sandboxed Jinja environment of templates, print formats and e-mails."""

import copy
import inspect
from types import ModuleType

import frappe
from frappe.model.base_document import BaseDocument
from frappe.utils import _limits
from jinja2 import DebugUndefined, Template, nodes
from jinja2.sandbox import SandboxedEnvironment

# Attributes through which a template could reach the interpreter.
UNSAFE_ATTRIBUTES = {
    "cr_frame", "cr_code", "cr_origin", "cr_await", "ag_code", "ag_frame", "gi_frame", "gi_code",
    "gi_yieldfrom", "f_back", "f_builtins", "f_code", "f_globals", "f_locals", "f_trace",
    "tb_frame", "tb_next", "func_globals", "func_code", "mro", "_conn", "_connection", "connection",
}  # fmt: skip
# What a template has no business with on a document: it shows.
WRITING_METHODS = {
    "insert", "save", "submit", "cancel", "delete", "discard", "rename", "db_insert", "db_update", "db_set", "db_update_all",
    "update_children", "run_method", "queue_action", "add_comment", "add_tag", "notify_update", "set_user_tags", "unlock",
}  # fmt: skip


class _Template(Template):
    def render(self, *args, **kwargs):
        with _limits.budget():
            return super().render(*args, **kwargs)


class _Environment(SandboxedEnvironment):
    """A template reads and shows: no underscore, no writing, and loops and texts of bearable size."""

    template_class = _Template
    intercepted_binops = frozenset(_limits.OPERATORS)

    def is_safe_attribute(self, obj, attr, value):
        if attr in UNSAFE_ATTRIBUTES or (attr in WRITING_METHODS and isinstance(obj, BaseDocument)):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context, operator, left, right):
        return _limits.OPERATORS[operator](left, right)

    def wrap_str_format(self, value):
        wrapped = super().wrap_str_format(value)
        return wrapped and _limits.checked_method(value.__self__, value.__name__, wrapped)

    def call(self, context, function, /, *args, **kwargs):
        owner = getattr(function, "__self__", None)
        if isinstance(owner, str | bytes):
            _limits.check_call(getattr(function, "__name__", ""), owner, (*args, *kwargs.values()))
        return super().call(context, function, *args, **kwargs)

    def _parse(self, source, name, filename):
        """Loops count their steps; `~` looks at the size of what it joins."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = _filter(loop.iter, "_counted")
        for concat in list(tree.find_all(nodes.Concat)):
            concat.nodes = [_filter(nodes.List(concat.nodes, lineno=concat.lineno), "_joined")]
        return tree.set_environment(self)


def _filter(node, name: str):
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def get_jenv():
    """The environment of this request, with the globals, the filters and the apps' `jinja` hooks."""
    if not getattr(frappe.local, "jenv", None):
        env = _Environment(loader=get_jloader(), undefined=DebugUndefined)
        env.globals.pop("lipsum")
        env.globals.update(get_safe_globals())
        for filter_name in (*_limits.SIZING, "format", "replace", "join"):
            if filter_name in env.filters:
                env.filters[filter_name] = _limits.checked_filter(filter_name, env.filters[filter_name])
        env.filters.update(_builtin_filters(), _counted=_limits.counted, _joined=_limits.joined)
        methods, filters = get_jinja_hooks()
        env.globals.update(methods)
        env.filters.update(filters)
        frappe.local.jenv = env
    return frappe.local.jenv


def get_jloader():
    """Templates are looked up as `<app>/templates/…` and as `templates/…`, the last app first."""
    from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

    apps = list(reversed(frappe.get_installed_apps())) if frappe.db else []
    if "frappe" not in apps:
        apps.append("frappe")
    loaders = {app: PackageLoader(app, ".") for app in apps}
    return ChoiceLoader([PrefixLoader(loaders), *loaders.values()])


def get_safe_globals() -> dict:
    """What a template may use: reading, formatting and translating; no writing, no SQL."""
    from frappe import _, _dict
    from frappe.utils import data, get_fullname, get_url

    session = frappe._dict(
        user=frappe.session.user if frappe.session else "Guest",
        csrf_token=(frappe.session.data or {}).get("csrf_token", "") if frappe.session else "",
    )
    utils = frappe._dict(
        {
            name: member
            for name, member in vars(data).items()
            if not name.startswith("_") and inspect.isfunction(member) and member.__module__ == data.__name__
        }
    )
    utils.update(get_url=get_url, get_fullname=get_fullname)
    db = (
        frappe._dict(
            get_list=frappe.get_list,
            get_all=frappe.get_all,
            get_value=frappe.db.get_value,
            get_single_value=frappe.db.get_single_value,
            get_default=frappe.db.get_default,
            exists=frappe.db.exists,
            count=frappe.db.count,
            escape=frappe.db.escape,
        )
        if frappe.db
        else frappe._dict()
    )
    from frappe.utils.formatters import format_value, html_value

    namespace = _dict(
        _=_,
        _dict=_dict,
        bold=frappe.bold,
        db=db,
        flags=_dict(),
        form_dict=frappe.form_dict or _dict(),
        format=format_value,
        format_value=format_value,
        format_date=data.formatdate,
        date_format="dd-mm-yyyy",
        full_name=get_fullname(session.user) if frappe.db else session.user,
        get_all=frappe.get_all,
        get_cached_doc=frappe.get_cached_doc,
        get_cached_value=frappe.get_cached_value,
        get_doc=frappe.get_doc,
        get_fullname=get_fullname,
        get_hooks=lambda *args, **kwargs: copy.deepcopy(frappe.get_hooks(*args, **kwargs)),
        get_list=frappe.get_list,
        get_meta=frappe.get_meta,
        get_system_settings=frappe.get_system_settings,
        get_url=get_url,
        lang=frappe.local.lang,
        msgprint=frappe.msgprint,
        render_template=render_template,
        session=session,
        throw=frappe.throw,
        user=session.user,
        utils=utils,
    )
    return {
        "_": _,
        "_dict": _dict,
        "dict": dict,
        "frappe": namespace,
        "json": _dict(loads=frappe.parse_json, dumps=frappe.as_json),
        "scrub": frappe.scrub,
        "style": _dict(border_color="#d1d8dd"),
        "as_json": frappe.as_json,
        "parse_json": frappe.parse_json,
        "get_visible_columns": _get_visible_columns,
        "html_value": html_value,
    }


def _get_visible_columns(data, table_meta, df):
    from frappe.www.printview import get_visible_columns

    return get_visible_columns(data, table_meta, df)


def _builtin_filters() -> dict:
    from frappe.utils import cint, cstr, flt, formatdate

    return {
        "json": frappe.as_json,
        "len": len,
        "int": cint,
        "str": cstr,
        "flt": flt,
        "global_date_format": formatdate,
    }


def get_jinja_hooks() -> tuple[dict, dict]:
    """(methods, filters) that the apps' hooks add: dotted paths of functions, or of modules full of them."""
    hooks = frappe.get_hooks("jinja") if frappe.db else {}
    hooks = hooks or {}
    return _objects(hooks.get("methods", ())), _objects(hooks.get("filters", ()))


def _objects(paths) -> dict:
    found = {}
    for path in paths:
        try:
            target = frappe.get_module(path)
        except ModuleNotFoundError:
            target = frappe.get_attr(path)
        if isinstance(target, ModuleType):
            found.update(
                {
                    name: member
                    for name, member in inspect.getmembers(target, inspect.isfunction)
                    if not name.startswith("_")
                }
            )
        else:
            found[target.__name__] = target
    return found


def get_template(path: str):
    """A template by its path."""
    return get_jenv().get_template(path)


def render_template(template, context=None, is_path=None, safe_render=True) -> str:
    """Render a template given as a path or as its text."""
    from jinja2 import TemplateError

    if not template:
        return ""
    if is_path or guess_is_path(template):
        return get_template(template).render(context or {})
    if safe_render and ".__" in template:
        frappe.throw(frappe._("Illegal template"))
    try:
        return get_jenv().from_string(template).render(context or {})
    except TemplateError:
        frappe.throw(
            f"<pre>{frappe.utils.escape_html(template)}</pre>"
            f"<pre>{frappe.utils.escape_html(frappe.get_traceback())}</pre>",
            title="Jinja Template Error",
        )


def guess_is_path(template: str) -> bool:
    """One line that ends like a file name is a path."""
    return "\n" not in template and "." in template and template.rsplit(".", 1)[-1] in (
        "html", "css", "py", "md", "json", "js", "xml", "txt",
    )  # fmt: skip


def get_email_from_template(name: str, args: dict | None) -> tuple[str, str | None]:
    """(HTML, text or None) of templates/emails/<name>."""
    from jinja2 import TemplateNotFound

    html = get_template(f"templates/emails/{name}.html").render(args or {})
    try:
        return html, get_template(f"templates/emails/{name}.txt").render(args or {})
    except TemplateNotFound:
        return html, None
