"""Can the cells be followed from the donor to the bedside by this study: donors, codes, labels, steps, temperatures."""

from collections.abc import Iterator
from decimal import Decimal

from trialwright.study.checks.treatment import gives_something
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.product import Product
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path

PER_KG = ("cd3_per_kg", "cd19_per_kg", "nk_per_kg")
COUNT, PURITY = "viable_cells", "purity"


def _product(file: StudyFile) -> Product | None:
    """The product of a study that gives one; a study without is told so elsewhere."""
    return file.study.product if gives_something(file.study) else None


def chain_of_identity(file: StudyFile) -> Iterator[Finding]:
    """What keeps one person's cells from being given to another."""
    product = _product(file)
    if product is None:
        return
    if product.donors is None:
        yield Finder(file, "no-donors", "error")(
            ("product",),
            "product",
            "the study does not say what a donor signs and is tested for, so nobody could refuse a donor.",
            "Add `donors:` under `product`, with consent, tests and exceptions.",
        )
    if product.codes != "checked":
        yield Finder(file, "codes-unchecked", "warning")(
            ("product",),
            "product",
            "codes of donors, lots and doses carry no check character: a code that was misread may name another bag.",
            "Write `codes: checked` under `product`.",
        )
    if product.labels is None:
        yield Finder(file, "no-labels", "warning")(
            ("product",),
            "product",
            "the study does not say what stands on a bag's label, so none can be printed.",
            "Add `labels:` under `product`, with product, facility, storage and statements.",
        )


def bedside(file: StudyFile) -> Iterator[Finding]:
    """Both codes are scanned at the bedside, and there are codes to scan."""
    product, infusion = _product(file), file.study.treatment.infusion
    if product is None or infusion is None:
        return
    if infusion.bedside_check_minutes is None:
        yield Finder(file, "no-bedside-check", "warning")(
            ("treatment", "infusion"),
            "infusion",
            "nobody has to scan wristband and bag before an infusion.",
            "Write `bedside_check_minutes: 60` under `treatment: infusion`.",
        )
    elif product.codes != "checked" or product.labels is None:
        yield Finder(file, "nothing-to-scan", "error")(
            ("treatment", "infusion", "bedside_check_minutes"),
            "infusion",
            "wristband and bag are to be scanned at the bedside, and bags have no codes or no labels.",
            "Write `codes: checked` and `labels:` under `product`.",
        )


def counts(file: StudyFile) -> Iterator[Finding]:
    """What is limited per kg can be reckoned from what is measured."""
    product = _product(file)
    tests = product.release_tests if product else ()
    measured = {test.rule.split()[0] for test in tests}
    limited = [name for name in PER_KG if name in measured]
    if limited and COUNT not in measured:
        yield Finder(file, "no-cell-count", "warning")(
            ("product", "release_tests"),
            "product",
            f"{limited[0]} is limited per kg, and no test counts the viable cells: percentages cannot be reckoned.",
            f"Add a release test whose rule begins with {COUNT}, in cells per mL.",
        )


def making(file: StudyFile) -> Iterator[Finding]:
    """How long the cells are made, so that collections can be planned."""
    product = _product(file)
    if product is not None and not any(step.min_days is not None for step in product.steps):
        yield Finder(file, "no-making-days", "warning")(
            ("product",),
            "product",
            "no step of making says how many days it takes: nobody can plan the collection back from the infusion.",
            "Add `steps:` under `product`, with min_days and max_days of the culture.",
        )


def reversed_ends(file: StudyFile) -> Iterator[Finding]:
    """A range of days or degrees that ends before it begins."""
    find, product = Finder(file, "reversed-limits", "error"), file.study.product
    if product is None:
        return
    pairs: list[tuple[Path, str, Decimal | int | None, Decimal | int | None]] = []
    for index, step in enumerate(product.steps):
        pairs.append((("product", "steps", index), step.id, step.min_days, step.max_days))
    for index, place in enumerate(product.storage):
        limits = place.temperatures
        pairs.append((("product", "storage", index), place.id, limits.low_c, limits.high_c))
    if product.transport:
        pairs.append((("product", "transport"), "transport", product.transport.low_c, product.transport.high_c))
    for path, name, low, high in pairs:
        if low is not None and high is not None and low > high:
            yield find(path, name, f"{name}: the lowest, {low}, is above the highest, {high}.", "Exchange the two.")


CHECKS: tuple[Check, ...] = (chain_of_identity, bedside, counts, making, reversed_ends)
