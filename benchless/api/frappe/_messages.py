"""What the user is told: translation, messages, errors, logs."""

import inspect
import sys
import traceback

from frappe._context import local
from frappe.exceptions import ValidationError
from frappe.types import _dict


def _(msg: str, lang: str | None = None, context: str | None = None) -> str:
    """The message in the user's language, or itself where no translation is known."""
    if not msg:
        return msg
    lang = lang or getattr(local, "lang", None) or "en"
    if lang in ("en", "en-US"):
        return msg
    from frappe.translate import get_all_translations

    translations = get_all_translations(lang)
    key = msg.strip()
    return (context and translations.get(f"{key}:{context}")) or translations.get(key) or msg


def bold(text) -> str:
    return f"<strong>{text}</strong>"


def msgprint(
    msg,
    title=None,
    raise_exception=False,
    as_table=False,
    as_list=False,
    indicator=None,
    alert=False,
    primary_action=None,
    is_minimizable=False,
    wide=False,
    *,
    realtime=False,
) -> None:
    """Put a message where the user will see it; with `raise_exception`, also stop what is going on."""
    out = _dict(message=msg)

    def raise_it():
        if not raise_exception:
            return
        is_class = inspect.isclass(raise_exception) and issubclass(raise_exception, Exception)
        raise (raise_exception if is_class else ValidationError)(msg)

    if local.flags.mute_messages:
        raise_it()
        return
    if as_table:
        out.as_table = 1
    if as_list and isinstance(msg, (list, tuple)):
        out.as_list = 1
    out.title = title or _("Message")
    indicator = indicator or ("red" if raise_exception else None)
    for key, value in (
        ("indicator", indicator),
        ("alert", alert and 1),
        ("raise_exception", raise_exception and 1),
        ("primary_action", primary_action),
        ("is_minimizable", is_minimizable),
        ("wide", wide),
    ):
        if value:
            out[key] = value
    if local.flags.print_messages:
        print(f"Message: {msg}")
    local.message_log.append(out)
    raise_it()


def throw(
    msg, exc=ValidationError, title=None, is_minimizable=False, wide=False, as_list=False, primary_action=None
) -> None:
    """Show a message and raise `exc`."""
    msgprint(
        msg,
        raise_exception=exc,
        title=title,
        indicator="red",
        is_minimizable=is_minimizable,
        wide=wide,
        as_list=as_list,
        primary_action=primary_action,
    )


def clear_messages() -> None:
    local.message_log = []


def get_message_log() -> list:
    return list(local.message_log)


def clear_last_message() -> None:
    if local.message_log:
        local.message_log = local.message_log[:-1]


def errprint(msg) -> None:
    if not local.request:
        print(msg, file=sys.stderr)
    local.error_log.append({"exc": str(msg)})


def log(msg) -> None:
    local.debug_log.append(str(msg))


def get_traceback(with_context: bool = False) -> str:
    """The traceback of the exception being handled, as text."""
    kind, value, trace = sys.exc_info()
    return "".join(traceback.format_exception(kind, value, trace)) if kind else ""


def log_error(title=None, message=None, reference_doctype=None, reference_name=None, *, defer_insert=False):
    """Keep an error in the Error Log; survives only if the caller's transaction is committed."""
    import frappe

    trace = get_traceback()
    if message is None and title and "\n" in str(title):
        title, message = None, title
    doc = frappe.get_doc(
        {
            "doctype": "Error Log",
            "method": str(title or "Error")[:140],
            "error": str(message) if message and not trace else "\n".join(filter(None, [str(message or ""), trace])),
            "reference_doctype": reference_doctype,
            "reference_name": reference_name,
        }
    )
    return doc.insert(ignore_permissions=True)
