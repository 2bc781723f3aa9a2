"""HTML made harmless before it is stored."""

import html
import re
from html.parser import HTMLParser

ALLOWED_TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li "
    "ol p pre s small span strike strong sub sup table tbody td tfoot th thead tr u ul".split()
)
VOID_TAGS = frozenset(("br", "hr", "img", "col"))
DROPPED_WITH_CONTENT = frozenset(("script", "style", "iframe", "object", "embed", "template", "noscript"))
ALLOWED_ATTRIBUTES = frozenset(
    "href src alt title class id name style colspan rowspan width height align target data-value data-list".split()
)
UNSAFE_URL = re.compile(r"^\s*(javascript|vbscript|data(?!:image/(png|jpeg|gif|webp)))\s*:", re.IGNORECASE)
UNSAFE_STYLE = re.compile(r"expression|url\s*\(|@import|javascript:", re.IGNORECASE)


class _Cleaner(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.dropping = 0

    def handle_starttag(self, tag, attrs):
        if tag in DROPPED_WITH_CONTENT:
            self.dropping += 1
        elif not self.dropping and tag in ALLOWED_TAGS:
            kept = [f' {k}="{html.escape(v or "", quote=True)}"' for k, v in attrs if self._is_safe(k, v or "")]
            self.out.append(f"<{tag}{''.join(kept)}>")

    def handle_startendtag(self, tag, attrs):
        if tag not in DROPPED_WITH_CONTENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag in DROPPED_WITH_CONTENT:
            self.dropping = max(0, self.dropping - 1)
        elif not self.dropping and tag in ALLOWED_TAGS and tag not in VOID_TAGS:
            self.out.append(f"</{tag}>")

    def handle_data(self, data):
        if not self.dropping:
            self.out.append(data.replace("<", "&lt;").replace(">", "&gt;"))

    def handle_entityref(self, name):
        if not self.dropping:
            self.out.append(f"&{name};")

    def handle_charref(self, name):
        if not self.dropping:
            self.out.append(f"&#{name};")

    @staticmethod
    def _is_safe(name: str, value: str) -> bool:
        if name not in ALLOWED_ATTRIBUTES:
            return False
        if name in ("href", "src"):
            return not UNSAFE_URL.match(re.sub(r"[\x00-\x20]", "", html.unescape(value)))
        return name != "style" or not UNSAFE_STYLE.search(value)


def sanitize_html(text, linkify=False, always_sanitize=False, disallowed_tags=None):
    """HTML without scripts, event handlers and unsafe links; text without tags comes back unchanged."""
    if not isinstance(text, str) or ("<" not in text and ">" not in text):
        return text
    if not always_sanitize and not re.search(r"<[a-zA-Z/!]", text):
        return text
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    return "".join(cleaner.out)


def unescape_html(value: str) -> str:
    return html.unescape(value)
