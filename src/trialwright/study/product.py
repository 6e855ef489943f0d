"""The cell product: who may give it, how it is made, what it must pass, how it travels and what its label says."""

from typing import Literal

from pydantic.dataclasses import dataclass

from trialwright.study.documents import ConsentDocument
from trialwright.study.shapes import CLOSED, Code, Days, Hours, Number, Source, Text, YesNo


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class ReleaseTest:
    """A test a lot must pass. `may_be_pending`: cells may be released conditionally before its result is known.

    `shows_contamination`: failing it means that something grew, or was left, in the cells.
    `over_all_doses`: a second rule, for what all infusions of one participant add up to.
    `takes_days`: how long after sampling its result is to be there; left out: by the release.
    """

    id: Code
    label: Text
    rule: Text
    over_all_doses: Text | None = None
    may_be_pending: YesNo = False
    shows_contamination: YesNo = False
    takes_days: Days | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Temperatures:
    """Between which temperatures, in degrees Celsius, cells are kept, both ends allowed."""

    low_c: Number
    high_c: Number


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class CellSource:
    """Where cells come from: peripheral blood of a donor, cord blood. `tested`: whose blood the tests are of.

    `recipient_later`: a lot of it may be made for nobody yet, and be assigned before it is issued. `transport`: how
    it travels to the laboratory, if otherwise than the product.
    """

    id: Code
    label: Text
    tested: Literal["donor", "mother"] = "donor"
    recipient_later: YesNo = False
    transport: Temperatures | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class DonorTest:
    """An infection test of a donor. `disqualifies`: a positive result makes the donor ineligible."""

    id: Code
    label: Text
    disqualifies: YesNo = True


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Donors:
    """What a donor signs and is tested for, and why an ineligible one's cells may be used all the same."""

    consent: tuple[ConsentDocument, ...] = ()
    tests: tuple[DonorTest, ...] = ()
    sampled_within_days: Days | None = None  # of the tests' sample, before or after the collection
    exceptions: tuple[Text, ...] = ()
    decided_before: Literal["collection", "release"] = "collection"
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class MakingStep:
    """One step of making the cells, in the order of the file; `needed`: no lot is released without it."""

    id: Code
    label: Text
    min_days: Days | None = None
    max_days: Days | None = None
    needed: YesNo = True
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Storage:
    """A place where cells are kept."""

    id: Code
    label: Text
    temperatures: Temperatures
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class LabelText:
    """What every label of the cells says besides its codes, times and volumes."""

    product: Text
    facility: Text
    storage: Text
    additives: tuple[Text, ...] = ()
    statements: tuple[Text, ...] = ()
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Product:
    """The cell product: where it may come from, what it must pass, how long it lives.

    `codes: checked` asks every new code for its check character, and every dose for a code and a label of its own.
    """

    name: Text
    codes: Literal["free", "checked"] = "free"
    sources: tuple[CellSource, ...] = ()
    donors: Donors | None = None
    steps: tuple[MakingStep, ...] = ()
    release_tests: tuple[ReleaseTest, ...] = ()
    expiry_hours: Hours | None = None
    storage: tuple[Storage, ...] = ()
    transport: Temperatures | None = None
    labels: LabelText | None = None
    source: Source | None = None
    basis: Text | None = None
