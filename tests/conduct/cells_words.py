"""The words of wild acts with cells: drawn from everything that exists, and from some that does not."""

import re
from random import Random
from typing import Any

from cell_story import TESTS

from trialwright.cells.codes import label_code

PEOPLE = ("S-001", "S-002", "S-003")
LABORATORY = ("lab-1:cell_laboratory", "lab-2:cell_laboratory", "lab-3:cell_laboratory")
WARD = ("nurse:coordinator", "nurse-2:coordinator", "inv:investigator")
EVERYBODY = (*LABORATORY, *WARD)
ON_THE_WAY = "lowest_c=4 highest_c=8"
GOOD = {
    "cell-count": "1.2e7 unit=/mL",
    "purity": "85 unit=%",
    "t-cells": "0.6 unit=%",
    "endotoxin": "0.5 unit={EU}/mL",
    "gram": "negative",
}
BAD = {
    "cell-count": "1e5 unit=/mL",
    "purity": "40 unit=%",
    "t-cells": "1.9 unit=%",
    "endotoxin": "9 unit={EU}/mL",
    "gram": "positive",
    "sterility": "positive",
}
UNKNOWN = {
    "D": "D-XA269000004",
    "C": "C-XA269000008",
    "L": "L-1",
    "B": "B-XA26000001",
    "S": "S-009",
}
"""Codes that nothing has: well shaped, or not."""


class Words:
    """Draws the words of one act: what is asked for in braces, each from what there is, right more often than not."""

    def __init__(self, hands: Any, rng: Random) -> None:
        self.hands, self.watch, self.rng = hands, hands.watch, rng
        self.who = ""  # the code that the act is about, once drawn

    def fill(self, template: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: str(getattr(self, found[1])()), template)

    def one(self, pool: Any) -> str:
        """One of those; now and then a code that nothing has."""
        known = [*pool]
        if not known or self.rng.random() < 0.05:
            return self.rng.choice([*UNKNOWN.values()])
        return self.rng.choice(known)

    def about(self, pool: Any) -> str:
        self.who = self.one(pool)
        return self.who

    def often(self, right: str | None, *others: str) -> str:
        return right if right and self.rng.random() < 0.75 else self.one(others)

    def slip(self, line: str, kind: str) -> str:
        """The line with one word wrong: a code, a person, or a number."""
        if kind == "code":
            found = [*re.finditer(r"\b[A-Z]-[A-Z0-9]+(-[0-9]{2}[A-Z0-9*])?", line)]
            if not found:
                return line
            old = self.rng.choice(found)
            return f"{line[: old.start()]}{self.another(old[0], scanned=bool(old[1]))}{line[old.end() :]}"
        if kind == "person":
            asked = line.partition(" by ")[0]
            who = self.anyone()
            return f"{asked} by {who} with {who if self.rng.random() < 0.4 else self.anyone()}"
        other = self.rng.choice(("1", "5", "37", "59", "61", "80", "119"))
        return re.sub(r"(_ml|_kg|_c)=[0-9.]+", lambda found: f"{found[1]}={other}", line, count=1)

    def another(self, code: str, *, scanned: bool) -> str:
        """Another code of the same sort, or another label."""
        if scanned:
            return self.rng.choice(self._scans())
        known = [*self.watch.units, *PEOPLE, *(key[1] for key in self.watch.of if key[0] == "donor_registered")]
        return self.one([one for one in known if one[0] == code[0]])

    def donor(self) -> str:
        donors = [code for kind, code in self.watch.of if kind == "donor_registered"]
        return self.about(donors)

    def collection(self) -> str:
        return self.about(code for code in self.watch.units if code.startswith("C-"))

    def lot(self) -> str:
        return self.about(self.watch.lots)

    def dose(self) -> str:
        return self.about(self.watch.doses)

    def cells(self) -> str:
        return self.about(self.watch.units)

    def anything(self) -> str:
        donors = [code for kind, code in self.watch.of if kind == "donor_registered"]
        return self.about([*self.watch.units, *donors, *PEOPLE, *(chain.about for chain in self.watch.chains)])

    def person(self) -> str:
        return self.about(PEOPLE)

    def lots_person(self) -> str:
        """Somebody, mostly whom the cells are for."""
        lot = self.watch.doses[self.who].what.lot if self.who in self.watch.doses else self.who
        return self.often(self.hands.recipient(lot), *PEOPLE)

    def someone(self) -> str:
        return self.one(PEOPLE)

    def persons_dose(self) -> str:
        """A dose, mostly one that is out for the person."""
        out = [code for code in self.watch.doses if self.watch.units[code].out and self.watch.units[code].gone is None]
        right = [code for code in out if self.hands.recipient(self.watch.doses[code].what.lot) == self.who]
        return self.often(self.rng.choice(right) if right else None, *self.watch.doses)

    def persons_doses(self) -> str:
        return ",".join(self.persons_dose() for _ in range(self.rng.choice((1, 1, 2, 3))))

    def lab(self) -> str:
        return self.rng.choice(LABORATORY)

    def quality(self) -> str:
        return self.often("lab-3:cell_laboratory", *EVERYBODY)

    def anyone(self) -> str:
        return self.rng.choice(EVERYBODY)

    def second(self) -> str:
        return self.often("inv:investigator", *EVERYBODY)

    def name(self) -> str:
        return self.anyone().partition(":")[0]

    def holder(self) -> str:
        unit = self.watch.units.get(self.who)
        return self.often(unit.holder if unit else None, self.name())

    def acting_holder(self) -> str:
        """Whoever has it, acting in a role of theirs."""
        name = self.holder()
        return next((one for one in EVERYBODY if one.startswith(f"{name}:")), EVERYBODY[0])

    def place(self) -> str:
        unit = self.watch.units.get(self.who)
        return self.often(unit.stored if unit else None, "refrigerator", "incubator", "cupboard")

    def celsius(self) -> str:
        return self.rng.choice(("4", "4", "4", "8", "37", "20", "-5"))

    def seal(self) -> str:
        return self.rng.choice(("intact", "intact", "intact", "broken"))

    def millilitres(self) -> str:
        return self.rng.choice(("1", "5", "20", "60", "120", "500"))

    def parts(self) -> str:
        """Volumes of a division, which mostly add up."""
        left = self.watch.left(self.who) if self.who in self.watch.units else None
        number = self.rng.choice((1, 2, 2, 3))
        whole = int(left) if left and self.rng.random() < 0.8 else 90
        each = max(1, whole // number)
        rest = max(0, whole - each * number)
        return f"{','.join([str(each)] * number)}" + (f" rest_ml={rest}" if rest or self.rng.random() < 0.2 else "")

    def kilograms(self) -> str:
        return self.rng.choice(("50", "60", "70", "90"))

    def label(self) -> int:
        now = self.watch.label(self.who)
        return now if now and self.rng.random() < 0.75 else self.rng.choice((1, 2, 3))

    def wristband(self) -> str:
        """Mostly the person's valid one; else an old one, another person's, or what is no wristband."""
        return self.often(self.hands.scan(self.who), *self._scans())

    def bag(self) -> str:
        return self.often(self.hands.scan(self.persons_dose()), *self._scans())

    def _scans(self) -> list[str]:
        known = [code for code, labels in self.watch.labels.items() if labels]
        return [label_code(code, label) for code in known for label in self.watch.labels[code]] + ["S-001-01X", "B"]

    def result(self) -> str:
        test = self.rng.choice([*BAD])
        values = GOOD if test in GOOD and self.rng.random() < 0.7 else BAD
        return f"{test} value={values[test]}"

    def alert(self) -> str:
        return self.one(self.hands.open_alerts())

    def yes(self) -> str:
        return self.rng.choice(("yes", "no", "no"))

    def reason(self) -> str:
        return self.rng.choice(("first", "first", "reprint", "'new content'"))

    def source(self) -> str:
        return self.rng.choice(("'peripheral blood'", "'cord blood'"))

    def signer(self) -> str:
        return self.rng.choice(("donor", "mother", "bank"))

    def eligibility(self) -> str:
        return self.rng.choice(("eligible", "ineligible", "incomplete", "'ineligible with exception'"))

    def exception(self) -> str:
        return self.rng.choice(("", "exception='urgent medical need'"))

    def until(self) -> str:
        return self.hands.moment(self.rng.choice((30, 300, 1430, 1441, 3000)))

    def day(self) -> str:
        return self.hands.day


DONORS = (
    "register_donor new source={source} tested=donor by {anyone}",
    "record_donor_consent {donor} document=donation document_version=1 language=zh signer={signer} by {anyone}",
    f"decide_donor_eligibility {{donor}} eligibility={{eligibility}} tests='{TESTS}' sampled_on={{day}} {{exception}} "
    "by {anyone}",
    "withdraw_donor_consent {donor} reason=personal by {anyone}",
    "assign_donor {person} donor={donor} reason=change by {anyone}",
    "collect new donor={donor} source={source} volume_ml={millilitres} by {anyone}",
)
MAKING = (
    "receive {collection} giver={holder} taker={name} place=laboratory condition=good seal={seal} "
    "temperature_c={celsius} by {lab}",
    "process {cells} step=selection by {lab}",
    "make_lot new collection={collection} recipient={someone} volume_ml={millilitres} taken_ml={millilitres} "
    "expires_at={until} by {lab}",
    "make_lot new collection={collection} volume_ml={millilitres} expires_at={until} by {lab}",
    "take_sample {cells} sample=s-{millilitres} volume_ml={millilitres} by {lab}",
    "record_release_test {lot} test={result} by {lab}",
    "divide {cells} volumes_ml={parts} by {lab}",
    "divide {dose} volumes_ml={parts} by {lab}",
)
KEEPING = (
    "put_in_storage {cells} place={place} temperature_c={celsius} by {lab}",
    "take_out_of_storage {cells} place={place} by {lab}",
    "hand_over {cells} giver={holder} taker={name} place=corridor lowest_c=4 highest_c={celsius} by {anyone}",
    "hand_over {dose} giver={holder} taker={name} place=corridor lowest_c=4 highest_c=8 seal={seal} by {anyone}",
    "discard {cells} reason=spilt volume_ml={millilitres} by {anyone} with {anyone}",
    "discard {cells} reason=old by {anyone} with {anyone}",
    "print_label {anything} reason={reason} by {anyone}",
    "void_label {anything} label={label} reason=torn by {anyone}",
)
DECIDING = (
    "release {lot} how=conditional weight_kg={kilograms} by {quality} with {second}",
    "release {lot} how=full weight_kg={kilograms} by {quality}",
    "reject_lot {lot} reason=doubt by {lab}",
    "assign_lot {lot} recipient={someone} weight_kg={kilograms} by {quality} with {second}",
    "reassign_lot {lot} recipient={someone} reason=change weight_kg={kilograms} by {quality} with {second}",
    "recall {lot} reason=doubt by {lab}",
)
BEDSIDE = (
    "issue {dose} recipient={lots_person} taker={name} place=ward weight_kg={kilograms} by {acting_holder}",
    "return_dose {dose} giver={holder} taker={name} place=laboratory reason=fever lowest_c=4 highest_c={celsius} "
    "by {anyone}",
    "check_at_bedside {person} wristband={wristband} dose_label={bag} by {anyone} with {second}",
    "check_at_bedside {person} wristband={bag} dose_label={wristband} by {anyone} with {second}",
    "infuse {person} cycle=1 doses={persons_doses} weight_kg={kilograms} by nurse:coordinator with {second}",
    "interrupt_infusion {person} reason=reaction by nurse:coordinator",
    "resume_infusion {person} dose_code={persons_dose} by nurse:coordinator",
    "resume_infusion {person} by nurse:coordinator",
    "end_infusion {person} how=stopped reason=x volume_ml={millilitres} discarded_ml={millilitres} reaction=no "
    "by nurse:coordinator with {second}",
)
