"""Hands for a random trial of cells: the straight ways from a donor to the bedside, with a slip now and then.

A straight way asks every act of a stretch with the words that it needs, so that infusions are reached often.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from cell_story import EQUIPMENT, REAGENTS, TESTS, cell_study
from cells_watch import Watch
from cells_words import GOOD, ON_THE_WAY, Words
from conduct_story import CHECKS, COVER, ZONE, Story, chemotherapy, consents, enrols, facts
from hypothesis import note

from trialwright.cells.codes import label_code
from trialwright.conduct import Refusal
from trialwright.errors import TrialwrightError
from trialwright.ledger import Entry
from trialwright.study import Study

START = datetime(2026, 1, 5, 9)  # noqa: DTZ001  the clock of the one site
GUARDED = ("issue ", "check_at_bedside ", "infuse ", "release ")
"""What is tried with something wrong before it is done right, every other time, in trials with slips."""


def study() -> Study:
    """The study of the cells' whole way, three people side by side and three infusions each."""
    whole = cell_study()
    treatment = whole.treatment
    assert treatment.infusion is not None
    return replace(
        whole,
        enrolment=replace(whole.enrolment, sequential=False, stagger=None),
        treatment=replace(treatment, infusion=replace(treatment.infusion, max_infusions=3)),
    )


STUDY = study()


class Hands:
    """A ledger in memory, the clock of the site, and whoever watches."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(study=STUDY, sha256="cells-1")
        self.watch = Watch()
        self.now = START
        self.kilograms: dict[str, str] = {}
        self.seen: Counter[str] = Counter()
        self.broken = False
        self.late, self.slips = False, 0.0

    # --- asking ---

    def ask(self, line: str, back: int = 0) -> list[Entry[Any]]:
        """What the act of one line wrote, a minute after the last or so many minutes before; nothing if refused."""
        self.now += timedelta(minutes=1)
        moment = f"{self.now - timedelta(minutes=back):%Y-%m-%dT%H:%M}"
        try:
            outcome, actor = self.story._done(f"{moment} {line}")
        except TrialwrightError:
            self.seen["unreadable"] += 1
            return []
        if isinstance(outcome, Refusal):
            self.seen["refused"] += 1
            return []
        note(f"{moment} {line}")
        entries = self.story.keep(outcome, actor)
        self.broken = True  # until everything that is promised of these entries was looked at
        self.watch.see(entries)
        self.broken = False
        self.seen["late"] += back > 0
        return entries

    def do(self, line: str, back: int = 0) -> list[Entry[Any]]:
        """One line of a straight way; now and then with a slip before it, or in its place.

        A slip depends on its line alone, so that a story keeps its slips while it is made shorter.
        """
        rng, guarded = Random(f"{self.slips}{line}"), line.startswith(GUARDED)
        if not self.slips or rng.random() >= (0.5 if guarded else self.slips):
            return self.ask(line, back)
        self.seen["slips"] += 1
        kind = rng.choice(("code", "code", "person", "number", "twice", "late", "code" if guarded else "left out"))
        if kind == "left out":
            return []
        if kind == "twice":
            return [*self.ask(line, back), *self.ask(line, back)]
        if kind == "late":
            wrong = self.ask(line, rng.choice((2, 5, 40, 600)) if self.late else back)
        else:
            wrong = self.ask(Words(self, rng).slip(line, kind), back)
        return wrong or (self.ask(line, back) if guarded or rng.random() < 0.5 else [])

    def opened(self, line: str) -> str | None:
        """The code of what an act opened; nothing if it was refused."""
        entries = self.do(line)
        return entries[0].about if entries else None

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # --- people ---

    def arrives(self, who: str, kilograms: str, conditioned: bool) -> None:
        """Somebody consents, has a place, and perhaps has had chemotherapy."""
        self.ask(consents()[17:])
        self.ask(facts(who, self.day)[11:])
        self.weighed(who, kilograms)
        self.ask(enrols(who)[11:])
        if conditioned:
            self.conditioned(who)

    @property
    def day(self) -> str:
        return f"{self.now:%Y-%m-%d}"

    def moment(self, minutes: int = 0) -> str:
        return f"{self.now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}{ZONE}"

    def weighed(self, who: str, kilograms: str) -> None:
        weight = f'[{{"concept":"weight","value":"{kilograms}","unit":"kg","on":"{self.moment(1)}"}}]'
        if self.ask(f"record_facts {who} facts='{weight}'"):
            self.kilograms[who] = kilograms

    def cycle(self, who: str) -> int:
        return max(1, len(self.watch.of["chemotherapy_given", who]))

    def conditioned(self, who: str) -> None:
        cycle = len(self.watch.of["chemotherapy_given", who]) + 1
        self.ask(chemotherapy(who, ended=f"{self.now + timedelta(days=1):%Y-%m-%d}", cycle=cycle)[11:])

    # --- straight ways ---

    def donor(self, source: str) -> str | None:
        """A donor who is fit to give and agrees."""
        tested = "mother" if source == "cord blood" else "donor"
        donor = self.opened(f"register_donor new source='{source}' tested={tested} by nurse:coordinator")
        if donor:
            self.agrees(donor, tested)
            self.do(
                f"decide_donor_eligibility {donor} eligibility=eligible tests='{TESTS}' sampled_on={self.day} "
                "by inv:investigator"
            )
        return donor

    def agrees(self, donor: str, signer: str, back: int = 0) -> None:
        form = f"document=donation document_version=1 language=zh signer={signer} explained_by=inv"
        self.do(f"record_donor_consent {donor} {form} by nurse:coordinator", back)

    def collection(self, donor: str) -> str | None:
        """Cells from a donor, in the laboratory, through the steps that are needed."""
        registered = self.watch.of["donor_registered", donor]
        source = registered[-1].what.source if registered else "cord blood"
        code = self.opened(f"collect new donor={donor} source='{source}' volume_ml=60 by nurse:coordinator")
        if code:
            sealed = "seal=broken" if Random(code).random() < 0.1 else "seal=intact"
            self.do(
                f"receive {code} giver=nurse taker=lab-1 place=laboratory condition=good {sealed} temperature_c=20 "
                "by lab-1:cell_laboratory"
            )
            self.do(
                f"process {code} step=separation reagents='{REAGENTS}' equipment='{EQUIPMENT}' by lab-1:cell_laboratory"
            )
            self.do(f"process {code} step=culture started_at={self.moment()} by lab-1:cell_laboratory")
        return code

    def lot(self, collection: str, who: str | None, doses: int) -> str | None:
        """A lot of so many doses, tested, labelled, in the refrigerator and released."""
        recipient = f"recipient={who}" if who else ""
        lot = self.opened(
            f"make_lot new collection={collection} {recipient} volume_ml=120 taken_ml=20 "
            f"expires_at={self.moment(1430)} by lab-1:cell_laboratory"
        )
        if lot:
            volumes = ",".join([str(120 // doses)] * doses)
            divided = self.do(f"divide {lot} volumes_ml={volumes} by lab-1:cell_laboratory")
            for dose in divided[0].what.doses if divided else ():
                self.do(f"print_label {dose} by lab-1:cell_laboratory")
                self.do(f"put_in_storage {dose} place=refrigerator temperature_c=4 by lab-1:cell_laboratory")
            for test, value in (GOOD | {"t-cells": Random(lot).choice(("0.6 unit=%",) * 3 + ("0.8 unit=%",))}).items():
                self.do(f"record_release_test {lot} test={test} value={value} by lab-2:cell_laboratory")
            weight = self.kilograms.get(who or "", "70") if Random(f"weight {lot}").random() < 0.8 else "70"
            self.do(f"release {lot} how=conditional weight_kg={weight} by lab-3:cell_laboratory with inv:investigator")
        return lot

    def recipient(self, lot: str) -> str | None:
        return self.watch.recipient(lot, self.now) if lot in self.watch.lots else None

    def doses(self, lot: str | None) -> list[str]:
        """The doses of a lot that are still there."""
        found = [code for code, dose in self.watch.doses.items() if dose.what.lot == lot]
        return [code for code in found if self.watch.units[code].gone is None]

    def labelled(self, code: str, by: str) -> None:
        """A label where none is valid."""
        if self.watch.label(code) is None:
            reason = "'new recipient'" if self.watch.labels[code] else "first"
            self.do(f"print_label {code} reason={reason} by {by}")

    def to_the_bedside(self, doses: list[str], *, again: bool = False, old: bool = False) -> None:
        """Issued to whom they are for, who is prepared, and checked by two people.

        again  the person was prepared before; old: labels are torn on the way, and the torn ones are tried first
        """
        who = self.recipient(self.watch.doses[doses[0]].what.lot) if doses else None
        if who is None:
            return
        for dose in doses:
            unit = self.watch.units[dose]
            if unit.stored:
                self.do(f"take_out_of_storage {dose} place={unit.stored} by lab-3:cell_laboratory")
            self.labelled(dose, "lab-3:cell_laboratory")
            weight = f"weight_kg={self.kilograms.get(who, '70')}"
            if not unit.out:
                issue = f"issue {dose} recipient={who} taker=nurse place=ward {weight} by {unit.holder}:cell_laboratory"
                if old:
                    self.ask(f"void_label {dose} label={self.watch.label(dose)} reason=torn by nurse:coordinator")
                    self.ask(issue)
                    self.labelled(dose, "lab-3:cell_laboratory")
                self.do(issue)
        if not again:
            cycle = f"cycle={self.cycle(who)}"
            self.do(f'give_gvhd_prophylaxis {who} {cycle} agents=\'[{{"drug":"ciclosporin"}}]\'')
            self.do(f"decide_go {who} {cycle} decision=go checks='{CHECKS}'")
            self.do(f"premedicate {who} {cycle} agents='{COVER}'")
            self.wait(30)
        self.labelled(who, "nurse:coordinator")
        for dose in doses:
            scans = f"wristband={self.scan(who)} dose_label={self.scan(dose)}"
            if old:
                self.ask(f"print_label {Random(scans).choice((who, dose))} reason=reprint by nurse:coordinator")
                self.ask(f"check_at_bedside {who} {scans} by nurse:coordinator with inv:investigator")
                scans = f"wristband={self.scan(who)} dose_label={self.scan(dose)}"
            self.do(f"check_at_bedside {who} {scans} by nurse:coordinator with inv:investigator")

    def scan(self, code: str, label: int | None = None) -> str:
        """What the scanner reads off a code's valid label, or off that one."""
        return label_code(code, label or self.watch.label(code) or 1)

    def infuse(self, who: str, doses: list[str], back: int = 0) -> None:
        weight = self.kilograms.get(who, "70")
        self.do(
            f"infuse {who} cycle={self.cycle(who)} doses={','.join(doses)} weight_kg={weight} by nurse:coordinator "
            "with inv:investigator",
            back,
        )

    def end(self, who: str, how: str, rng: Random) -> None:
        """The infusion is over: all of it given, or a part, and the rest discarded."""
        given = [entry for entry in self.watch.infusions if entry.about == who]
        left = [self.watch.left(dose) for dose in given[-1].what.doses] if given else []
        held = int(sum(one for one in left if one is not None)) or 1
        part = held if how == "complete" else rng.randrange(1, held + 1)
        rest = f"discarded_ml={held - part} reason=reaction" if part < held else "reason=reaction"
        self.do(f"end_infusion {who} how={how} volume_ml={part} reaction=no {rest} by nurse:coordinator with inv:x")

    def comes_back(self, dose: str, rng: Random) -> None:
        """From whoever has it on the ward to the laboratory; now and then too warm."""
        warm = "lowest_c=4 highest_c=30" if rng.random() < 0.2 else ON_THE_WAY
        holder = self.watch.units[dose].holder
        way = f"taker=lab-3 place=laboratory reason=fever {warm}"
        self.do(f"return_dose {dose} giver={holder} {way} by {holder}:coordinator")

    def kept(self, dose: str, rng: Random) -> None:
        """Out of storage, perhaps sampled, divided or spilt, and back; now and then into the wrong cold."""
        unit = self.watch.units[dose]
        if unit.stored:
            self.do(f"take_out_of_storage {dose} place={unit.stored} by lab-1:cell_laboratory")
        what = rng.choice(("sample", "divide", "divide", "spill", "warm", "nothing"))
        if what == "sample":
            self.do(f"take_sample {dose} sample=s{self.now:%d%H%M} volume_ml=2 by lab-1:cell_laboratory")
        elif what == "spill":
            self.do(f"discard {dose} reason=spilt volume_ml=3 by lab-1:cell_laboratory with lab-2:cell_laboratory")
        cold = "37" if what == "warm" or rng.random() < 0.3 else "4"
        self.do(f"put_in_storage {dose} place=refrigerator temperature_c={cold} by lab-1:cell_laboratory")
        if what == "divide":
            self.do(f"take_out_of_storage {dose} place=refrigerator by lab-1:cell_laboratory")
            left = self.watch.left(dose) or Decimal(1)
            made = self.do(f"divide {dose} volumes_ml={left - 20},20 by lab-1:cell_laboratory")[1:]
            parts = [part.about or "" for part in made]
            for part in parts:
                self.labelled(part, "lab-1:cell_laboratory")
            if rng.random() < 0.5:
                self.to_the_bedside(parts[:1])

    def leaves(self, donor: str, rng: Random) -> None:
        """A donor withdraws; perhaps an old form turns up, or they agree anew, and cells are collected."""
        registered = self.watch.of["donor_registered", donor]
        self.ask(f"withdraw_donor_consent {donor} reason=personal by nurse:coordinator")
        signer = registered[-1].what.tested if registered else "donor"
        if rng.random() < 0.4:
            self.agrees(donor, signer, back=600 if self.late else 0)
        if rng.random() < 0.4:
            self.collection(donor)

    def for_somebody_else(self, lot: str, who: str) -> None:
        """Assigned, or assigned anew, and new labels printed."""
        act = "reassign_lot" if self.recipient(lot) else "assign_lot"
        why = "reason=fever" if self.recipient(lot) else ""
        weight = self.kilograms.get(who, "70")
        both = "by lab-3:cell_laboratory with inv:investigator"
        if self.do(f"{act} {lot} recipient={who} weight_kg={weight} {why} {both}"):
            for dose in self.doses(lot):
                self.labelled(dose, "lab-3:cell_laboratory")

    def open_alerts(self) -> list[str]:
        raised = [alert for (kind, _), alerts in self.watch.of.items() if kind == "alert_raised" for alert in alerts]
        return [alert.id for alert in raised if not self.watch.answers[alert.id]]
