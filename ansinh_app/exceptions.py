"""Errors of the app: each names one thing that may not happen; nearly all are validation errors."""

import frappe


class AnSinhError(frappe.ValidationError):
    """Base of every error the app raises itself."""


class RequestError(AnSinhError):
    """What a page or a program sent cannot be read."""


class InvalidIdentifierError(AnSinhError):
    """A personal ID, an old ID, a phone or an account number cannot be one."""


class DuplicatePersonError(AnSinhError):
    """The same personal ID, or the same unit and day, is registered already."""


class InvalidDateError(AnSinhError):
    """A date lies where it cannot: a birth in the future, an end before its start."""


class RateVersionError(AnSinhError):
    """A rate version contradicts another one, or a decided one is being changed."""


class UnknownCategoryError(AnSinhError):
    """No benefit category has this code or this name."""


class OverlappingEntitlementError(AnSinhError):
    """The person already holds an entitlement to the same benefit for some of the months."""


class PayeeError(AnSinhError):
    """Who is to be paid, or how, is missing or contradicts the registry."""


class ChangeNotAllowedError(AnSinhError):
    """A registry change does not fit the person or the entitlement it is about."""


class SelfApprovalError(AnSinhError):
    """Maker and checker are the same person."""


class WorkbookError(AnSinhError):
    """A workbook cannot be read: broken, protected, too large or without a list in it."""


class ImportStateError(AnSinhError):
    """An import is running already, or its document is not in a state to be run."""


class AreaError(frappe.PermissionError):
    """The document belongs to a unit, office or provider outside the user's area."""


class SealedError(AnSinhError):
    """A sealed batch or one of its lines may not change."""


class LostListError(AnSinhError):
    """The database is older than what was approved, so somebody might be paid again."""


class PeriodStateError(AnSinhError):
    """The period is not in a state that allows this step."""


class OvertakenError(PeriodStateError):
    """Somebody else changed payments of the office while this one waited for his turn: look again, then do it."""


class ContractError(AnSinhError):
    """A contract is missing, not in force, or collides with another one."""


class AccountError(AnSinhError):
    """An account is closed, belongs to someone else, or is registered already."""


class ResultFileError(AnSinhError):
    """A provider's result file cannot be applied to this batch."""


class AllotmentError(AnSinhError):
    """A drawdown exceeds the budget allotted."""


class SettlementError(AnSinhError):
    """A settlement does not add up or contradicts the lines."""


class GrantError(AnSinhError):
    """A one-off grant has no answer in the law, is granted already, or names no payee."""


class ForecastError(AnSinhError):
    """A forecast or its scenario cannot be worked out as asked."""


class ReportScheduleError(AnSinhError):
    """A report schedule that cannot be sent: names people, has no recipients, or its owner is gone."""


class AccountRequestError(AnSinhError):
    """A request for an account cannot take this step."""


class VerificationError(AnSinhError):
    """A request to the police, or their answer, does not fit the person or the state it is in."""


class ReformError(AnSinhError):
    """A reform of communes cannot be carried out, or not be taken back any more."""


class PersonalDataError(AnSinhError):
    """Something the protection of people's data does not allow."""


class NumberKeyError(AnSinhError):
    """The key that opens a site's ID and account numbers is missing, is another one, or is none."""


class CommuneReportError(AnSinhError):
    """A commune's report is locked, or asked of a commune that owes none."""


class SupportCaseError(AnSinhError):
    """A support case is not ready for the step, or it is somebody else's to take."""


class OutreachError(AnSinhError):
    """An activity or a notice to a commune says something that cannot be."""


class InspectionError(AnSinhError):
    """An inspection is not ready for the step."""
