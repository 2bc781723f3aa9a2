"""Translations: translations/<lang>.csv of the installed apps, overlaid with Translation records."""

import csv
import os
from contextlib import contextmanager

import frappe
from frappe.utils import get_user_lang

__all__ = ["get_all_translations", "get_user_lang", "print_language", "set_default_language"]

MERGED_TRANSLATION_KEY = "merged_translations"
USER_TRANSLATION_KEY = "lang_user_translations"

# CSV files as read, by path: {path: (modified, {source: text})}; files change only by an update of the app.
_files: dict[str, tuple[float, dict[str, str]]] = {}


def get_parent_language(lang: str) -> str | None:
    """`pt` for `pt-BR`; None where the language is no variant."""
    for separator in ("_", "-"):
        if separator in lang:
            return lang.split(separator)[0]
    return None


def set_default_language(lang: str) -> None:
    """Set the language of the site and of this request."""
    if frappe.db.get_default("lang") != lang:
        frappe.db.set_default("lang", lang)
    frappe.local.lang = lang


def get_all_translations(lang: str) -> dict[str, str]:
    """{source or "source:context": text} for a language, from apps and Translation records."""
    if not lang:
        return {}
    return frappe.cache.hget(MERGED_TRANSLATION_KEY, lang, generator=lambda: _merge(lang)) or {}


def _merge(lang: str) -> dict[str, str]:
    parent = get_parent_language(lang)
    merged = {}
    for code in filter(None, (parent, lang)):
        merged.update(get_translations_from_apps(code))
    for code in filter(None, (parent, lang)):
        merged.update(get_user_translations(code))
    return merged


def get_translations_from_apps(lang: str, apps=None) -> dict[str, str]:
    """What the apps' CSV files say, later apps over earlier ones, a variant over its parent language."""
    translations = {}
    parent = get_parent_language(lang)
    for app in apps or frappe.get_installed_apps():
        for code in filter(None, (parent, lang)):
            translations.update(get_translations_from_csv(code, app))
    return translations


def get_translations_from_csv(lang: str, app: str) -> dict[str, str]:
    """One app's translations/<lang>.csv, {} where there is none."""
    return get_translation_dict_from_file(
        os.path.join(frappe.get_app_path(app), "translations", f"{lang}.csv"), lang, app
    )


def get_translation_dict_from_file(path: str, lang: str, app: str, throw: bool = False) -> dict[str, str]:
    """Read `source,text[,context]` rows."""
    try:
        modified = os.stat(path).st_mtime
    except OSError:
        return {}
    known = _files.get(path)
    if known and known[0] == modified:
        return known[1]

    translations = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) == 3 and row[2]:
                translations[f"{row[0]}:{row[2]}"] = row[1].strip()
            elif len(row) in (2, 3):
                translations[row[0]] = row[1].strip()
            elif row:
                message = f"Bad translation in '{app}' for language '{lang}': {row}"
                if throw:
                    frappe.throw(message, title="Error in translation file")
                frappe.log_error(title="Error in translation file", message=message)
    _files[path] = (modified, translations)
    return translations


def get_user_translations(lang: str) -> dict[str, str]:
    """What Translation records of the site say."""

    def read():
        rows = frappe.get_all(
            "Translation", fields=["source_text", "translated_text", "context"], filters={"language": lang}
        )
        return {
            (f"{row.source_text}:{row.context}" if row.context else row.source_text): row.translated_text
            for row in rows
        }

    return frappe.cache.hget(USER_TRANSLATION_KEY, lang, generator=read) or {}


def clear_cache() -> None:
    """Forget merged translations, after a Translation record or an app changed."""
    frappe.cache.delete_value([USER_TRANSLATION_KEY, MERGED_TRANSLATION_KEY])


@contextmanager
def print_language(language: str | None):
    """Everything inside is rendered in `language`; the request's own language comes back after it."""
    former, former_env = frappe.local.lang, getattr(frappe.local, "jenv", None)
    frappe.local.lang = language or former
    frappe.local.jenv = None
    try:
        yield
    finally:
        frappe.local.lang, frappe.local.jenv = former, former_env
