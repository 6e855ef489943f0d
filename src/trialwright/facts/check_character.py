"""A character that betrays a mistyped code: ISO 7064 MOD 37-2.

One wrong character, and two neighbours exchanged, are always seen. The alphabet is the digits, A to Z and, for the
check character alone, `*`.
"""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
MODULUS: Final = 37


def check_character(text: str) -> str:
    """The check character of digits and capital letters.

    Source ISO 7064 MOD 37-2. Raises ValueError for any other character.

    >>> check_character("G123498654321")
    'H'
    """
    total = 0
    for char in text:
        total = (total + ALPHABET.index(char, 0, 36)) * 2 % MODULUS
    return ALPHABET[(MODULUS + 1 - total) % MODULUS]


def ends_in_its_check(text: str) -> bool:
    """Whether the last character is the check character of those before it."""
    try:
        return len(text) > 1 and check_character(text[:-1]) == text[-1]
    except ValueError:
        return False
