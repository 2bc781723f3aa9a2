"""A text is a text: what could be markup in a name, an address or a note loses its angle bracket before it is stored.

A bench cleans a document's texts when it is saved, but keeps pictures, which its PDF maker then fetches from wherever
they say; and what is written many rows at a time it does not see at all, while its desk shows texts as markup.
"""

import re
from collections.abc import Sequence

from ansinh_app.utils.ours import is_ours

_TEXTS = ("Data", "Small Text", "Text", "Long Text")
# "< 16 tuổi" stays; so do line breaks and bold words, which can do nothing.
_MARKUP = re.compile(r"<(?!/?(?:b|br|strong|i|em|p)\s*/?>)(?=[a-zA-Z/!?])", re.IGNORECASE)


def plain(text: str) -> str:
    """The text with ‹ where a tag would begin."""
    return _MARKUP.sub("‹", text)


def plain_rows(rows: Sequence[Sequence]) -> list[Sequence]:
    """Rows for the database, their texts plain; those without any angle bracket as they are."""
    return [
        tuple(plain(value) if value.__class__ is str else value for value in row)
        if any(value.__class__ is str and "<" in value for value in row)
        else row
        for row in rows
    ]


def text_fields(meta) -> list[str]:
    """The columns of a DocType that are kept plain."""
    return [
        field.fieldname for field in meta.fields if field.fieldtype in _TEXTS and not field.get("is_virtual")
    ]


def keep_plain(doc, event=None, *_settings) -> None:
    """doc_event before anything of a document is checked, and before a form or a paper shows it: the texts of it and
    of its rows are plain. What is under a seal stays stored as it was sealed."""
    marked = [
        (row, field.fieldname, value)
        for row in (doc, *doc.get_all_children())
        for field in row.meta.fields
        if field.fieldtype in _TEXTS and isinstance(value := row.get(field.fieldname), str) and "<" in value
    ]
    if marked and is_ours(doc.meta.module):
        for row, fieldname, value in marked:
            row.set(fieldname, plain(value))
