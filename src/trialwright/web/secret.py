"""The key that signs sessions: made once beside the accounts, readable by its owner only."""

import os
from pathlib import Path
from secrets import token_urlsafe

NAME = "site.key"


def secret_key(folder: Path) -> str:
    """The key of a site; made where there is none yet."""
    path = folder / NAME
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = token_urlsafe(64)
        file.write(key + "\n")
    return key
