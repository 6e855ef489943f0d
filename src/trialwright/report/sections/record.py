"""What the report rests on: the study's facts, departures from it, assumptions, lint, and the ledger."""

from trialwright.report.blocks import Block, Cell, Pairs, Paragraph, Section, Table
from trialwright.report.model import DeviationFacts, FindingFacts, Published, ReportModel
from trialwright.report.words import Say


def conduct(model: ReportModel, say: Say) -> Section:
    """Deviations, possible deviations and refused acts."""
    sure = [one for one in model.deviations if not one.possible]
    possible = [one for one in model.deviations if one.possible]
    return Section(
        "conduct",
        say("Conduct"),
        (),
        (
            Section("deviations", say("Deviations"), _deviations(sure, say, say("No deviation is recorded."))),
            Section(
                "possible",
                say("Possible deviations"),
                _deviations(possible, say, say("No past act would be refused on what is known now.")),
            ),
            Section("refused", say("Refused acts"), _refused(model, say)),
        ),
        new_page=True,
    )


def _deviations(found: list[DeviationFacts], say: Say, none: str) -> tuple[Block, ...]:
    if not found:
        return (Paragraph(none),)
    head = (say("Concerns"), say("Occurred"), say("What"), say("Importance"), say("Action, reported to"))
    rows = tuple(
        (
            Cell(one.about),
            Cell(say.date(one.occurred)),
            Cell(one.description, under=one.gate or ""),
            Cell(say.code("importance", one.importance)),
            Cell("; ".join(part for part in (one.action, one.reported_to) if part) or "–"),
        )
        for one in found[:200]
    )
    note = say("{count} more are in the ledger.", count=len(found) - 200) if len(found) > 200 else ""
    return (Table(say("{n} in all", n=len(found)), head, rows, (), (1, 1.4, 4, 1.4, 2), note),)


def _refused(model: ReportModel, say: Say) -> tuple[Block, ...]:
    if not model.refused:
        return (Paragraph(say("No act was refused.")),)
    head = (say("Entry"), say("Recorded"), say("Act"), say("Concerns"), say("By"), say("Reasons"))
    rows = tuple(
        (
            Cell(str(one.entry)),
            Cell(say.date(one.recorded_at)),
            Cell(one.act),
            Cell(one.about or "–"),
            Cell(one.by),
            Cell(" ".join(one.reasons)),
        )
        for one in model.refused[:200]
    )
    note = say("{count} more are in the ledger.", count=len(model.refused) - 200) if len(model.refused) > 200 else ""
    return (Table(say("{n} in all", n=len(model.refused)), head, rows, (), (0.7, 1.5, 1, 0.9, 1.9, 4.6), note),)


def study(model: ReportModel, say: Say) -> Section:
    """The study's facts as its registry page shows them, its criteria as they are judged, its assumptions, its lint."""
    return Section(
        "study",
        say("The study"),
        (
            Paragraph(say("As its registry page shows it; what is not stated there is said to be so."), "lede"),
            *_published(model, say),
        ),
        (
            Section("criteria", say("Criteria as judged"), _criteria(model, say)),
            Section("assumptions", say("Assumptions"), _assumptions(model, say)),
            Section("lint", say("Findings of the lint"), _findings(model, say)),
        ),
        new_page=True,
    )


def _published(model: ReportModel, say: Say) -> tuple[Block, ...]:
    record = model.study.published
    if record is None:
        return (Paragraph(say("This study stands in no registry that it names.")),)
    rows = (
        *_what_it_is(record, say),
        *_who_and_how(record, say),
        *(_arm(arm, say) for arm in record.arms),
        _line(say, "Site as assumed here", *model.study.sites),
        _line(say, "Central trial contact", *record.contacts),
        _line(say, "Data sourced from", record.registry),
    )
    blocks: list[Block] = [Pairs(rows)]
    texts = (
        ("About", record.about),
        ("Full description", record.description),
        ("Inclusion / Exclusion criteria", record.eligibility_text),
    )
    for label, text in texts:
        if text:
            blocks += [Paragraph(say(label), "lede"), Paragraph(text, "quote")]
    return tuple(blocks)


Line = tuple[str, tuple[Cell, ...]]


def _line(say: Say, label: str, *values: str | None) -> Line:
    """A label with its values; what the record does not state is said to be so."""
    cells = tuple(Cell(value) for value in values if value)
    return (say(label), cells or (Cell(say("not stated in the record"), "quiet"),))


def _coded(say: Say, label: str, group: str, *codes: str | None) -> Line:
    """The same for a registry's codes, in its page's words."""
    return _line(say, label, *(say.code(group, code) for code in codes if code))


def _what_it_is(record: Published, say: Say) -> tuple[Line, ...]:
    """The upper half of the registry's page."""
    status = say.code("status", record.status) if record.status else None
    return (
        _line(say, "Title", record.title),
        _line(say, "Official title", record.official_title),
        _line(say, "Sponsor", record.sponsor),
        _line(say, "Status and phase", status, *(say.code("phase", phase) for phase in record.phases)),
        _line(say, "Conditions", *record.conditions),
        _line(say, "Treatments", *(_typed(words, say) for words in record.treatments)),
        _coded(say, "Study type", "type", record.study_type),
        _coded(say, "Funder types", "funder", record.sponsor_class),
        _line(say, "Identifiers", *record.identifiers),
    )


def _who_and_how(record: Published, say: Say) -> tuple[Line, ...]:
    """The lower half: whom it takes, how many, by which design."""
    count, patients = record.enrolment_count, None
    if count is not None:
        kind = say.code("enrolment", record.enrolment_type) if record.enrolment_type else ""
        patients = say("{count} {kind} patients", count=count, kind=kind).replace("  ", " ").strip()
    volunteers = {True: say("Accepts Healthy Volunteers"), False: say("No Healthy Volunteers"), None: None}
    groups = say("{count} participants in {groups} patient group", count=count or "–", groups=len(record.arms))
    return (
        _line(say, "Enrollment", patients),
        _coded(say, "Sex", "sex", record.sex),
        _line(say, "Ages", _ages(record.minimum_age, record.maximum_age, say)),
        _line(say, "Volunteers", volunteers[record.healthy_volunteers]),
        _coded(say, "Primary purpose", "purpose", record.purpose),
        _coded(say, "Allocation", "allocation", record.allocation),
        _coded(say, "Interventional model", "model", record.model),
        _coded(say, "Masking", "masking", record.masking),
        _line(say, "Patients", groups if record.arms else None),
    )


def _arm(arm: tuple[str, str, str, str], say: Say) -> Line:
    label, kind, described, given = arm
    named = f"{label} ({say.code('arm', kind)})" if kind else label
    return _line(say, "Arm", named, described, _typed(given, say) if given else None)


def _typed(words: str, say: Say) -> str:
    """ "BIOLOGICAL: infusion …" -> "Biological: infusion …"."""
    kind, colon, name = words.partition(":")
    return f"{say.code('intervention', kind)}{colon}{name}" if colon else words


def _ages(lowest: str | None, highest: str | None, say: Say) -> str | None:
    if lowest and highest and lowest.endswith(" Years") and highest.endswith(" Years"):
        return say("{low} to {high} years old", low=lowest.removesuffix(" Years"), high=highest.removesuffix(" Years"))
    if lowest and highest:
        return f"{lowest} – {highest}"
    if lowest:
        return say("{age} and older", age=lowest)
    return say("up to {age}", age=highest) if highest else None


def _criteria(model: ReportModel, say: Say) -> tuple[Block, ...]:
    if not model.study.criteria:
        return (Paragraph(say("The study has no criteria.")),)
    head = (say("Criterion"), say("Kind"), say("The record's words"), say("Rule"))
    rows = tuple(
        (Cell(id), Cell(say.code("kind", kind)), Cell(text), Cell(rule))
        for id, kind, text, rule in model.study.criteria
    )
    return (Table(say("Every criterion"), head, rows, (), (1.5, 1, 4, 3)),)


def _assumptions(model: ReportModel, say: Say) -> tuple[Block, ...]:
    if not model.assumptions:
        return (Paragraph(say("The study file marks nothing as an assumption.")),)
    head = (say("Where"), say("What is assumed"), say("Basis"))
    rows = tuple(
        (Cell(one.path, under=say("line {line}", line=one.line) if one.line else ""), Cell(one.what), Cell(one.basis))
        for one in model.assumptions
    )
    caption = say("{n} lines of the study are ours, not the record's", n=len(rows))
    return (Table(caption, head, rows, (), (1.7, 3.4, 3)),)


def _findings(model: ReportModel, say: Say) -> tuple[Block, ...]:
    still = [one for one in model.findings if one.noted is None]
    noted = [one for one in model.findings if one.noted is not None]
    blocks: list[Block] = []
    if still:
        blocks.append(_finding_table(say("Open: {n}", n=len(still)), still, say("What to do"), say))
    else:
        blocks.append(Paragraph(say("No finding is open.")))
    if noted:
        blocks.append(
            _finding_table(say("Noted, with the reason: {n}", n=len(noted)), noted, say("Why it is accepted"), say)
        )
    return tuple(blocks)


def _finding_table(caption: str, found: list[FindingFacts], last: str, say: Say) -> Table:
    head = (say("Finding"), say("What it means"), last)
    rows = tuple(
        (
            Cell(one.code, under=f"{say.code('level', one.level)} · {one.place}"),
            Cell(one.meaning),
            Cell(one.noted if one.noted is not None else one.what_to_do),
        )
        for one in found
    )
    return Table(caption, head, rows, (), (1.7, 3.4, 3))


def ledger(model: ReportModel, say: Say) -> Section:
    """What was asked of which ledger: enough to make this report again, byte for byte."""
    asked = model.asked
    known = say("entry {seq}, recorded {at}", seq=asked.known_at, at=asked.recorded_at or "–")
    rows = (
        (say("Occurred by"), (Cell(say.date(asked.cut_off)),)),
        (say("Known at"), (Cell(known if asked.entries else say("the ledger is empty")),)),
        (say("Entries"), (Cell(f"{asked.entries:,}"),)),
        (say("Head of the chain"), (Cell(asked.head, "hash"),)),
        (say("Study version"), (Cell(model.study.version),)),
        (say("Study file, SHA-256"), (Cell(model.study.sha256, "hash"),)),
    )
    text = say(
        "Computed from the study file and the ledger alone; the same two give the same report. trialwright supports "
        "compliance with good clinical practice; it does not by itself make a trial compliant."
    )
    return Section("ledger", say("The ledger"), (Pairs(rows), Paragraph(text, "note")))
