"""Trials that adopt a text and amend it: `text=@1.1` stands for a whole study file, edited from the first one.

The small study without its lint errors. What is recorded is recorded on the day it happens.
"""

import shlex
from dataclasses import dataclass
from functools import cache

from conduct_story import SMALL, Story

from trialwright.ledger import Actor, Entry, NewEntry
from trialwright.ledger.kinds import Adopted, What
from trialwright.study import StudyFile, read_study

ENDPOINT = """
endpoints:
  - {id: os, label: Overall survival, role: primary, kind: survival, population: enrolled, origin: enrolment,
     events: [death], censor_at: last_known_alive, horizon_days: 730.5, measure: os, source: assumption,
     basis: for the tests}
"""
DONORS = """  donors:
    consent:
      - {id: donor, version: "1", languages: [zh], valid_from: "2025-01-01", source: assumption, basis: for tests}
    tests:
      - {id: hiv, label: HIV}
    source: assumption
    basis: for the tests
"""
SECOND_FORM = '  - {id: main, version: "2", languages: [zh], valid_from: "2027-01-01"'
THIRD_FORM = '  - {id: main, version: "1.5", languages: [zh, en], valid_from: "2026-02-01", reconsent: {who: [WHO]}'
D42 = "  - {id: d42, label: Day 42, anchor: enrolment, day: 42, before: 3, after: 3}\n"
BOARD = "amendments: {second_approval: [safety board]}\n\n"
ALL = "in screening, in treatment, in follow-up"


def edited(*edits: tuple[str, str], text: str = "") -> str:
    """The first text with each edit made; every edit must find its place."""
    made = text or base()
    for old, new in edits:
        assert old in made, old
        made = made.replace(old, new, 1)
    return made


@cache
def base() -> str:
    text = SMALL.read_text(encoding="utf-8")
    mrd = next(line for line in text.splitlines(keepends=True) if "id: mrd," in line)
    fed = text.replace("feeds: [eligibility]", "feeds: [eligibility, survival]").replace(mrd, "")
    return fed.replace("  expiry_hours: 24\n", f"  expiry_hours: 24\n{DONORS}") + ENDPOINT


def version(label: str) -> tuple[str, str]:
    return ('version: "1.0"', f'version: "{label}"')


@cache
def texts() -> dict[str, str]:
    """The study files that lines name."""
    heart = ("lvef >= 50 %", "lvef >= 45 %")
    d42 = (
        "  - {id: f28,",
        "  - {id: d42, label: Day 42, anchor: enrolment, day: 42, before: 3, after: 3}\n  - {id: f28,",
    )
    no_xb = ("  - {code: XB, name: Site B, time_zone: Asia/Shanghai}\n", "")
    signed = "source: assumption, basis: for the tests}\n"

    def again(who: str = ALL) -> tuple[str, str]:
        return (SECOND_FORM, f"{THIRD_FORM.replace('WHO', who)}, {signed}{SECOND_FORM}")

    return {
        "1.1": edited(version("1.1"), heart, d42, again()),
        "1.1-heart": edited(version("1.1"), heart),
        "1.1-visit": edited(version("1.1"), d42),
        "1.1-consent": edited(version("1.1"), again()),
        "1.1-screening": edited(version("1.1"), again("in screening")),
        "1.1-two-places": edited(version("1.1"), ("target: 3", "target: 2")),
        "1.1-many-places": edited(version("1.1"), ("target: 3", "target: 6")),
        "1.1-one-site": edited(version("1.1"), no_xb),
        "1.1-other-site": edited(version("1.1"), ("code: XA", "code: XC")),
        "1.1-questions": edited(version("1.1"), ("label: Chest pain, type: yes_no", "label: Chest pain, type: text")),
        "1.1-error": edited(version("1.1"), ("  target: 3\n", "")),
        "1.1-checked": edited(version("1.1"), ("  name: cells\n", "  name: cells\n  codes: checked\n")),
        "1.1-history": edited(version("1.1"), ("title:", "historical: true\ntitle:")),
        "1.1-other": edited(version("1.1"), ("id: small", "id: another")),
        "1.1-board": edited(version("1.1"), ("safety:\n", f"{BOARD}safety:\n")),
        "1.2": edited(version("1.2"), heart),
        "1.0-again": edited(heart),
        "0.9": edited(version("0.9"), heart),
        "comments": "# read again\n" + base(),
        "no-study": "id: small\ntitle: 7\nvisit: []\n",
    }


@dataclass
class AmendStory(Story):
    """A trial that adopted the first text; each entry is recorded on the day that its line names."""

    def __post_init__(self) -> None:
        self.recorded_on = "2026-01-01"
        self.adopt(base())

    def adopt(self, text: str) -> None:
        file = read_study(text)
        zones = {site.code: site.time_zone for site in file.study.sites}
        adopted = Adopted(text, file.sha256, file.study.version, True, file.study.enrolment.target or 0, zones)
        self.keep((NewEntry(adopted),), Actor("sys", "administrator"))

    def keep(self, entries: tuple[NewEntry, ...], actor: Actor) -> list[Entry[What]]:
        kept = super().keep(entries, actor)
        self.study = read_study(self.trial.adopted.what.text).study
        return kept

    def said(self, value: str) -> str:
        return texts()[value[1:]] if value.startswith("@") else value

    def do(self, line: str) -> list[Entry[What]]:
        day = shlex.split(line)[0][:10]
        self.recorded_on = day if day != "-" else self.recorded_on
        return super().do(line)

    def new(self, name: str) -> StudyFile:
        """A text by name, read."""
        return read_study(texts()[name])


def proposes(name: str, on: str = "2026-02-10", more: str = "ethics_approval=EC-7") -> str:
    return f"{on} propose_amendment text=@{name} why=tests {more} by dm:data_manager"


def amends(name: str, on: str = "2026-02-10") -> str:
    """Proposed, and approved by two: in force."""
    return f"""
        {proposes(name, on)}
        {on} approve_amendment by inv:investigator
        {on} approve_amendment by adm:administrator
    """
