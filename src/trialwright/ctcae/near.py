"""Words near a typed one: the same, longer, of the same stem, one slip of the finger away, or alike."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from trialwright.ctcae.words import folded

SHORTEST_PREFIX = 2
SHORTEST_MISSPELT = 4
_STEM, _ENDING = 5, 3  # letters that two forms of a word share at least, and those they may end in
_ALIKE = 0.6  # of Dice's coefficient over pairs of letters


class Near:
    """The vocabulary of an index, asked for what is near a word. How near: 1.0 the same, 0.0 nothing alike."""

    def __init__(self, words: Iterable[str]) -> None:
        """words  small letters, as written; they are compared both so and folded."""
        pairs = {(shape, folded(word)) for word in words for shape in (word, folded(word))}
        self._sorted = sorted(pairs)
        self._pairs = {key: _letter_pairs(key) for _, key in pairs if len(key) >= SHORTEST_MISSPELT}
        self._slips: dict[str, list[tuple[str, str]]] = {}
        for shape, key in self._sorted:
            if len(shape) >= SHORTEST_MISSPELT:
                for shorter in _one_letter_less(shape):
                    self._slips.setdefault(shorter, []).append((shape, key))

    def near(self, word: str) -> dict[str, float]:
        """Folded words of the vocabulary near a small-letter word, each with how near it is; empty where none is."""
        found: dict[str, float] = {}
        for key, nearness in (*self._longer(word), *self._of_one_stem(folded(word)), *self._one_slip(word)):
            found[key] = max(nearness, found.get(key, 0.0))
        return found or dict(self._alike(folded(word)))

    def _longer(self, word: str) -> Iterator[tuple[str, float]]:
        for start in {word, folded(word)}:
            for shape, key in self._starting(start):
                if shape == start:
                    yield key, 1.0
                elif len(start) >= SHORTEST_PREFIX:
                    yield key, 0.7 + 0.25 * len(start) / len(shape)

    def _of_one_stem(self, key: str) -> Iterator[tuple[str, float]]:
        stem = key[: max(_STEM, len(key) - _ENDING)]
        if len(key) > len(stem):
            yield from ((other, 0.65) for shape, other in self._starting(stem) if len(shape) - len(stem) <= _ENDING)

    def _one_slip(self, word: str) -> Iterator[tuple[str, float]]:
        """One letter wrong, missing, too many, or two in the wrong order."""
        for typed in {word, folded(word)}:
            if len(typed) < SHORTEST_MISSPELT:
                continue
            for shorter in _one_letter_less(typed):
                for shape, key in self._slips.get(shorter, ()):
                    if _is_one_slip(typed, shape):
                        yield key, 0.6 if len(typed) < 6 else 0.75

    def _alike(self, key: str) -> Iterator[tuple[str, float]]:
        mine = _letter_pairs(key)
        if len(key) >= SHORTEST_MISSPELT:
            for other, pairs in self._pairs.items():
                alike = 2 * len(mine & pairs) / (len(mine) + len(pairs))
                if alike >= _ALIKE:
                    yield other, 0.65 * alike

    def _starting(self, start: str) -> Iterator[tuple[str, str]]:
        for at in range(bisect_left(self._sorted, (start, "")), len(self._sorted)):
            if not self._sorted[at][0].startswith(start):
                return
            yield self._sorted[at]


def _letter_pairs(word: str) -> frozenset[str]:
    framed = f"^{word}$"
    return frozenset(framed[at : at + 2] for at in range(len(framed) - 1))


def _one_letter_less(word: str) -> set[str]:
    """The word itself and every way to leave out one letter: two words one slip apart share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _is_one_slip(one: str, other: str) -> bool:
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return len(long) == len(short) + 1 and short in _one_letter_less(long)
    wrong = [at for at in range(len(one)) if one[at] != other[at]]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
    return len(wrong) == 1
