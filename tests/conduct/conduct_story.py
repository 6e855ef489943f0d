"""Trials told as text: one line an act, done through the acts themselves, kept in a ledger in memory.

    2026-01-05T09:00  consent new         document=main document_version=1 ...   by inv:investigator
    2026-02-10T14:00  infuse S-001        cycle=1 lot=L-1 weight_kg=70           by nurse:coordinator with inv
    2026-02-10        record_death S-001  cause=unknown how_known=telephone      told

A day may stand without its hour. `told` records after the deed. Numbers and words are read as at the shell.
`shown=now` is the digest of what the line names, as it is just then.
"""

import shlex
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from trialwright.conduct import ACTS, Outcome, Refusal, read_what
from trialwright.conduct.review.shown import entries_of_visit, shown_digest, whole_casebook
from trialwright.ledger import Actor, Entry, Fold, NewEntry, Told, Trial
from trialwright.ledger.kinds import Adopted, What
from trialwright.study import Study, read_study

ZONE = "+08:00[Asia/Shanghai]"
SMALL = Path(__file__).parent.parent / "data" / "conduct" / "small_study.yaml"
TOLD = Told("ward record", "nurse-9", "entered the day after")


@cache
def small_study() -> Study:
    return read_study(SMALL.read_text(encoding="utf-8"), SMALL.name).study


@dataclass
class Story:
    """A ledger in memory that acts write into."""

    study: Study = field(default_factory=small_study)
    fold: Fold = field(default_factory=Fold)
    acts: int = 0
    sha256: str = "small-1"
    recorded_on: str = "2030-01-01"

    def __post_init__(self) -> None:
        adopted = Adopted("text", self.sha256, "1.0", True, 3, {"XA": "Asia/Shanghai", "XB": "Asia/Shanghai"})
        self.keep((NewEntry(adopted),), Actor("sys", "administrator"))

    @property
    def trial(self) -> Trial:
        return self.fold.trial()

    def keep(self, entries: tuple[NewEntry, ...], actor: Actor) -> list[Entry[What]]:
        """Writes entries as the store does: the first under the act's id, the others under id.2, id.3 ..."""
        self.acts += 1
        kept = []
        for place, new in enumerate(entries, 1):
            if isinstance(new.what, Adopted):
                self.sha256 = new.what.sha256
            entry = Entry(
                seq=self.fold.size,
                id=f"a{self.acts}" if place == 1 else f"a{self.acts}.{place}",
                study="small",
                study_sha256=self.sha256,
                site="XA",
                actor=actor,
                recorded_at=f"{self.recorded_on}T00:00:{self.acts % 60:02d}.000Z",
                hash=sha256(repr((self.fold.head, new)).encode()).digest(),
                **{name: getattr(new, name) for name in NewEntry.__slots__},
            )
            self.fold.add(entry)
            kept.append(entry)
        return kept

    def ask(self, line: str) -> Outcome:
        """What the act of one line answers; nothing is written."""
        return self._done(line)[0]

    def do(self, line: str) -> list[Entry[What]]:
        """The entries that the act of one line wrote. A refusal fails the test, with its reasons."""
        outcome, actor = self._done(line)
        assert not isinstance(outcome, Refusal), f"{line}\n{printed(outcome)}"
        return self.keep(outcome, actor)

    def tell(self, text: str) -> "Story":
        """A whole story, a line an act."""
        for line in text.strip().splitlines():
            if line.strip():
                self.do(line)
        return self

    def refused(self, line: str) -> Refusal:
        outcome = self.ask(line)
        assert isinstance(outcome, Refusal), f"was not refused: {line}"
        return outcome

    def codes(self, line: str) -> set[str]:
        """The codes of the reasons against the act of one line; empty if it may be done."""
        outcome = self.ask(line)
        return {reason.code for reason in outcome.reasons} if isinstance(outcome, Refusal) else set()

    def _shown(self, who: str | None, typed: dict[str, object]) -> str:
        """The digest of what a line names: its entries, those of its visit, or the whole casebook."""
        trial, ids = self.trial, [id for id in str(typed.get("entries", "")).split(",") if id]
        book = trial.casebook(who) if who else None
        if book is not None and "visit" in typed:
            ids += entries_of_visit(trial, book, str(typed["visit"]))
        return shown_digest(trial, ids or (whole_casebook(trial, book) if book else ()))

    def said(self, value: str) -> str:
        """A word's value as the act gets it; stories of another sort look long ones up."""
        return value

    def _done(self, line: str) -> tuple[Outcome, Actor]:
        on, name, *words = shlex.split(line)
        who, second, told, actor = None, None, None, Actor("inv", "investigator")
        typed: dict[str, object] = {}
        site = now = None
        while words:
            word = words.pop(0)
            if word == "by":
                actor = person(words.pop(0))
            elif word == "with":
                second = person(words.pop(0))
            elif word == "at":
                now = words.pop(0)
            elif word == "told":
                told = TOLD
            elif "=" in word:
                key, _, value = word.partition("=")
                typed[key] = self.said(value)
            else:
                who = word
        act = ACTS[name]
        if typed.get("shown") == "now":
            typed["shown"] = self._shown(who, typed)
        what = read_what(act, typed)
        moment = None if on == "-" else on + (ZONE if "T" in on else "")
        outcome = act(self.study, self.trial, actor, who, what, moment, second=second, told=told, site=site, now=now)
        return outcome, actor


def person(words: str) -> Actor:
    code, _, role = words.partition(":")
    return Actor(code, role or "coordinator")


def printed(refusal: Refusal) -> str:
    """A refusal as people read it."""
    lines = [f"Refused: {refusal.act} {refusal.about or ''}".rstrip()]
    for reason in refusal.reasons:
        lines += [f"  {reason.code}", f"    {reason.text}", f"    -> {reason.way_out}"]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Scenario:
    """After the story, the line is refused for the reason `code` (and perhaps for others, that follow from it)."""

    code: str
    story: str
    line: str
    cells: bool = False  # told under the study of the cells' whole way
    amending: bool = False  # told by a trial that adopted a text, see amend_story


def without(text: str, *words: str) -> str:
    """A chapter without the lines that hold all the words."""
    return "\n".join(line for line in text.splitlines() if not all(word in line for word in words))


# --- chapters that many stories share ---------------------------------------------------------------------------------

FACTS = (
    '[{"concept":"lvef","value":"62","unit":"%","on":"2026-01-06","source":"routine"},'
    '{"valueset":"SevereInfection","present":false,"on":"2026-01-06"},'
    '{"opinion":"unsuitable","value":"no","by":"investigator","on":"2026-01-06"}]'
)


def consents(who: str = "new", on: str = "2026-01-05T09:00") -> str:
    return f"{on} consent {who} document=main document_version=1 language=zh signer=participant explained_by=inv"


def facts(who: str, on: str = "2026-01-06") -> str:
    return f"{on} record_facts {who} born=1970 sex=female facts='{FACTS.replace('2026-01-06', on)}'"


def enrols(who: str, on: str = "2026-01-08", more: str = "") -> str:
    return f"{on} enrol {who} disease_status=CR1 phase=consolidation remission_on=2025-12-01 {more}"


def chemotherapy(who: str, on: str = "2026-01-10", ended: str = "2026-01-16", cycle: int = 1, more: str = "") -> str:
    drugs = '[{"drug":"daunorubicin","dose":"60","unit":"mg/m2","days":"1-3"}]'
    return f"{on} give_chemotherapy {who} cycle={cycle} regimen=7+3 ended_on={ended} drugs='{drugs}' {more}"


COVER = (
    '[{"drug":"chlorphenamine","group":"antihistamine","dose":"10","unit":"mg","route":"iv"},'
    '{"drug":"paracetamol","group":"antipyretic","dose":"500","unit":"mg","route":"oral"}]'
)
CHECKS = '[{"id":"temperature","answer":"yes"},{"id":"infection","answer":"yes"}]'


def lot(code: str = "L-1", who: str = "S-001", on: str = "2026-01-20", collection: str = "C-1", doses: int = 1) -> str:
    """A lot made and released in the morning of a day, good for 24 hours."""
    maker, tester, quality = "by lab-1:cell_laboratory", "by lab-2:cell_laboratory", "by lab-3:cell_laboratory"
    nk, expires = f"{1.05 * doses:.2f}e9", f"expires_at={on}T23:00{ZONE}"
    return f"""
        {on}T06:00 collect {collection} donor=D-1 source='peripheral blood' {maker}
        {on}T07:00 make_lot {code} collection={collection} recipient={who} nk_cells={nk} doses={doses} {expires} {maker}
        {on}T08:00 record_release_test {code} test=viability value=85 unit=% {tester}
        {on}T08:00 record_release_test {code} test=t-cells value=7e6 unit=1 {tester}
        {on}T08:00 record_release_test {code} test=gram value=negative {tester}
        {on}T09:00 release {code} how=conditional weight_kg=70 {quality} with inv:investigator
    """


def cover(who: str, on: str = "2026-01-20", cycle: int = 1) -> str:
    """Premedication, prophylaxis and a signed go, 45 minutes before 14:00."""
    return f"""
        {on}T12:00 give_gvhd_prophylaxis {who} cycle={cycle} agents='[{{"drug":"ciclosporin"}}]'
        {on}T13:00 decide_go {who} cycle={cycle} decision=go checks='{CHECKS}'
        {on}T13:15 premedicate {who} cycle={cycle} agents='{COVER}'
    """


def infusion(who: str, on: str = "2026-01-20T14:00", lot: str = "L-1", cycle: int = 1, more: str = "") -> str:
    return f"{on} infuse {who} cycle={cycle} lot={lot} weight_kg=70 by nurse:coordinator with inv:investigator {more}"


def enrolled(story: Story, who: str = "S-001", on: str = "2026-01-08") -> Story:
    """Somebody with consent, facts and a place."""
    return story.tell(f"{consents()}\n{facts(who)}\n2026-01-07 screen {who}\n{enrols(who, on)}")


def ready(story: Story, who: str = "S-001") -> Story:
    """The first participant a minute before the infusion of 2026-01-20, 14:00."""
    enrolled(story, who)
    return story.tell(chemotherapy(who) + lot(who=who) + cover(who))


def infused(story: Story, who: str = "S-001") -> Story:
    ready(story, who)
    return story.tell(infusion(who))
