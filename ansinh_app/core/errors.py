"""Errors a rule raises: each has a stable code and its facts, so the app can say them in Vietnamese."""

from __future__ import annotations

_LONGEST = 200


class RuleError(ValueError):
    """A rule cannot give an answer. `code` names the reason, `data` holds the named facts of the message."""

    code = "rule_error"
    template = "the rule has no answer"

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(self.template.format(**{name: _shown(value) for name, value in data.items()}))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.data)


def _shown(value: object) -> object:
    """The value as a message says it: of a cell of a whole page its beginning."""
    return value[:_LONGEST] + "…" if isinstance(value, str) and len(value) > _LONGEST else value


def _rebuild(kind: type[RuleError], data: dict[str, object]) -> RuleError:
    return kind(**data)


class NoRateInForce(RuleError):
    """No rate is known for the category in the month: the answer is never 0. Data: category, month, as_of."""

    code = "no_rate_in_force"
    template = "no rate in force for {category} in {month}, as known on {as_of}"


class EstimatedRate(RuleError):
    """The only rate known is an estimate, which never pays. Data: category, month, version."""

    code = "estimated_rate"
    template = "the rate of {category} in {month} is an estimate ({version}) and cannot be paid"


class NotWholeDong(RuleError):
    """An amount is not a whole number of đồng. Data: value."""

    code = "not_whole_dong"
    template = "{value!r} is not a whole number of đồng"


class BadMonth(RuleError):
    """The value does not name a month. Data: value."""

    code = "bad_month"
    template = "{value!r} is not a month; write YYYY-MM"


class BadQuantity(RuleError):
    """The quantity does not suit the category. Data: category, quantity."""

    code = "bad_quantity"
    template = "quantity {quantity} does not suit category {category}"


class MissingBirthDate(RuleError):
    """The category depends on age and the person has no date of birth. Data: category, person."""

    code = "missing_birth_date"
    template = "{person} has no date of birth, which category {category} needs"


class NoAllowance(RuleError):
    """A grant counts on the monthly allowance, and there was none. Data: person, programme, month."""

    code = "no_allowance"
    template = "{person} drew no allowance of {programme} in {month}"


class UnknownCategory(RuleError):
    """The category is not in the law as loaded. Data: category."""

    code = "unknown_category"
    template = "category {category} is not known"


class BadIdentifier(RuleError):
    """A number cannot be what it claims to be. Data: kind (cccd, cmnd, phone, account), problem, value."""

    code = "bad_identifier"
    template = "{value!r} is not a valid {kind}: {problem}"


class BadTable(RuleError):
    """No table with the needed columns was found in the sheet. Data: problem."""

    code = "bad_table"
    template = "no table could be read: {problem}"


class BadCell(RuleError):
    """A value does not fit its column of a provider's file. Data: field, problem, value."""

    code = "bad_cell"
    template = "{value!r} does not fit column {field}: {problem}"


class BadFile(RuleError):
    """A provider's file cannot be made. Data: problems, one text per cell or row that does not fit."""

    code = "bad_file"
    template = "the file cannot be made: {problems}"
