"""HTML to PDF with WeasyPrint, which fetches nothing from outside the site."""

import functools
import io
import mimetypes
import re
from urllib.parse import unquote, urlsplit

import frappe
from frappe import _

# Relative URLs are resolved against a host that cannot exist, so that none can leave the site.
SITE_URL = "http://site.invalid/"
PAGE_CSS = "@page {{ size: {size}; margin: {top} {right} {bottom} {left}; }}"
# Official papers ask for Times New Roman. What a system has in its place may lack letters (Debian's
# Liberation Serif 1.x has no ạ or ừ), and letters borrowed from another font look like a ransom note:
# then the whole family is taken from the first of these that has them all.
PAPER_FONTS = ("Times New Roman", "Liberation Serif")
FULL_FONTS = ("Times New Roman", "Liberation Serif", "Tinos", "Noto Serif", "DejaVu Serif", "FreeSerif")
FONT_PROBE = "ạừễ ơĐặỹ abc"
FACES = (("normal", "normal", " Regular"), ("bold", "normal", " Bold"), ("normal", "italic", " Italic"),
         ("bold", "italic", " Bold Italic"))  # fmt: skip
MARGINS = ("top", "right", "bottom", "left")


def get_pdf(html: str, options: dict | None = None, output=None):
    """A page as PDF bytes, or appended to `output` (a pypdf.PdfWriter), which is then returned.

    Options as Frappe has them: page-size, orientation, margin-top…, page-width, page-height, password.
    What the page's own @page rule says comes first.
    """
    options = {**read_options_from_html(html), **(options or {})}
    try:
        from weasyprint import CSS, HTML
    except OSError as error:
        frappe.throw(
            _("PDF needs the Pango library (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0).")
            + f" {error}"
        )

    document = HTML(string=html, base_url=SITE_URL, url_fetcher=_fetcher(), media_type="print")
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheets = [CSS(string=css, font_config=fonts) for css in (page_css(options), font_css())]
    content = document.write_pdf(stylesheets=sheets, font_config=fonts)

    password = options.get("password")
    if output is None and not password:
        return content

    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(content))
    if output is not None:
        output.append_pages_from_reader(reader)
        return output
    writer = PdfWriter()
    writer.append_pages_from_reader(reader)
    writer.encrypt(password)
    return get_file_data_from_writer(writer)


def get_file_data_from_writer(writer) -> bytes:
    """The bytes of a pypdf writer."""
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def page_css(options: dict) -> str:
    """The @page rule of Frappe's PDF options; A4 portrait with 15 mm by default."""
    if options.get("page-width") and options.get("page-height"):
        size = f"{_length(options['page-width'])} {_length(options['page-height'])}"
    else:
        size = options.get("page-size") or _default_page_size()
    if str(options.get("orientation", "")).lower() == "landscape":
        size += " landscape"
    margins = {side: _length(options.get(f"margin-{side}", "15mm")) for side in MARGINS}
    return PAGE_CSS.format(size=size, **margins)


@functools.lru_cache(maxsize=1)
def font_css() -> str:
    """The default font, and stand-ins for paper fonts that lack letters on this system."""
    full = next((family for family in FULL_FONTS if has_all_letters(family)), None)
    if not full:
        return "html { font-family: serif; }"
    css = f'html {{ font-family: "{full}", serif; }}'
    for family in PAPER_FONTS:
        if not has_all_letters(family):
            for weight, style, suffix in FACES:
                # by full name, and by PostScript name: fonts differ in which of them says "Regular"
                names = (full + suffix, f"{full.replace(' ', '')}-{suffix.replace(' ', '')}", full)
                source = ", ".join(f'local("{name}")' for name in names)
                css += (
                    f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
                    f" src: {source}; }}"
                )
    return css


def has_all_letters(family: str) -> bool:
    """Whether one font of the system has all the Vietnamese letters when this family is asked for, and is
    that family or its metric twin: tried out on a small page, which needs no tool beside WeasyPrint."""
    names = fonts_of(f"<p style='font-family: \"{family}\"'>{FONT_PROBE}</p>")
    asked = "liberation" if family == "Times New Roman" else family.split()[0].lower()
    return len(names) == 1 and any(word in names[0].lower() for word in (asked, family.split()[0].lower()))


def fonts_of(html: str) -> list[str]:
    """Names of the fonts that a page's PDF embeds."""
    from pypdf import PdfReader
    from weasyprint import HTML

    reader = PdfReader(io.BytesIO(HTML(string=html, url_fetcher=_fetcher()).write_pdf()))
    fonts = reader.pages[0]["/Resources"].get("/Font", {})
    return sorted({fonts[key].get_object()["/BaseFont"].split("+")[-1].lstrip("/") for key in fonts})


def _length(value) -> str:
    value = str(value).strip()
    return value if re.search(r"[a-z%]$", value) else f"{value}mm"


def _default_page_size() -> str:
    from frappe.www.printview import get_print_settings

    return get_print_settings().pdf_page_size or "A4"


def read_options_from_html(html: str) -> dict:
    """Margins, size and orientation that a `.print-format { … }` style block asks for."""
    options = {}
    names = [f"margin-{side}" for side in MARGINS] + ["page-size", "orientation", "page-width", "page-height"]
    for block in re.findall(r"\.print-format\s*\{([^}]*)\}", html):
        for name in names:
            found = re.search(rf"(?:^|[;\s]){name}\s*:\s*([^;}}!]+)", block)
            if found:
                options[name] = found.group(1).strip()
    return options


def _fetcher():
    """What WeasyPrint asks for images and styles: data: URIs, and what `fetch` gives; no other server."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class SiteFetcher(URLFetcher):
        def fetch(self, url, headers=None):
            if url.startswith("data:"):
                return super().fetch(url, headers)
            content, kind = fetch(url)
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    return SiteFetcher(allowed_protocols={"data"}, allow_redirects=False)


def fetch(url: str) -> tuple[bytes, str]:
    """Content and type of /assets/<app>/… and of files of the site that the user may read; else ValueError."""
    parts = urlsplit(url)
    own_hosts = {urlsplit(SITE_URL).netloc, urlsplit(frappe.utils.get_url()).netloc}
    if parts.scheme not in ("http", "https") or parts.netloc not in own_hosts:
        raise ValueError(f"not fetched, outside the site: {url}")
    path = _local_path(unquote(parts.path))
    if not path:
        raise ValueError(f"not found on the site: {url}")
    with open(path, "rb") as file:
        return file.read(), mimetypes.guess_type(path)[0] or "application/octet-stream"


def _local_path(url_path: str) -> str | None:
    if url_path.startswith("/assets/"):
        from benchless.assets import asset_path

        return asset_path(url_path.removeprefix("/assets/"))
    if url_path.startswith(("/files/", "/private/files/")):
        from frappe.core.doctype.file.file import find_file_by_url

        file = find_file_by_url(url_path)
        return file.get_full_path() if file else None
    return None
