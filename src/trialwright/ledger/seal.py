"""The seal: every entry's bytes are hashed together with the hash before them, so that no entry can change unseen.

An entry is two pieces of canonical bytes. The header says who, when, about whom and of what kind; the payload says
what. The header holds the hash of the payload, not the payload, so that a payload can be removed (redacted) and the
chain still verifies. The salt keeps a removed payload from being guessed from its hash; it goes with the payload.
"""

from dataclasses import dataclass
from hashlib import sha256

FIRST_PREVIOUS = bytes(32)  # the hash "before" the first entry
NO_SALT = bytes(16)  # stands where the salt of a redacted payload was


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry as bytes: what is stored, exported and verified."""

    header: bytes
    hash: bytes
    payload: bytes | None  # None once redacted
    salt: bytes


def payload_sha256(salt: bytes, payload: bytes) -> bytes:
    """SHA-256 over 0x02, the salt (16 bytes) and the payload."""
    return sha256(b"\x02" + salt + payload).digest()


def entry_hash(previous: bytes, header: bytes) -> bytes:
    """SHA-256 over 0x03, the hash of the entry before (32 zero bytes for the first) and the header."""
    return sha256(b"\x03" + previous + header).digest()


def seal_fault(sealed: Sealed, previous: bytes, promised: str) -> str:
    """What is wrong with a seal, in words; empty if it holds. `promised` is the payload's hash in the header."""
    if entry_hash(previous, sealed.header) != sealed.hash:
        return "the header, its hash, or the chain before it was changed"
    if sealed.payload is None:
        return "" if sealed.salt == NO_SALT else "a removed content keeps no salt, and this one has one"
    if payload_sha256(sealed.salt, sealed.payload).hex() != promised:
        return "the content or its salt was changed"
    return ""


def simulated_first_salt(seed: int) -> bytes:
    """The first salt of a simulated ledger: a seed, so that the same seed makes the same ledger to the byte."""
    return sha256(f"trialwright simulated ledger {seed}".encode()).digest()[:16]


def simulated_salt(first: bytes, seq: int) -> bytes:
    """The salt of entry `seq` of a simulated ledger, from its first salt. Never used for people's data."""
    return sha256(b"\x04" + first + seq.to_bytes(8)).digest()[:16]
