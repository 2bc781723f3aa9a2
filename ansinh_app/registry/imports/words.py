"""What is said about a row: the field in the reader's words, the value, and what would be accepted."""

from frappe import _

from ansinh_app.core.sheets import Note

# Looked up per row, translated only where said.
_LABELS = {
    "full_name": lambda: _("Full Name"),
    "date_of_birth": lambda: _("Date of Birth"),
    "birth_year": lambda: _("Year of Birth"),
    "sex": lambda: _("Sex"),
    "personal_id": lambda: _("Personal ID"),
    "old_id": lambda: _("Old ID (CMND)"),
    "family_name": lambda: _("Family and Middle Name"),
    "middle_name": lambda: _("Middle Name"),
    "given_name": lambda: _("Given Name"),
    "degree": lambda: _("Degree of Disability"),
    "birth_certificate_no": lambda: _("Birth Certificate"),
    "unit": lambda: _("Commune"),
    "village": lambda: _("Village"),
    "address": lambda: _("Address"),
    "phone": lambda: _("Phone"),
    "ethnicity": lambda: _("Ethnicity"),
    "category": lambda: _("Category"),
    "quantity": lambda: _("Quantity"),
    "amount": lambda: _("Amount"),
    "decision_no": lambda: _("Decision No"),
    "decision_date": lambda: _("Decision Date"),
    "effective_from": lambda: _("Entitled From Month"),
    "payment_method": lambda: _("Payment Method"),
    "payee_type": lambda: _("Payee"),
    "account_no": lambda: _("Account No"),
    "account_name": lambda: _("Account Name"),
    "bank": lambda: _("Bank"),
    "cash_reason": lambda: _("Cash Reason"),
    "representative_name": lambda: _("Representative"),
    "representative_id": lambda: _("Personal ID of the Representative"),
    "relation": lambda: _("Relation"),
    "note": lambda: _("Note"),
}

_ERRORS = {
    "missing": lambda: _("is missing"),
    "legacy_font": lambda: _("is written in an old font (TCVN3, VNI)"),
    "no_name": lambda: _("is not a name"),
    "says_died": lambda: _("says that the person has died"),
    "says_left": lambda: _("says that the person has left or is no longer entitled"),
    "both_marked": lambda: _("both sexes are marked"),
    "differs_from_date_of_birth": lambda: _("differs from the date of birth"),
    "bad_number": lambda: _("cannot be such a number"),
    "two_numbers": lambda: _("two different numbers"),
    "unknown_choice": lambda: _("is not one of the choices"),
    "excel_error": lambda: _("is the error of a formula"),
    "too_long": lambda: _("is longer than 500 characters: keep only what belongs into the column"),
    "several_people": lambda: _("holds several people"),
    "second_list": lambda: _("stands in a second list beside the first"),
    "phone_and_account": lambda: _("looks like a phone number, and an account number stands under the phone"),
}

_REPAIRS = {
    "leading_zero": lambda: _("leading zero put back"),
    "nine_digits_are_cmnd": lambda: _("taken as old ID (CMND)"),
    "from_heading": lambda: _("taken from the heading above"),
    "unicode": lambda: _("letters brought to one form"),
    "renumbered": lambda: _("phone number brought to today's form"),
    "note_taken_out": lambda: _("note taken out of the name"),
    "capitals": lambda: _("written with small letters"),
    "old_font": lambda: _("old font put into Unicode"),
    "misread_text": lambda: _("text of a wrong encoding put right"),
    "letter_for_digit": lambda: _("a letter typed for a digit"),
    "text_taken_off": lambda: _("words beside the number left out"),
    "month_first": lambda: _("month before day, as in the whole column"),
    "birth_in_name": lambda: _("taken from behind the name"),
    "in_thousands": lambda: _("counted in thousands"),
    "degree_joined": lambda: _("completed by the degree beside it"),
    "taken_from_name": lambda: _("taken from the name's cell"),
    "own_number": lambda: _("the person's own number: nobody else receives"),
    "taken_from_note": lambda: _("taken from the note"),
    "says_none": lambda: _("nothing given"),
    "says_cash": lambda: _("paid in cash"),
    "two_in_one_cell": lambda: _("two numbers in one cell"),
    "first_of_several": lambda: _("the first of several numbers"),
    "birth_certificate": lambda: _("taken as birth certificate"),
    "taken_from_account": lambda: _("taken from the account's cell"),
    "year_of_id": lambda: _("year taken from the personal ID"),
    "century_only_possible": lambda: _("the only century possible"),
    "serial_date": lambda: _("date read from a number"),
    "digits_only": lambda: _("date read from eight digits"),
    "century_from_id": lambda: _("century taken from the personal ID"),
    "day_and_month_swapped": lambda: _("day and month exchanged"),
}

_DOUBTS = {
    "sex_differs": lambda: _("does not fit the sex"),
    "birth_year_differs": lambda: _("does not fit the year of birth"),
    "may_be_swapped": lambda: _("may have day and month exchanged by Excel, as others of this column"),
    "unknown_province": lambda: _("has a province code that is not on the list"),
    "landline": lambda: _("is a landline and gets no messages"),
    "bad_number": lambda: _("is no phone number and was left out"),
    "excel_error": lambda: _("is the error of a formula and was left out"),
    "unreadable": lambda: _("cannot be read and was left out"),
    "too_small": lambda: _("is too small for an amount in đồng and was left out"),
    "number_cell": lambda: _("stood in a number cell: leading zeros may be lost"),
}


def label(field: str) -> str:
    """The field's name."""
    said = _LABELS.get(field)
    return said() if said else field


def accepted(field: str) -> str:
    """What a cell of the field may hold."""
    return {
        "full_name": _("the person's full name in Unicode letters"),
        "date_of_birth": _("a date as 15/07/1948, or the year alone"),
        "birth_year": _("a year as 1948, the same as in the date of birth"),
        "sex": _("Nam or Nữ"),
        "personal_id": _("12 digits, in a cell formatted as text"),
        "old_id": _("9 digits, in a cell formatted as text"),
        "representative_id": _("12 digits, in a cell formatted as text"),
        "quantity": _("a whole number from 1"),
        "amount": _("a whole amount in đồng"),
        "decision_date": _("a date as 15/04/2024"),
        "effective_from": _("a month as 05/2024"),
        "payment_method": _("Tài khoản or Tiền mặt"),
        "payee_type": _("chính chủ, giám hộ, ủy quyền or chăm sóc"),
        "account_no": _("6 to 19 digits, in a cell formatted as text"),
        "category": _("a code such as BTXH-06B1, or the full title of the category"),
    }.get(field, _("a value that can be read"))


def fault(field: str, value: object, problem: str | None = None, hint: str | None = None) -> str:
    """One reason for returning a row: field, value, what is wrong, what would be accepted."""
    return _("{0} “{1}”: {2}. Accepted: {3}.").format(
        label(field),
        value if value not in (None, "") else "-",
        problem or _("cannot be read"),
        hint or accepted(field),
    )


def missing(field: str) -> str:
    """A field without which the row says nothing."""
    return fault(field, "", _("is missing"))


def error(note: Note) -> str:
    """An error the sheet's reader found."""
    value = note.value.partition(": ")[0] if note.code == "bad_number" else note.value
    problem = _ERRORS[note.code]() if note.code in _ERRORS else None
    if "E+" in value.upper() and note.code == "bad_number":
        problem = _("Excel has lost the last digits")
    if note.code in ("several_people", "second_list"):
        return fault(note.field, value, problem, _("one person per row"))
    if note.code in ("says_died", "says_left"):
        return fault(note.field, value, problem, _("a registry change; living people on the list"))
    return fault(note.field, value, problem)


def repair(note: Note) -> str:
    """What was put right in an accepted row."""
    done = _REPAIRS[note.code]() if note.code in _REPAIRS else note.code
    return f"{label(note.field)}: {done} ({note.value})"


def doubt(note: Note) -> str:
    """What should be checked in an accepted row."""
    said = _DOUBTS[note.code]() if note.code in _DOUBTS else note.code
    return f"{label(note.field)} {note.value} {said}"


def left_out(kind: str) -> str:
    """Why a row is no person's."""
    return {
        "title": _("Title above the list"),
        "header": _("Header"),
        "numbering": _("Numbers of the columns"),
        "sum": _("Total"),
        "heading": _("Heading of the rows below"),
        "signature": _("Signatures"),
    }.get(kind, _("No person: neither name nor number"))
