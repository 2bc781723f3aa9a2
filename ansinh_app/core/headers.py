"""Header texts of strangers' lists, with or without diacritics, and the fields they stand for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import lru_cache

from .names import search_key

# (field, pattern on the search key of the header, weight): for one field the heaviest, then leftmost column
# wins; for one column the first pattern that fits, so the special stands before the general.
_PATTERNS: tuple[tuple[str, re.Pattern[str], int], ...] = tuple(
    (field, re.compile(pattern), weight)
    for field, pattern, weight in (
        (
            "",
            r"\bky (ten|nhan|ho ten)\b|chu ky|diem chi|^ky\b|noi cap|ngay cap|^chi nhanh|he so|tinh trang",
            0,
        ),
        ("", r"nghe nghiep|\bchu ho\b|ho (va )?ten (cha|me|bo|vo|chong|con)\b|so so\b|trinh do|ton giao", 0),
        ("", r"ngay (lap|nop|nhan|het han|hieu luc|chet|mat)\b|truy linh|khau tru|bhyt|ho ngheo|so ho so", 0),
        ("stt", r"^(stt|tt|so tt|so thu tu|thu tu|no|stt no|number|index)$", 9),
        ("decision_date", r"decision date|date of (the )?decision", 9),
        ("decision_no", r"decision (no|number)|^decision$", 9),
        (
            "date_of_birth",
            r"^ngay( thang)?( nam)? sinh(?! /)|date of birth|birth ?date|^dob$|^n ?sinh$|^ntns$",
            9,
        ),
        ("birth_year", r"year of birth|birth year|^yob$", 9),
        ("degree", r"muc do (kt|khuyet tat|tan tat|nang)|^muc do$|degree of disability", 8),
        (
            "representative_id",
            r"(cccd|cmnd|dinh danh|ddcn|can cuoc).*(chu (tk|tai khoan|the)|dai dien|giam ho)",
            9,
        ),
        (
            "representative_id",
            r"(cccd|cmnd|dinh danh|ddcn|can cuoc).*(uy quyen|nhan thay|cham soc|nguoi nhan)",
            9,
        ),
        (
            "representative_id",
            r"(dai dien|giam ho|uy quyen|nhan thay|cham soc).*(cccd|cmnd|dinh danh|can cuoc)",
            8,
        ),
        ("representative_id", r"(representative|guardian).*\bid\b", 9),
        ("relation", r"quan he|relation", 9),
        ("cash_reason", r"ly do.*(tien mat|khong (co|mo)|chua (co|mo))|ly do nhan", 9),
        ("bank", r"/ (ten )?(nh|ngan hang)\b", 9),
        ("account_no", r"^(so )?(tai khoan|tk)( ngan hang| nhan tien| nguoi huong)?$|\bstk\b", 9),
        ("account_no", r"account (no|number)\b|^acc(oun)?t?( no)?$", 9),
        ("account_name", r"account (name|holder)", 9),
        ("account_no", r"\bso (tai khoan|tk)\b|(tai khoan|tk) / so$", 9),
        (
            "account_name",
            r"(chu|ten) (tai khoan|tk|the)\b|nguoi thu huong|(tai khoan|tk)( /)? (ten|chu|ho)",
            9,
        ),
        (
            "payee_type",
            r"loai (nguoi nhan|tai khoan|chu tk)|tu cach|hinh thuc (uy quyen|giam ho)|^nguoi nhan la",
            9,
        ),
        ("payment_method", r"payment method|method of payment|hinh thuc|phuong thuc|cach nhan|kenh chi", 8),
        (
            "bank",
            r"^(nh|ngan hang)\b|ten (nh|ngan hang)|(tai khoan|tk) ngan hang|mo tai|noi mo|^(beneficiary )?bank( name)?$",
            8,
        ),
        (
            "phone",
            r"dien thoai|\bsdt\b|^(so )?dt$|^dt |dtdd|di dong|so dd$|lien (he|lac)$|^d thoai|phone|mobile|^tel\b",
            8,
        ),
        (
            "representative_name",
            r"representative|guardian|authori[sz]ed person|(dai dien|giam ho|uy quyen|nhan thay|linh thay|cham soc|nguoi nhan)",
            7,
        ),
        ("old_id", r"(cmnd|cmt|chung minh).*\bcu\b|^(so )?(cmnd|cmt|chung minh( nhan dan| thu)?)$", 8),
        (
            "personal_id",
            r"^(personal |national |citizen )?id( no| number| card)*$|identity (card|no)|citizen id"
            r"|cccd|can cuoc|dinh danh|ddcn|cmnd|cmt|chung minh|giay to tuy than",
            8,
        ),
        ("birth_certificate_no", r"khai sinh|\bgks\b", 9),
        ("birth_day", r"\bsinh( /)? ngay$", 9),
        ("birth_month", r"\bsinh( /)? thang$", 9),
        ("birth_male", r"\bsinh( /)? nam$", 9),
        ("birth_female", r"\bsinh( /)? nu$", 9),
        ("date_of_birth", r"ngay.*sinh|^ns$|^ngsinh$|sinh ngay", 9),
        ("birth_year", r"nam sinh", 8),
        ("sex_male", r"^(gioi tinh|gioi|phai)( /)? nam$|^nam$", 8),
        ("sex_female", r"^(gioi tinh|gioi|phai)( /)? nu$|^nu$", 8),
        ("sex", r"gioi tinh|^gioi$|^phai$|^nam nu$|^gt$|^g tinh$|^sex$|^gender$", 9),
        ("ethnicity", r"dan toc|ethnic", 9),
        ("amount", r"^muc (huong|tro cap|tc\b)", 8),
        ("decision_no", r"\bso\b.*(\bqd\b|quyet dinh)|(\bqd\b|quyet dinh).*\bso\b", 9),
        ("decision_date", r"ngay.*(\bqd\b|quyet dinh)|(\bqd\b|quyet dinh).*ngay", 9),
        (
            "effective_from",
            r"^ngay (bat dau )?huong|^(from|start|starting|effective)( month| date| from)*$|"
            r"\b(tu|thoi gian|thoi diem|bat dau|thang)\b.*huong|huong.*\btu\b|^tu (thang|ngay)\b",
            8,
        ),
        ("decision_no", r"\bqd\b|quyet dinh", 7),
        ("decision_date", r"^ngay (ky|ra|ban hanh)( van ban)?$", 7),
        (
            "quantity",
            r"^sl$|so luong|so (con|tre|suat|nguoi|chau)|tham nien|^quantity$|number of children",
            8,
        ),
        ("middle_name", r"^(ten |chu )?(dem|lot)$|^middle name$", 8),
        ("family_name", r"^family name$|^surname$", 8),
        ("given_name", r"^given name$|^first name$", 8),
        ("family_name", r"^ho$|^ho( va)?( ten| chu)? (dem|lot)$|^ho ten (dem|lot)$", 8),
        ("full_name", r"ho (va )?(chu dem )?(ten|dem)|^ten$|^ten (doi tuong|nguoi)|^ho ten", 9),
        ("full_name", r"^(full )?name( of .*)?$|full name|(beneficiary|person) name", 9),
        ("full_name", r"^nguoi (huong|duoc huong)|^doi tuong huong$", 7),
        (
            "village",
            r"^(thon|khoi|xom|ban|to dan pho|to dp|to|khu( pho)?|ap|lang|khom|buon)\b|thon ban|khoi pho|\bvillage\b|hamlet",
            8,
        ),
        (
            "unit",
            r"^(ten )?(xa|phuong|thi tran)( (xa|phuong|thi tran))*$|^dia ban|^don vi( hanh chinh)?$|^commune|^ward$",
            8,
        ),
        ("address", r"dia chi|noi o|thuong tru|cu tru|ho khau|tam tru|cho o|\bhktt\b|dkhk|dktt|^address", 8),
        (
            "amount",
            r"muc (huong|tro cap|tien)\b|tro cap( hang)? thang|tien tro cap|so tien( huong)?$|^muc$",
            8,
        ),
        ("amount", r"^amount|monthly (amount|benefit|allowance)|benefit amount", 8),
        ("amount", r"tong (so )?(tien|cong|chi)|thanh tien|kinh phi|so tien|dong thang", 6),
        ("amount", r"^tong( so| cong)?$", 5),
        (
            "category",
            r"(nhom|loai|dien) (doi tuong|dt)\b|^dien\b|loai tro cap|nhom|che do|ma loai|phan loai",
            8,
        ),
        ("category", r"category|(beneficiary|benefit) (type|group)", 8),
        ("category", r"doi tuong|^ma$", 5),
        ("note", r"ghi chu|luu y|^ly do|^g chu$|^(notes?|remarks?|comments?)$", 8),
    )
)


# Between the texts of a header of several rows: "Tài khoản / Ngân hàng" is the bank, "Tài khoản ngân hàng"
# is the number.
LEVELS = " / "
# Texts that mean nothing without the group above them: "Năm sinh / Nam", "Tài khoản / Số", "Chủ hộ / Tên".
_NEEDS_GROUP = frozenset(
    "nam,nu,so,ten,ho ten,ho va ten,ngan hang,ngay,cccd,so cccd,cmnd,so cmnd,so dinh danh,so tien".split(",")
)
# "(ghi theo giấy khai sinh)", "(dd/mm/yyyy)": how to fill a column in, not what stands there.
_INSTRUCTION = re.compile(
    r"\(\s*(?:ghi|viết|theo|nếu|nhập|ví dụ|vd|dd|đvt|đơn vị|nghìn|ngàn|triệu|đồng|1\.?000|bằng|\d)[^()]*\)",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\b[a-z](?: [a-z])+\b")
_CLEAR = 8


def field_of(header: str) -> tuple[str, int] | None:
    """The field a header stands for and how surely, or None; " / " stands between the rows of a header.

    What the lowest row says clearly by itself counts; a group's title above it may be anything.

    >>> field_of("Họ và tên"), field_of("SO CCCD/CMND"), field_of("Chữ ký")
    (('full_name', 9), ('personal_id', 8), None)
    >>> field_of("Thông tin đối tượng / Khối/Thôn"), field_of("Năm sinh / Nam")
    (('village', 8), ('birth_male', 9))
    """
    parts = [_key(part) for part in header.split(LEVELS)]
    if len(parts) > 1 and parts[-1] not in _NEEDS_GROUP:
        found = _field_of_key(parts[-1])
        if found and found[1] >= _CLEAR:
            return found
    return _field_of_key(" / ".join(parts))


def _key(part: str) -> str:
    """The search key of a header's row: without instructions, letters with dots between them as one word."""
    bare = re.sub(r"^\d{1,2}\s*[.)]\s*", "", _INSTRUCTION.sub(" ", part))
    if " " not in bare:
        # A column of a web system: "NgaySinh"
        pairs = zip(" " + bare, bare, strict=False)
        bare = "".join(
            f" {letter}" if before.islower() and letter.isupper() else letter for before, letter in pairs
        )
    return _INITIALS.sub(lambda found: found[0].replace(" ", ""), search_key(bare) or search_key(part))


# Plain texts of headers, to tell a misspelt one by: "Họ và têm", "Ngày sinnh", "Số CCDD".
_PLAIN = (
    "ho va ten",
    "ho ten",
    "ngay thang nam sinh",
    "ngay sinh",
    "nam sinh",
    "gioi tinh",
    "so cccd",
    "so cmnd",
    "so dinh danh",
    "so can cuoc cong dan",
    "dan toc",
    "so dien thoai",
    "doi tuong",
    "loai doi tuong",
    "muc huong",
    "muc tro cap",
    "so quyet dinh",
    "ngay quyet dinh",
    "so tai khoan",
    "ngan hang",
    "ten ngan hang",
    "chu tai khoan",
    "ten chu tai khoan",
    "nguoi giam ho",
    "quan he",
    "ghi chu",
    "dia chi",
    "hinh thuc nhan",
    "huong tu thang",
)
_GUESS = 5


@lru_cache(maxsize=4096)
def _field_of_key(key: str) -> tuple[str, int] | None:
    if not key or len(key) > 80:
        return None
    for field, pattern, weight in _PATTERNS:
        if pattern.search(key):
            return (field, weight) if field else None
    close = difflib.get_close_matches(key, _PLAIN, n=1, cutoff=0.86) if 6 <= len(key) <= 24 else None
    meant = _field_of_key(close[0]) if close else None
    return (meant[0], _GUESS) if meant else None


def confidence(weight: int) -> str:
    """How sure a header's meaning is, in a word: Sure, Likely, Guess.

    >>> confidence(9), confidence(8), confidence(5)
    ('Sure', 'Likely', 'Guess')
    """
    return "Sure" if weight >= 9 else "Likely" if weight >= _CLEAR else "Guess"


def map_columns(headers: Sequence[str]) -> dict[str, int]:
    """Field -> column number, each field once: the surest header, of equal ones the leftmost."""
    return {field: column for field, (column, _weight) in weigh_columns(headers).items()}


def weigh_columns(headers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Field -> (column number, weight of its header)."""
    best: dict[str, tuple[int, int]] = {}
    for column, header in enumerate(headers):
        found = field_of(header) if any(map(str.isalpha, header)) else None
        if found is None:
            continue
        field, weight = found
        if field not in best or weight > best[field][1]:
            best[field] = (column, weight)
    if "family_name" in best and "full_name" in best:
        # "Họ và tên đệm | Tên": the second column alone is no full name.
        column, _weight = best["full_name"]
        if search(headers[column]) == "ten":
            best["given_name"] = best.pop("full_name")
        elif "middle_name" not in best:
            del best["family_name"]
    if "birth_male" in best and "birth_female" not in best:
        # "Sinh năm", or under "Ngày sinh" Ngày, Tháng, Năm: without marks Năm reads as Nam.
        best["birth_year"] = max(
            best.pop("birth_male"), best.get("birth_year", (0, 0)), key=lambda one: one[1]
        )
    if "birth_year" in best and not {"birth_day", "birth_month"} & best.keys():
        # "Ngày | Tháng | Năm sinh"
        column, weight = best["birth_year"]
        if column >= 2 and [search(header) for header in headers[column - 2 : column]] == ["ngay", "thang"]:
            best["birth_day"], best["birth_month"] = (column - 2, weight), (column - 1, weight)
    for field in ("account_name", "representative_name"):
        if not NAMES & best.keys() and field in best and _is_receiver(headers[best[field][0]]):
            # "Người thụ hưởng", "Người nhận": where nobody else is named, the list is of them.
            best["full_name"] = best.pop(field)
    return best


NAMES = frozenset(("full_name", "family_name", "given_name"))


def _is_receiver(header: str) -> bool:
    key = search(header)
    return bool(re.search(r"nguoi (thu )?huong|^(ho (va )?ten )?nguoi nhan( tro cap| tien)?$", key))


def search(header: str) -> str:
    """The lowest row of a header as a search key."""
    return _key(header.split(LEVELS)[-1])
