"""What a stranger typed into one cell, as a value: dates of many shapes, sex, method, amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from . import money, names
from .errors import NotWholeDong
from .months import Month

# No date or amount is as long, and the patterns below would take very long over a cell of 32,767 letters.
_LONGEST = 200
# What a database's column of money holds.
_MOST = 10**15
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(3_000, 80_000)
_YEARS = range(1880, 2101)
_NOTHING = re.compile(r"[\s0.?xX…_-]*")
_PARTS = re.compile(r"([^/]*)/([^/]*)/(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_NONE = re.compile(
    r"[\s.…\-–_/0x?]*|(?:chua|khong|ko|k|kg)( (co|lam|cap|duoc cap|mo|ro|biet))*( (cccd|cmnd|tk|sdt|so|the))?"
    r"|(dang|chua) (lam|cap|mo|cho|co)( (lai|moi))?( (cccd|cmnd|can cuoc|tk|tai khoan|the))?"
    r"|(da |bi )?mat( (cccd|cmnd|can cuoc|giay to))?|(tre em|tre nho|con nho|chua du tuoi)( (chua co|chua lam)( cccd)?)?"
    r"|n a|none|null|nil"
)
_ERRORS = frozenset(
    "#N/A #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL! #N/A! #SPILL! #CALC! #GETTING_DATA".split()
)
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*(?:SA|CH|AM|PM))?$", re.IGNORECASE)
# "(89 tuổi)", and after a year alone "(âm lịch)": a whole date of the old calendar would be another day.
_AGE = re.compile(r"\s*[(,;-]\s*\d{1,3}\s*(?:tuổi|t)\s*\)?$", re.IGNORECASE)
_LUNAR_YEAR = re.compile(r"^((?:\D*[^\d/.-])?\d{4})\s*\(?\s*(?:âm lịch|âl|al)\s*\)?$", re.IGNORECASE)
_MONTH_WORD = re.compile(r"[\s\-./,]*(?:tháng|thang|thg|th)[\s.]*(?=\d)", re.IGNORECASE)
_ENGLISH = re.compile(
    r"(?P<a>\d{1,2})?[\s\-./]*(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s\-./]*(?P<b>\d{1,2})?"
    r"[\s\-./,]+(?P<y>\d{4}|\d{2})",
    re.IGNORECASE,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MISTYPED = str.maketrans("OoQlI|", "000111")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
# A workbook of an old Macintosh counts its days from 1904.
_LATE_EPOCH_DAYS = 1462
_BEFORE_MONTH = re.compile(r"^(?:(?:kể )?từ\s+)?(?:t\.?\s*(?=\d))?", re.IGNORECASE)
_IN_TEXT = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}")

_SEXES = dict.fromkeys(("nam", "male", "m", "nam gioi", "trai", "con trai", "be trai", "ong"), "Male")
_SEXES |= dict.fromkeys(("nu", "female", "f", "nu gioi", "gai", "con gai", "be gai", "ba", "n u"), "Female")
_SCALED = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s*(nghìn|ngàn|k|triệu|tr)(?:\s*(?:đồng|đ))?", re.IGNORECASE)
_PER_MONTH = re.compile(
    r"\s*/\s*(?:1\s*)?(?:tháng|thang|th|t|người|ng)\b.*$|\s*[,.]?\s*[-=]+$", re.IGNORECASE
)
_METHODS = (
    ("Cash", re.compile(r"tien mat|^tm$|^cash$|truc tiep|tai nha")),
    ("Bank Account", re.compile(r"chuyen khoan|^ck$|tai khoan|^tk$|qua the|^the$|atm|ngan hang|^bank")),
)
_PAYEES = (
    ("Guardian", re.compile(r"giam ho|guardian|^gh$")),
    ("Authorised", re.compile(r"uy quyen|authori[sz]ed|^uq$|nhan thay|linh thay")),
    ("Carer", re.compile(r"cham soc|nuoi duong|carer|ho gia dinh")),
    ("Self", re.compile(r"chinh chu|ban than|tu nhan|^self$|^doi tuong$|doi tuong nhan|^chinh minh$")),
)


@dataclass(frozen=True, slots=True)
class CellDate:
    """A date as far as it is known; `repair` names what had to be put right, if anything."""

    value: date
    precision: str = "Day"
    repair: str | None = None


def text(value: object) -> str:
    """The cell as normalised text; whole numbers without ".0", nothing for an empty cell.

    >>> text(12.0), text(None), text("  Lý  Thị ")
    ('12', '', 'Lý Thị')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return names.normalise(str(value))


def says_none(value: object) -> bool:
    """Whether the cell says in words or signs that there is nothing to write.

    >>> says_none("Chưa có"), says_none("-"), says_none("không có TK"), says_none("0912345678")
    (True, True, True, False)
    """
    return _says_none(text(value))


@lru_cache(maxsize=4096)
def _says_none(found: str) -> bool:
    key = names.search_key(found).strip()
    # Signs alone say nothing; letters or digits of another alphabet do, though no key is made of them.
    return bool(_NONE.fullmatch(key)) and (key != "" or not any(map(str.isalnum, found)))


def is_error(found: str) -> bool:
    """Whether the text is what Excel shows for a formula that failed.

    >>> is_error("#N/A"), is_error("#12")
    (True, False)
    """
    return found.startswith("#") and found.upper() in _ERRORS


def parse_date(
    value: object,
    year_hint: int | None = None,
    latest_year: int | None = None,
    month_first: bool = False,
    late_epoch: bool = False,
) -> CellDate | None:
    """The date a cell holds, or None when it holds none: dd/mm/yyyy, mm/yyyy, yyyy, serials, ISO, 00/00/yyyy.

    A two-digit year is read only when `year_hint` (the year an identity number states) ends in it, or when
    one century alone is possible because nothing can lie after `latest_year`. `month_first`: the column is
    written the American way; `late_epoch`: days without a format count from 1904.

    >>> parse_date("15/07/1948").value, parse_date(1948).precision, parse_date("7/1948").value
    (datetime.date(1948, 7, 15), 'Year', datetime.date(1948, 7, 1))
    """
    if isinstance(value, datetime):
        return CellDate(value.date())
    if isinstance(value, date):
        return CellDate(value)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        if late_epoch and _SERIALS.start <= value < _SERIALS.stop and value not in _YEARS:
            value += _LATE_EPOCH_DAYS
        return _date_of_number(value)
    return _date_of_cell(text(value), year_hint, latest_year, month_first)


@lru_cache(maxsize=16_384)
def _date_of_cell(
    found: str, year_hint: int | None, latest_year: int | None, month_first: bool
) -> CellDate | None:
    if len(found) > _LONGEST:
        return None
    found = _tidy(found)
    if month_first:
        found = re.sub(r"^(\d{1,2})(\s*[/.-]\s*)(\d{1,2})(?=\s*[/.-]\s*\d)", r"\3\2\1", found)
    parsed = _date_of_text(found, year_hint, latest_year)
    if parsed is None and len(found) <= 12 and any(letter in "OoQlI|" for letter in found):
        parsed = _date_of_text(found.translate(_MISTYPED), year_hint, latest_year)
        return CellDate(parsed.value, parsed.precision, "letter_for_digit") if parsed else None
    if parsed and month_first and parsed.precision == "Day" and not parsed.repair:
        return CellDate(parsed.value, "Day", "month_first")
    return parsed


def _tidy(found: str) -> str:
    """The text without what people and programs put around a date, months as numbers."""
    found = _AGE.sub("", _TIME.sub("", found.strip("'\"`‘’“”* "))).strip()
    found = _LUNAR_YEAR.sub(r"\1", found)
    found = _MONTH_WORD.sub("/", found) if "h" in found.lower() else found
    found = re.sub(r"(\d)\s*/{2,}\s*(?=\d)", r"\1/", found)
    english = _ENGLISH.fullmatch(found)
    if english and bool(english["a"]) != bool(english["b"]):
        month = _MONTHS.index(english["m"].lower()) + 1
        return f"{english['a'] or english['b']}/{month}/{english['y']}"
    year_first = _YEAR_FIRST.fullmatch(found)
    return "-".join(year_first.groups()) if year_first else found


def _date_of_number(value: int | float) -> CellDate | None:
    if value != value or abs(value) > 10**9:
        return None
    whole = int(value)
    if value == whole and whole in _YEARS:
        return CellDate(date(whole, 1, 1), "Year")
    if whole in _SERIALS:
        return CellDate(_EXCEL_EPOCH + timedelta(days=whole), "Day", "serial_date")
    if value == whole and 1_011_880 <= whole <= 31_122_100:
        return _date_of_digits(f"{whole:08d}")
    return None


def _date_of_digits(digits: str) -> CellDate | None:
    """Eight digits, day first or year first: no eight digits make a possible date in both ways."""
    found = _day(digits[:2], digits[2:4], digits[4:], "digits_only")
    return found or _day(digits[6:], digits[4:6], digits[:4], "digits_only")


def _date_of_text(found: str, year_hint: int | None, latest_year: int | None) -> CellDate | None:
    iso = _ISO.fullmatch(found)
    if iso:
        return _day(iso[3], iso[2], iso[1])
    found = re.sub(r"^(?:(?:sinh\s+)?(?:ngày|năm|tháng)|sinh|sn|ns)\s*[:.]?\s*(?=\d)", "", found, flags=re.I)
    found = re.sub(r"\s*(tháng|năm)\s*", "/", found, flags=re.IGNORECASE)
    found = re.sub(r"^(\d+)\.0+$", r"\1", found)
    if re.fullmatch(r"\d+", found):
        if len(found) == 8:
            return _date_of_digits(found)
        return _date_of_number(int(found))
    if re.fullmatch(r"\d{5}\.\d+", found):
        return _date_of_number(float(found))
    found = re.sub(r"(?<=\d)\s*[./\-,\\ ]\s*(?=\d)", "/", found.strip(" .,;"))
    parts = _PARTS.fullmatch(found)
    if parts:
        return _day_or_less(parts[1], parts[2], parts[3])
    short = re.fullmatch(r"(\d{1,2})/(\d{4})", found)
    if short:
        return _month(short[1], short[2])
    two_digits = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{2})", found)
    if two_digits and year_hint is not None and year_hint % 100 == int(two_digits[3]):
        return _day(two_digits[1], two_digits[2], str(year_hint), "century_from_id")
    if two_digits and latest_year is not None and int(two_digits[3]) > latest_year % 100:
        # 15/07/48 cannot be 2048, and nobody lives who was born in 1848.
        return _day(two_digits[1], two_digits[2], f"19{two_digits[3]}", "century_only_possible")
    bare_year = re.fullmatch(r"[^0-9]*(\d{4})", found)
    if bare_year and _NOTHING.fullmatch(found[:-4].replace("/", "")):
        return _date_of_number(int(bare_year[1]))
    return None


def _day_or_less(day: str, month: str, year: str) -> CellDate | None:
    """Day, month and year of which the first two may be blanks, zeros or question marks."""
    if _NOTHING.fullmatch(day) and _NOTHING.fullmatch(month):
        return _date_of_number(int(year))
    if _NOTHING.fullmatch(day):
        return _month(month, year)
    return _day(day, month, year)


def _month(month: str, year: str) -> CellDate | None:
    try:
        return CellDate(date(int(year), int(month), 1), "Month") if int(year) in _YEARS else None
    except ValueError:
        return None


def _day(day: str, month: str, year: str, repair: str | None = None) -> CellDate | None:
    if not (day.strip().isdigit() and month.strip().isdigit()) or int(year) not in _YEARS:
        return None
    try:
        return CellDate(date(int(year), int(month), int(day)), "Day", repair)
    except ValueError:
        pass
    try:
        # 03/25/1980: only an American reading makes a date of it.
        return CellDate(date(int(year), int(day), int(month)), "Day", "day_and_month_swapped")
    except ValueError:
        return None


def date_in(found: str) -> date | None:
    """The first dd/mm/yyyy inside a longer text, as in "12/QĐ-UBND ngày 15/4/2024".

    >>> date_in("12/QĐ-UBND ngày 15/4/2024")
    datetime.date(2024, 4, 15)
    """
    place = _IN_TEXT.search(found)
    parsed = parse_date(place[0]) if place else None
    return parsed.value if parsed else None


def parse_month(value: object) -> Month | None:
    """The month a cell holds: mm/yyyy, a date of any shape, or None.

    >>> parse_month("Tháng 5/2024"), parse_month("T5/2024"), parse_month("2024-05")
    (Month(2024, 5), Month(2024, 5), Month(2024, 5))
    """
    if isinstance(value, str):
        return _month_of_text(text(value))
    parsed = parse_date(value)
    return Month.of(parsed.value) if parsed and parsed.precision != "Year" else None


@lru_cache(maxsize=1024)
def _month_of_text(found: str) -> Month | None:
    if len(found) > _LONGEST:
        return None
    found = re.sub(r"\s*(?:-|–|đến)?\s*(?:nay|trở đi)$", "", found, flags=re.IGNORECASE)
    short = re.fullmatch(r"(?:tháng |t)?(0?[1-9]|1[0-2])\s*[/.-]\s*(\d{2})", found, re.IGNORECASE)
    if short:
        # Nothing is granted from 2060 on, nor was anything before 1960.
        return Month((2000 if int(short[2]) < 60 else 1900) + int(short[2]), int(short[1]))
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})", found)
    if iso and 1 <= int(iso[2]) <= 12:
        return Month(int(iso[1]), int(iso[2]))
    parsed = parse_date(_BEFORE_MONTH.sub("", found))
    return Month.of(parsed.value) if parsed and parsed.precision != "Year" else None


def parse_sex(value: object) -> str | None:
    """Male, Female or None.

    >>> parse_sex("Nữ"), parse_sex("NAM"), parse_sex("?")
    ('Female', 'Male', None)
    """
    return _SEXES.get(names.search_key(text(value)))


def parse_amount(value: object) -> int | None:
    """Whole đồng, or None when the cell holds no whole amount, or one of more than a million billions."""
    try:
        amount = _dong_of_text(value) if isinstance(value, str) else money.as_dong(value)
    except NotWholeDong:
        return None
    return amount if abs(amount) <= _MOST else None


@lru_cache(maxsize=1024)
def _dong_of_text(found: str) -> int:
    found = " ".join(found.split())
    if len(found) > _LONGEST:
        raise NotWholeDong(value=found)
    found = re.sub(r"\s*\([^()]*\)$", "", _PER_MONTH.sub("", found))
    scaled = _SCALED.fullmatch(found.strip())
    if scaled:
        return money.as_dong(
            Decimal(scaled[1].replace(",", ".")) * (1000 if scaled[2].lower()[0] in "nk" else 10**6)
        )
    return money.parse_dong(found)


def parse_method(value: object) -> str | None:
    """Bank Account, Cash or None.

    >>> parse_method("Chuyển khoản"), parse_method("TM")
    ('Bank Account', 'Cash')
    """
    return _first(_METHODS, value)


def parse_payee(value: object) -> str | None:
    """Self, Guardian, Authorised, Carer or None.

    >>> parse_payee("Người giám hộ"), parse_payee("chính chủ")
    ('Guardian', 'Self')
    """
    return _first(_PAYEES, value)


def _first(patterns: tuple[tuple[str, re.Pattern[str]], ...], value: object) -> str | None:
    return _first_of(patterns, text(value))


@lru_cache(maxsize=1024)
def _first_of(patterns: tuple[tuple[str, re.Pattern[str]], ...], found: str) -> str | None:
    key = names.search_key(found)
    return next((answer for answer, pattern in patterns if pattern.search(key)), None)
