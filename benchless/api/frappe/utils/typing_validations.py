"""The types of arguments that come from outside, checked against a function's annotations."""

import datetime
import inspect
import types
import typing
from collections.abc import Callable
from functools import wraps

from frappe.exceptions import FrappeTypeError

NOT_CONVERTED = object()


def validate_argument_types(func: Callable, apply_condition: Callable = lambda: True) -> Callable:
    """Check (and convert, as pydantic would) annotated arguments; FrappeTypeError where one does not fit."""
    signature = inspect.signature(func)

    @wraps(func)
    def wrapper(*args, **kwargs):
        if apply_condition():
            args, kwargs = transform_parameter_types(func, args, kwargs, signature)
        return func(*args, **kwargs)

    parameters = signature.parameters.values()
    wrapper.fnargs = [p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    wrapper.fnargs_any = any(p.kind == p.VAR_KEYWORD for p in parameters)
    return wrapper


def transform_parameter_types(func, args: tuple, kwargs: dict, signature=None) -> tuple[tuple, dict]:
    annotations = getattr(func, "__annotations__", {})
    if not annotations or not (args or kwargs):
        return args, kwargs
    signature = signature or inspect.signature(func)
    names = list(signature.parameters)
    new_args, new_kwargs = list(args), dict(kwargs)
    for name, expected in annotations.items():
        if name == "return" or isinstance(expected, (str, typing.ForwardRef)):
            continue  # `from __future__ import annotations` leaves text: not checked, as on Frappe
        if any(isinstance(part, (str, typing.ForwardRef)) for part in typing.get_args(expected)):
            continue
        position = names.index(name)
        if name in new_kwargs:
            value = new_kwargs[name]
        elif position < len(new_args):
            value = new_args[position]
        else:
            continue
        default = signature.parameters[name].default
        wanted = [float, int, bool] if expected is bool else [expected]
        if default is not inspect.Parameter.empty:
            wanted.append(type(default))
        converted = _convert_any(value, wanted)
        if converted is NOT_CONVERTED:
            raise FrappeTypeError(
                f"Argument '{name}' should be of type '{_named(expected)}' but got '{_named(type(value))}' instead."
            )
        if name in new_kwargs:
            new_kwargs[name] = converted
        else:
            new_args[position] = converted
    return tuple(new_args), new_kwargs


def _named(kind) -> str:
    if isinstance(kind, type) and not typing.get_args(kind):
        return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return str(kind)


def _convert_any(value, wanted: list):
    """The value as it is when its type is wanted, else converted to the first type that takes it."""
    flat: list = []
    for kind in wanted:
        origin = typing.get_origin(kind)
        flat.extend(typing.get_args(kind) if origin in (typing.Union, types.UnionType) else [kind])
    for exact in (True, False):
        for kind in flat:
            converted = _convert(value, kind, exact)
            if converted is not NOT_CONVERTED:
                return converted
    return NOT_CONVERTED


def _convert(value, kind, exact: bool):
    if kind is typing.Any or kind is inspect.Parameter.empty:
        return value
    if kind is None or kind is type(None):
        return None if value is None else NOT_CONVERTED
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return value if value in typing.get_args(kind) else NOT_CONVERTED
    if origin is typing.Annotated:
        return _convert(value, typing.get_args(kind)[0], exact)
    if origin in (list, tuple, set, frozenset) and isinstance(value, (list, tuple, set)):
        inner = [a for a in typing.get_args(kind) if a is not Ellipsis]
        items = [_convert_any(item, [inner[0]]) if inner else item for item in value]
        if any(item is NOT_CONVERTED for item in items):
            return NOT_CONVERTED
        return value if exact and isinstance(value, origin) and items == list(value) else origin(items)
    kind = origin or kind
    if not isinstance(kind, type):
        return value
    if isinstance(value, kind) and not (isinstance(value, bool) and kind is int and exact):
        return value
    return NOT_CONVERTED if exact else _coerce(value, kind)


def _coerce(value, kind: type):
    """The conversions pydantic makes in its lax mode."""
    try:
        if kind is int:
            if isinstance(value, bool) or isinstance(value, (str, float)) and float(value) == int(float(value)):
                return int(float(value))
        elif kind is float:
            if isinstance(value, (int, str)):
                return float(value)
        elif kind is bool:
            known = {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False,
                     "on": True, "off": False, "t": True, "f": False, "y": True, "n": False}
            return known.get(str(value).lower(), NOT_CONVERTED)
        elif kind is datetime.datetime and isinstance(value, str):
            return datetime.datetime.fromisoformat(value)
        elif kind is datetime.date and isinstance(value, str):
            return datetime.date.fromisoformat(value)
        elif kind is str and isinstance(value, bytes):
            return value.decode()
    except (ValueError, OverflowError):
        return NOT_CONVERTED
    return NOT_CONVERTED
