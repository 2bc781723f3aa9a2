"""One field's input as HTML. Written in Python, because a table of a hundred rows has a thousand of them."""

from html import escape

from django.utils.safestring import SafeString
from frappe import _

ICON = '<span class="material-symbols-outlined" aria-hidden="true">{}</span>'


def render(field: dict) -> SafeString:
    """The widget of a field (see FormLayout.field); every value in it is escaped here."""
    if field["widget"] == "check":
        widget = check
    else:
        widget = shown if field.get("readonly") else WIDGETS.get(field["widget"], text)
    return SafeString(widget(field))  # each widget escapes


def aria(field: dict) -> str:
    """What an input says of itself: id, label where it stands in a table, required, wrong, explained by."""
    name = escape(field["name"])
    parts = [f' id="{name}"']
    if field.get("cell"):
        parts.append(f' aria-label="{escape(field["label"])}"')
    if field.get("required"):
        parts.append(' aria-required="true"')
    if field.get("invalid"):
        parts.append(f' aria-invalid="true" aria-describedby="e-{name}"')
    elif field.get("description") and not field.get("cell"):
        parts.append(f' aria-describedby="h-{name}"')
    return "".join(parts)


def naming(field: dict) -> str:
    return f' name="{escape(field["name"])}" data-field="{escape(field.get("fieldname") or field["name"])}"'


def value_of(field: dict) -> str:
    return escape(str(field.get("value") or ""))


def shown(field: dict) -> str:
    """What may only be read."""
    display = escape(str(field.get("display") or ""))
    if field.get("url"):
        return f'<a class="d-value" href="{escape(field["url"])}">{picture(field) or display}</a>'
    if field.get("rich"):
        return f'<div class="d-value d-rich">{field["rich"]}</div>'
    if field["widget"] == "code":
        return f'<pre class="d-value d-code">{value_of(field)}</pre>'
    kind = " d-num" if field.get("numeric") else ""
    kind += "" if display else " d-none"
    return f'<span class="d-value{kind}">{display.replace(chr(10), "<br>") or "—"}</span>'


def check(field: dict) -> str:
    on = field.get("value") == "1"
    if field.get("readonly"):
        icon, word = ("check_box", "Yes") if on else ("check_box_outline_blank", "No")
        mark = f'role="img" aria-label="{escape(_(word))}">{icon}</span></span>'
        return f'<span class="d-value"><span class="material-symbols-outlined{" d-yes" if on else ""}" {mark}'
    hidden = f'<input type="hidden" name="{escape(field["name"])}" value="0">'
    return f'{hidden}<input type="checkbox"{aria(field)}{naming(field)} value="1"{" checked" if on else ""}>'


def text(field: dict, extra: str = ' autocomplete="off"', kind: str = "text", look: str = "d-input") -> str:
    return f'<input type="{kind}" class="{look}"{aria(field)}{naming(field)} value="{value_of(field)}"{extra}>'


def select(field: dict) -> str:
    options = "".join(
        f'<option value="{escape(option["value"])}"{" selected" if option.get("chosen") else ""}>'
        f"{escape(option['label'])}</option>"
        for option in field.get("options") or []
    )
    return f'<select class="d-input"{aria(field)}{naming(field)}>{options}</select>'


def link(field: dict) -> str:
    display = escape(str(field.get("display") or ""))
    source = f' data-doctype-field="{escape(field["doctype_field"])}"' if field.get("doctype_field") else ""
    opened = ""
    if field.get("url"):
        label = escape(_("Open {0}").format(field.get("display") or ""))
        opened = f'<a href="{escape(field["url"])}" class="d-icon" tabindex="-1" aria-label="{label}">'
        opened += ICON.format("arrow_forward") + "</a>"
    return (
        f'<span class="d-link" data-doctype="{escape(field.get("doctype") or "")}"{source}'
        f' data-parent="{escape(field.get("parent") or "")}" data-fieldname="{escape(field.get("fieldname") or "")}">'
        f'<input type="text" class="d-input"{aria(field)} role="combobox" aria-expanded="false"'
        f' aria-autocomplete="list" autocomplete="off" value="{display}">'
        f'<input type="hidden"{naming(field)} value="{value_of(field)}">{opened}</span>'
    )


def textarea(field: dict) -> str:
    rows = 1 if field.get("cell") else 2 if field.get("fieldtype") == "Small Text" else 4
    look = "d-input d-code" if field["widget"] == "code" else "d-input"
    return f'<textarea class="{look}"{aria(field)}{naming(field)} rows="{rows}">{value_of(field)}</textarea>'


def attach(field: dict) -> str:
    display = escape(str(field.get("display") or ""))
    present = ""
    if display:
        url = escape(field.get("url") or "")
        present = f'<a href="{url}" target="_blank" rel="noopener">{picture(field) or display}</a>' if url else display
        present += f' <label class="d-inline"><input type="checkbox" name="{escape(field["name"])}.remove" value="1">'
        present += f" {escape(_('Remove'))}</label>"
    only = ' accept="image/*"' if field.get("fieldtype") == "Attach Image" else ""
    return (
        f'<span class="d-attach">{present}<span class="d-file"><input type="file"{aria(field)}{naming(field)}{only}>'
        f'<span class="d-button small" aria-hidden="true">{ICON.format("upload_file")} {escape(_("Choose a file"))}</span>'
        f'<span class="d-file-name" aria-live="polite">{escape(_("No file chosen"))}</span></span></span>'
    )


def picture(field: dict) -> str:
    """A small view of what an Attach Image holds, where it lies on the site."""
    url = field.get("url")
    if field.get("fieldtype") != "Attach Image" or not url:
        return ""
    name = escape(str(field.get("display") or ""))
    return f'<img class="d-picture" src="{escape(url)}" alt="{name}" title="{name}" loading="lazy">'


def password(field: dict) -> str:
    dots = "••••••" if field.get("display") else ""
    return text({**field, "value": ""}, f' autocomplete="new-password" placeholder="{dots}"', "password")


def date(field: dict) -> str:
    hint = escape(_("dd/mm/yyyy"))
    extra = f' inputmode="numeric" data-date placeholder="{hint}" autocomplete="off" maxlength="10"'
    picker = '<input type="date" class="d-picker" tabindex="-1" aria-hidden="true">'
    return f'<span class="d-date">{text(field, extra)}{picker}</span>'


def datetime(field: dict) -> str:
    return text(field, f' data-date placeholder="{escape(_("dd/mm/yyyy"))} hh:mm" autocomplete="off" maxlength="19"')


def number(field: dict) -> str:
    return text(field, ' inputmode="decimal" data-number autocomplete="off"', look="d-input d-num")


def decimal(field: dict) -> str:
    return text(field, ' inputmode="decimal" data-decimal autocomplete="off"', look="d-input d-num")


def time(field: dict) -> str:
    return text(field, ' step="1"', "time")


def color(field: dict) -> str:
    return text({**field, "value": field.get("value") or "#000000"}, "", "color", "d-color")


WIDGETS = {
    "select": select, "link": link, "textarea": textarea, "code": textarea, "attach": attach, "password": password,
    "date": date, "datetime": datetime, "number": number, "decimal": decimal, "time": time, "color": color,
}  # fmt: skip
