"""What is said about a row: the field in the reader's words, the value, and what would be accepted."""

from frappe import _

from ansinh_app.core.sheets import Note


def label(field: str) -> str:
    """The field's name."""
    return {
        "full_name": _("Full Name"),
        "date_of_birth": _("Date of Birth"),
        "birth_year": _("Year of Birth"),
        "sex": _("Sex"),
        "personal_id": _("Personal ID"),
        "old_id": _("Old ID (CMND)"),
        "family_name": _("Family and Middle Name"),
        "middle_name": _("Middle Name"),
        "given_name": _("Given Name"),
        "degree": _("Degree of Disability"),
        "birth_certificate_no": _("Birth Certificate"),
        "unit": _("Commune"),
        "village": _("Village"),
        "address": _("Address"),
        "phone": _("Phone"),
        "ethnicity": _("Ethnicity"),
        "category": _("Category"),
        "quantity": _("Quantity"),
        "amount": _("Amount"),
        "decision_no": _("Decision No"),
        "decision_date": _("Decision Date"),
        "effective_from": _("Entitled From Month"),
        "payment_method": _("Payment Method"),
        "payee_type": _("Payee"),
        "account_no": _("Account No"),
        "account_name": _("Account Name"),
        "bank": _("Bank"),
        "cash_reason": _("Cash Reason"),
        "representative_name": _("Representative"),
        "representative_id": _("Personal ID of the Representative"),
        "relation": _("Relation"),
        "note": _("Note"),
    }.get(field, field)


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
    problem = {
        "missing": _("is missing"),
        "legacy_font": _("is written in an old font (TCVN3, VNI)"),
        "no_name": _("is not a name"),
        "says_died": _("says that the person has died"),
        "says_left": _("says that the person has left or is no longer entitled"),
        "both_marked": _("both sexes are marked"),
        "differs_from_date_of_birth": _("differs from the date of birth"),
        "bad_number": _("cannot be such a number"),
        "two_numbers": _("two different numbers"),
        "unknown_choice": _("is not one of the choices"),
        "excel_error": _("is the error of a formula"),
        "several_people": _("holds several people"),
        "second_list": _("stands in a second list beside the first"),
        "phone_and_account": _("looks like a phone number, and an account number stands under the phone"),
    }.get(note.code)
    if "E+" in value.upper() and note.code == "bad_number":
        problem = _("Excel has lost the last digits")
    if note.code in ("several_people", "second_list"):
        return fault(note.field, value, problem, _("one person per row"))
    if note.code in ("says_died", "says_left"):
        return fault(note.field, value, problem, _("a registry change; living people on the list"))
    return fault(note.field, value, problem)


def repair(note: Note) -> str:
    """What was put right in an accepted row."""
    done = {
        "leading_zero": _("leading zero put back"),
        "nine_digits_are_cmnd": _("taken as old ID (CMND)"),
        "from_heading": _("taken from the heading above"),
        "unicode": _("letters brought to one form"),
        "renumbered": _("phone number brought to today's form"),
        "note_taken_out": _("note taken out of the name"),
        "capitals": _("written with small letters"),
        "old_font": _("old font put into Unicode"),
        "misread_text": _("text of a wrong encoding put right"),
        "letter_for_digit": _("a letter typed for a digit"),
        "text_taken_off": _("words beside the number left out"),
        "month_first": _("month before day, as in the whole column"),
        "birth_in_name": _("taken from behind the name"),
        "in_thousands": _("counted in thousands"),
        "degree_joined": _("completed by the degree beside it"),
        "taken_from_note": _("taken from the note"),
        "says_none": _("nothing given"),
        "says_cash": _("paid in cash"),
        "two_in_one_cell": _("two numbers in one cell"),
        "first_of_several": _("the first of several numbers"),
        "birth_certificate": _("taken as birth certificate"),
        "taken_from_account": _("taken from the account's cell"),
        "year_of_id": _("year taken from the personal ID"),
        "century_only_possible": _("the only century possible"),
        "serial_date": _("date read from a number"),
        "digits_only": _("date read from eight digits"),
        "century_from_id": _("century taken from the personal ID"),
        "day_and_month_swapped": _("day and month exchanged"),
    }.get(note.code, note.code)
    return f"{label(note.field)}: {done} ({note.value})"


def doubt(note: Note) -> str:
    """What should be checked in an accepted row."""
    said = {
        "sex_differs": _("does not fit the sex"),
        "birth_year_differs": _("does not fit the year of birth"),
        "may_be_swapped": _("may have day and month exchanged by Excel, as others of this column"),
        "unknown_province": _("has a province code that is not on the list"),
        "landline": _("is a landline and gets no messages"),
        "bad_number": _("is no phone number and was left out"),
        "excel_error": _("is the error of a formula and was left out"),
        "unreadable": _("cannot be read and was left out"),
        "too_small": _("is too small for an amount in đồng and was left out"),
        "number_cell": _("stood in a number cell: leading zeros may be lost"),
    }.get(note.code, note.code)
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
