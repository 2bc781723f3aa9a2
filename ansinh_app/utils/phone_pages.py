"""What the pages for phones share: sign in first, who asks, in which words, and where the scripts lie."""

import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import frappe
from frappe.sessions import get_csrf_token

_FOLDER = Path(__file__).parents[1] / "public" / "counter"


def sign_in_first(back: str) -> None:
    """Sends a guest to the sign-in and from there back to the page."""
    if frappe.session.user == "Guest":
        frappe.flags.redirect_location = f"/login?redirect-to={quote(back, safe='')}"
        raise frappe.Redirect(302)


def fill(context, title: str) -> None:
    """The page's title, language and reader."""
    context.title = title
    context.lang = frappe.local.lang or "vi"
    context.clerk = frappe.session.user
    context.clerk_name = frappe.utils.get_fullname(frappe.session.user)


def fill_for_scripts(context, title: str, words: dict[str, str], files: tuple[str, ...]) -> None:
    """The same for a page whose scripts say `words` and send what is entered."""
    fill(context, title)
    context.update(assets(files))
    context.words = frappe.as_json(words, indent=None).replace("<", "\\u003c")
    context.csrf_token = get_csrf_token()
    frappe.db.commit()  # a bench keeps the token in the session's row


@lru_cache(maxsize=8)
def assets(files: tuple[str, ...]) -> dict[str, list[str]]:
    """Addresses of a page's files; the version in them changes with their content, so caches may keep them."""
    version = hashlib.sha256(b"".join((_FOLDER / name).read_bytes() for name in files)).hexdigest()[:12]
    found: dict[str, list[str]] = {"styles": [], "scripts": []}
    for name in files:
        kind = "styles" if name.endswith(".css") else "scripts"
        found[kind].append(f"/assets/ansinh_app/counter/{name}?v={version}")
    return found
