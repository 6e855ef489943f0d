"""A ledger's place in a database, as its URL names it: `postgresql://user@host/database?study=nct05333705`."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from trialwright.errors import UsageError

SCHEMES = ("postgresql://", "postgres://")
SECRETS = frozenset(("password", "sslpassword", "passfile", "sslkey"))
_LOGIN = re.compile(r"(postgres(?:ql)?:/{1,2}[^\s:@/?#]*):\S*@")  # a path of it has lost one slash
_QUERY = re.compile(r"(\b(?:ssl)?password=)[^\s&'\"]+")
EXPECTED = "expected postgresql://USER@HOST:PORT/DATABASE?study=STUDY, where what is left out is the server's default"

UNREADABLE = f"""the database's URL cannot be read; {EXPECTED}. A sign such as @ : / # ? inside a password is written
%40 %3A %2F %23 %3F.""".replace("\n", " ")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The database, and the study in it; None for the only one there."""

    conninfo: str = field(repr=False)  # as the driver takes it, password and all: never shown
    shown: str
    study: str | None

    def __str__(self) -> str:
        return self.shown


def is_url(where: Path | str) -> bool:
    """Whether a ledger's place is a database's URL, not a path."""
    return isinstance(where, str) and where.startswith(SCHEMES)


def parse_url(word: str) -> DatabaseUrl:
    """The parts of a URL. Raises UsageError, without repeating a password, if it cannot be taken apart."""
    try:
        parts = urlsplit(word)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        parts.port  # noqa: B018  (raises where it is no number)
        if parts.fragment:
            raise ValueError
    except ValueError:
        raise UsageError(UNREADABLE) from None
    studies = [value for name, value in query if name == "study"]
    if len(studies) > 1 or "" in studies:
        raise UsageError(f"the database's URL names its study once, as in ?study=nct05333705; {EXPECTED}.")
    rest = [(name, value) for name, value in query if name != "study"]
    conninfo = parts._replace(query=urlencode(rest, quote_via=quote)).geturl()
    open_query = [(name, value) for name, value in query if name not in SECRETS]
    shown = parts._replace(netloc=_without_password(parts), query=urlencode(open_query, safe="/"))
    return DatabaseUrl(_three_slashes(conninfo), _three_slashes(shown.geturl()), studies[0] if studies else None)


def _without_password(parts: SplitResult) -> str:
    user, at, host = parts.netloc.rpartition("@")
    return f"{user.partition(':')[0]}{at}{host}"


def _three_slashes(url: str) -> str:
    """Without a host Python leaves out the empty place between the slashes, which a database's URL needs."""
    scheme, _, rest = url.partition(":")
    return url if rest.startswith("//") else f"{scheme}://{rest}"


def without_passwords(text: str) -> str:
    """A message in which every password of a database's URL is three stars.

    >>> without_passwords("postgresql://wang:secret@db/trial is not here")
    'postgresql://wang:***@db/trial is not here'
    """
    return _QUERY.sub(r"\1***", _LOGIN.sub(r"\1:***@", text))


def shown_place(where: Path | str) -> str:
    """How messages name a place: a path as it is, a URL without its password."""
    return parse_url(where).shown if isinstance(where, str) and is_url(where) else str(where)
