"""Errors of the hub look-ups, in words that say what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from constructs_trainers.errors import HubError, Problem
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterator

_DENIED = {"AccessDenied", "AccessDeniedException", "Forbidden", "403", "UnauthorizedOperation"}
_CREDENTIALS = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_THROTTLED = {
    "LimitExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_NOT_FOUND = {"404", "NoSuchBucket", "NoSuchKey", "NotFound", "ResourceNotFound"}

_SIGN_IN = "sign in ('aws sso login'), set AWS_PROFILE, or run 'aws configure'"


class AwsNotReachedError(HubError):
    """No call can succeed: the credentials or the network are missing. Asking on is in vain."""


class AccessDeniedError(HubError):
    """Whoever asks must not read something of the hub."""


class NotInAwsError(HubError):
    """What was asked for does not exist."""


def hub_error(
    path: str,
    message: str,
    *,
    got: str | None = None,
    allowed: str | None = None,
    fix: str | None = None,
    kind: type[HubError] = HubError,
) -> HubError:
    """An error with one problem."""
    return kind(path, [Problem(path=path, message=message, got=got, allowed=allowed, fix=fix)])


@contextmanager
def told_clearly(path: str, action: str, region: str) -> Iterator[None]:
    """Turn botocore's exceptions into a :class:`HubError` with the IAM action of the call.

    Raises:
        AwsNotReachedError: Credentials are missing or refused, or the network is.
        NotInAwsError: What was asked for does not exist.
        HubError: The call was refused for another reason.
    """
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        raise _refused(error.response, path, action) from error
    except (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.ProfileNotFound,
        exceptions.NoAuthTokenError,
        exceptions.TokenRetrievalError,
        exceptions.SSOError,
        exceptions.LoginError,
    ) as error:
        message = "no usable AWS credentials"
        raise _not_reached("credentials", message, str(error), _SIGN_IN) from error
    except exceptions.InvalidRegionError as error:
        raise hub_error(
            "region",
            "not the name of a region",
            got=short_repr(region),
            allowed="such as us-west-2",
        ) from error
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        fix = f"check the network, the proxy, and that SageMaker serves the region '{region}'"
        raise _not_reached(path, "AWS cannot be reached", str(error), fix) from error
    except exceptions.BotoCoreError as error:
        raise hub_error(path, f"AWS cannot be asked for {action}", got=str(error)) from error


def _refused(response: object, path: str, action: str) -> HubError:
    details = response if isinstance(response, dict) else {}
    code = str(details.get("Error", {}).get("Code", ""))
    said = f"{code}: {details.get('Error', {}).get('Message', '')}"
    if code in _CREDENTIALS:
        message = "AWS does not accept the credentials"
        return _not_reached("credentials", message, said, _SIGN_IN)
    if code in _DENIED:
        fix = f"let the role or user that asks do {action}"
        if action == "s3:GetObject":
            fix += "; S3 says the same of an object that is not there"
        return hub_error(path, "access denied", got=said, fix=fix, kind=AccessDeniedError)
    if code in _THROTTLED:
        attempts = details.get("ResponseMetadata", {}).get("RetryAttempts", 0) + 1
        message = f"AWS throttled the request, and {attempts} attempts did not help"
        if attempts == 1:
            message = "AWS throttled the request"
        return hub_error(path, message, got=said, fix="try again in a while")
    if code in _NOT_FOUND:
        return hub_error(path, "does not exist", got=said, kind=NotInAwsError)
    return hub_error(path, f"AWS refused {action}", got=said)


def _not_reached(path: str, message: str, got: str, fix: str) -> HubError:
    return hub_error(path, message, got=got, fix=fix, kind=AwsNotReachedError)
