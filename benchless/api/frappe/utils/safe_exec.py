"""Expressions from configuration (workflow conditions, …), evaluated without access to the machine."""

import ast
import datetime
from types import ModuleType

import frappe
import RestrictedPython.Guards
from frappe.types import _dict
from frappe.utils import _limits
from RestrictedPython import RestrictingNodeTransformer, compile_restricted
from RestrictedPython.Eval import default_guarded_getitem

OPERATORS = {ast.Mult: "*", ast.Pow: "**", ast.Add: "+", ast.Mod: "%"}
SAFE_BUILTINS = {
    name: __builtins__[name] if isinstance(__builtins__, dict) else getattr(__builtins__, name)
    for name in (
        "abs", "all", "any", "bool", "dict", "enumerate", "float", "int", "isinstance", "len", "list",
        "max", "min", "round", "set", "sorted", "str", "sum", "tuple", "zip",
    )
}


def _getattr(obj, name, default=None):
    """Attributes whose names start with an underscore, str.format, and modules lead out of the expression."""
    formats = isinstance(name, str) and name.startswith("format") and (isinstance(obj, str) or obj is str)
    if not isinstance(name, str) or name.startswith("_") or formats or isinstance(obj, ModuleType):
        raise AttributeError(f"{name} is not allowed here")
    if isinstance(obj, dict) and not hasattr(type(obj), name):
        return obj.get(name, default)
    found = getattr(obj, name, default)
    return _limits.checked_method(obj, name, found) if isinstance(obj, str) and callable(found) else found


class _Policy(RestrictingNodeTransformer):
    """RestrictedPython's rules; operators that can build something huge go through a function that looks first."""

    def visit_BinOp(self, node):
        node = self.node_contents_visit(node)
        if type(node.op) not in OPERATORS:
            return node
        sign = ast.Constant(OPERATORS[type(node.op)])
        call = ast.Call(ast.Name("_operate_", ast.Load()), [sign, node.left, node.right], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def visit_FormattedValue(self, node):
        if node.format_spec:
            self.error(node, "A width or precision is not allowed here.")
        return super().visit_FormattedValue(node)


def get_safe_globals() -> _dict:
    """What every expression may use: a few functions of frappe.utils, and the session's user."""
    utils = frappe.utils
    names = (
        "add_days", "add_months", "cint", "cstr", "date_diff", "flt", "formatdate", "get_datetime", "getdate",
        "get_first_day", "get_last_day", "now", "now_datetime", "nowdate", "today",
    )
    allowed = _dict({name: getattr(utils, name) for name in names})
    session = getattr(frappe.local, "session", None) or _dict()
    return _dict(
        frappe=_dict(
            _=frappe._,
            utils=allowed,
            session=_dict(user=session.user),
            user=session.user,
            db=_dict(
                get_value=frappe.db.get_value,
                get_list=frappe.get_list,
                exists=frappe.db.exists,
                count=frappe.db.count,
            ),
            get_roles=frappe.get_roles,
        ),
        _=frappe._,
        datetime=_dict(date=datetime.date, datetime=datetime.datetime, timedelta=datetime.timedelta),
    )


def safe_eval(code: str, eval_globals: dict | None = None, eval_locals: dict | None = None):
    """The value of an expression; assignments, imports, dunder names and calls into the host are refused."""
    compiled = compile_restricted(code.strip(), filename="<safe_eval>", mode="eval", policy=_Policy)
    scope = {**SAFE_BUILTINS, **(eval_globals or {}), **(eval_locals or {})}
    scope |= {
        "__builtins__": {},
        "_getattr_": _getattr,
        "_getitem_": default_guarded_getitem,
        "_getiter_": _limits.counted,
        "_operate_": lambda sign, left, right: _limits.OPERATORS[sign](left, right),
        "range": _limits.small_range,
        "_iter_unpack_sequence_": RestrictedPython.Guards.guarded_iter_unpack_sequence,
    }
    with _limits.budget():
        return eval(compiled, scope)  # noqa: S307 (compiled with restrictions)
