"""HTML made harmless before it is stored."""

import html
import json
import re
from html.parser import HTMLParser

ALLOWED_TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li "
    "ol p pre s small span strike strong sub sup table tbody td tfoot th thead tr u ul".split()
)
VOID_TAGS = frozenset(("br", "hr", "img", "col"))
ALLOWED_ATTRIBUTES = frozenset(
    "href src alt title class id name style colspan rowspan width height align target data-value data-list".split()
)
UNSAFE_URL = re.compile(r"^\s*(javascript|vbscript|data(?!:image/(png|jpeg|gif|webp)))\s*:", re.IGNORECASE)
UNSAFE_STYLE = re.compile(r"expression|url\s*\(|@import|javascript:", re.IGNORECASE)


class _Cleaner(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED_TAGS:
            self.out.append(html.escape(self.get_starttag_text(), quote=False))
        else:
            kept = [f' {k}="{html.escape(v or "", quote=True)}"' for k, v in attrs if self._is_safe(k, v or "")]
            self.out.append(f"<{tag}{''.join(kept)}>")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag not in ALLOWED_TAGS:
            self.out.append(f"&lt;/{tag}&gt;")
        elif tag not in VOID_TAGS:
            self.out.append(f"</{tag}>")

    def handle_data(self, data):
        self.out.append(data.replace("<", "&lt;").replace(">", "&gt;"))

    def handle_entityref(self, name):
        self.out.append(f"&{name};")

    def handle_charref(self, name):
        self.out.append(f"&#{name};")

    @staticmethod
    def _is_safe(name: str, value: str) -> bool:
        if name not in ALLOWED_ATTRIBUTES:
            return False
        if name in ("href", "src"):
            return not UNSAFE_URL.match(re.sub(r"[\x00-\x20]", "", html.unescape(value)))
        return name != "style" or not UNSAFE_STYLE.search(value)


def sanitize_html(text, linkify=False, always_sanitize=False, disallowed_tags=None):
    """HTML with unknown tags as visible text, without event handlers and unsafe links; plain text as it was."""
    if not isinstance(text, str) or ("<" not in text and ">" not in text):
        return text
    if not always_sanitize and not re.search(r"<[a-zA-Z/!]", text):
        return text
    if not always_sanitize and _is_json(text):
        # As on Frappe: quotes inside JSON (a workspace's content) must not be touched.
        return text
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    return "".join(cleaner.out)


def _is_json(text: str) -> bool:
    """Whether the text is a list or an object; a tag in quotes is JSON as well, and no content of a workspace."""
    try:
        return isinstance(json.loads(text), (list, dict))
    except (ValueError, RecursionError):
        return False


def unescape_html(value: str) -> str:
    return html.unescape(value)
