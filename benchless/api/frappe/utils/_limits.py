"""How much a template or an expression may do: the steps of its loops, the size of what it builds."""

import functools
import re
from contextlib import contextmanager

import frappe

STEPS = 2_000_000
LARGEST = 1_000_000  # a width, a count, the members of a repeated list
LARGEST_TEXT = 20_000_000  # characters or members of what is put together
LARGEST_POWER = 1_000
# Methods and filters whose whole numbers say how large the result becomes.
SIZING = frozenset(("center", "ljust", "rjust", "zfill", "expandtabs", "indent", "batch", "slice"))
# Places to fill whose width is a large number, or comes as an argument.
WIDE = re.compile(r"\d{6,}|\{[^{}]*\{|%[-#0 +]*\*")


class TooMuchWork(frappe.ValidationError):
    """A template or an expression that would not come to an end, or would fill the memory."""


@contextmanager
def budget():
    """The steps of one template or expression, with all that it renders in turn."""
    if getattr(frappe.local, "sandbox_steps", None) is not None:
        yield
        return
    frappe.local.sandbox_steps = [STEPS]
    try:
        yield
    finally:
        frappe.local.sandbox_steps = None


def counted(iterable):
    """The members one by one, each of them a step."""
    left = getattr(frappe.local, "sandbox_steps", None) or [STEPS]
    for member in iterable:
        left[0] -= 1
        if left[0] < 0:
            _refuse(True)
        yield member


def _refuse(too_much: bool) -> None:
    if too_much:
        raise TooMuchWork(frappe._("This template or expression does too much work"))


def _size(value) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple | dict | set) else 0


def multiply(left, right):
    """`*` that repeats no text or list beyond all measure."""
    for sequence, times in ((left, right), (right, left)):
        _refuse(isinstance(times, int) and _size(sequence) * times > LARGEST)
    return left * right


def power(left, right):
    """`**` of numbers that a person could have meant."""
    _refuse(abs(right) > LARGEST_POWER or abs(left) > 10**18)
    return left**right


def add(left, right):
    """`+`, also of texts and lists."""
    _refuse(_size(left) + _size(right) > LARGEST_TEXT)
    return left + right


def modulo(left, right):
    """`%`, also of a text with places to fill."""
    _refuse(isinstance(left, str | bytes) and bool(WIDE.search(str(left))))
    return left % right


OPERATORS = {"*": multiply, "**": power, "+": add, "%": modulo}


def joined(parts) -> str:
    """Texts put together, Jinja's `~`."""
    parts = [str(part) for part in parts]
    _refuse(sum(map(len, parts)) > LARGEST_TEXT)
    return "".join(parts)


def small_range(*arguments) -> range:
    """range() of a bearable length."""
    found = range(*arguments)
    _refuse(found.start + LARGEST * found.step < found.stop if found.step > 0 else len(found) > LARGEST)
    return found


def check_call(name: str, text, arguments) -> None:
    """Before a method of a text, or the filter of that name, is called: its result stays bearable."""
    if name in SIZING:
        _refuse(any(isinstance(value, int) and abs(value) > LARGEST for value in arguments))
    elif name in ("format", "format_map"):
        _refuse(bool(WIDE.search(str(text))))
    elif name == "replace" and len(arguments) > 1 and isinstance(text, str):
        _refuse(text.count(str(arguments[0])) * len(str(arguments[1])) > LARGEST_TEXT)
    elif name == "join" and arguments:
        _refuse(_size(text) * _size(arguments[0]) > LARGEST_TEXT)


def checked_method(text, name: str, method):
    """A text's method that looks at its arguments first."""

    @functools.wraps(method)
    def call(*arguments, **more):
        check_call(name, text, (*arguments, *more.values()))
        return method(*arguments, **more)

    return call


def checked_filter(name: str, function):
    """A Jinja filter that looks at its arguments first; what Jinja marked on it stays."""

    @functools.wraps(function)
    def call(*arguments, **more):
        own = arguments[1:] if hasattr(function, "jinja_pass_arg") else arguments
        if name == "join":  # the separator is the argument, the list what it is called on
            check_call(name, str(own[1]) if len(own) > 1 else str(more.get("d", "")), own[:1])
        else:
            check_call(name, own[0], (*own[1:], *more.values()))
        return function(*arguments, **more)

    return call
