"""Frappe's exception classes, with the HTTP status each answers a request with."""

from werkzeug.exceptions import NotFound


class ValidationError(Exception):
    http_status_code = 417


class FrappeTypeError(TypeError):
    http_status_code = 417


class AuthenticationError(Exception):
    http_status_code = 401


class PermissionError(Exception):
    http_status_code = 403


class DoesNotExistError(ValidationError):
    http_status_code = 404


class PageDoesNotExistError(ValidationError):
    http_status_code = 404


class Redirect(Exception):
    """A web page sends its reader to `frappe.flags.redirect_location`."""

    def __init__(self, http_status_code: int = 301):
        super().__init__(http_status_code)
        self.http_status_code = http_status_code


class NameError(Exception):
    http_status_code = 409


class CSRFTokenError(Exception):
    http_status_code = 400


class DuplicateEntryError(NameError):
    pass


class DataError(ValidationError):
    pass


class MandatoryError(ValidationError):
    pass


class NonNegativeError(ValidationError):
    pass


class CannotChangeConstantError(ValidationError):
    pass


class CharacterLengthExceededError(ValidationError):
    pass


class UpdateAfterSubmitError(ValidationError):
    pass


class LinkValidationError(ValidationError):
    pass


class CancelledLinkError(LinkValidationError):
    pass


class DocstatusTransitionError(ValidationError):
    pass


class TimestampMismatchError(ValidationError):
    pass


class LinkExistsError(ValidationError):
    pass


class InvalidEmailAddressError(ValidationError):
    pass


class InvalidNameError(ValidationError):
    pass


class InvalidPhoneNumberError(ValidationError):
    pass


class TemplateNotFoundError(ValidationError):
    pass


class UniqueValidationError(ValidationError):
    pass


class AppNotInstalledError(ValidationError):
    pass


class IncorrectSitePath(NotFound):
    pass


class ImplicitCommitError(ValidationError):
    pass


class TooManyWritesError(Exception):
    pass


class SecurityException(Exception):
    http_status_code = 417


class InvalidColumnName(ValidationError):
    pass


class AttachmentLimitReached(ValidationError):
    pass


class QueryTimeoutError(Exception):
    pass


class QueryDeadlockError(Exception):
    pass


class SessionStopped(Exception):
    http_status_code = 503


class SessionExpired(Exception):
    http_status_code = 401


class TooManyRequestsError(Exception):
    http_status_code = 429


class RateLimitExceededError(ValidationError):
    http_status_code = 429


class DocumentLockedError(ValidationError):
    pass


class DataTooLongException(ValidationError):
    pass


class EmptyTableError(ValidationError):
    pass


class InvalidStatusError(ValidationError):
    pass


class RetryBackgroundJobError(Exception):
    pass


class DocumentAlreadyRestored(ValidationError):
    pass


class PrintFormatError(ValidationError):
    pass


class OutgoingEmailError(Exception):
    http_status_code = 501


class UnsupportedMediaType(Exception):
    http_status_code = 415


class InvalidDates(ValidationError):
    pass


class InReadOnlyMode(ValidationError):
    http_status_code = 503
