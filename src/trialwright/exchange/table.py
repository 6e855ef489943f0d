"""A table and its map -> what is known of each person, or every fault with its line and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from trialwright.conduct import History
from trialwright.criteria import read_fact
from trialwright.errors import FormatError, Place
from trialwright.exchange.cells import Cell, decode_table, read_cells
from trialwright.exchange.faults import TableErrors, shown
from trialwright.exchange.table_map import BIRTH_YEAR, GIVEN, MISSING, SEXES, Condition, DateRule, TableMap, WordRule
from trialwright.facts import PartialDate, parse_decimal, parse_partial_date

CENTURY_DAYS = 36_525
NO_DAY = PartialDate.of(date.min)  # stands for a day 0 that cannot be read, and is a fault already
EARLIER_THAN_DAY_0 = ("remission", "transplant")  # these may lie before enrolment; all else may not
IN_ORDER = (
    ("remission", "relapse"),
    *((what, "death") for what in ("remission", "relapse", "transplant", "last_assessed", "last_contact", "lost")),
)
SPOKEN = {
    "day_0": "day 0",
    "last_assessed": "the last assessment",
    "last_contact": "the last contact",
    "lost": "loss to follow-up",
}


@dataclass(frozen=True, slots=True)
class Table:
    """What a table says, one history a person, and the columns that the map leaves alone."""

    histories: tuple[History, ...]
    unused: tuple[str, ...]


@dataclass(slots=True)
class _Row:
    """One line of the table, by column. What is wrong with it goes to `faults`, which all rows share."""

    name: str
    line: int
    cells: Mapping[str, Cell]
    map: TableMap
    today: date
    faults: list[FormatError] = field(repr=False)

    def fault(self, column: str, message: str) -> None:
        cell = self.cells[column]
        self.faults.append(FormatError(f"{column}: {message}", Place(self.name, cell.line, cell.column)))

    def given(self, column: str) -> str | None:
        """What stands in a column; None where it is one of the map's words for nothing."""
        text = self.cells[column].text
        return None if text in self.map.missing else text


def read_table(raw: bytes, name: str, table_map: TableMap, *, today: date) -> Table:
    """The histories that a table holds.

    raw     the file's bytes; a byte-order mark or the map says the encoding.
    today   nothing that a table of the past tells lies after it.
    Raises  TableErrors with every fault of the table, and of the map where it names a column that is not there.
    """
    try:
        text = decode_table(raw, name, table_map.encoding)
    except FormatError as broken:
        raise TableErrors((broken,)) from None
    rows, faults = read_cells(text, name, table_map.delimiter)
    if not rows:
        raise TableErrors(
            (FormatError("the table is empty; expected a line of column names and a line a person.", Place(name)),)
        )
    header = [cell.text for cell in rows[0]]
    faults += _header_faults(rows[0], name, table_map)
    if faults:
        raise TableErrors(tuple(faults))
    histories = [_history(row) for row in _rows(rows, header, name, table_map, today, faults)]
    if len(rows) == 1:
        faults.append(
            FormatError(
                "a line of column names and nobody below it; expected a line a person.", Place(name, rows[0][0].line)
            )
        )
    if faults:
        raise TableErrors(tuple(faults))
    return Table(tuple(histories), tuple(column for column in header if column not in table_map.columns))


def _header_faults(header: list[Cell], name: str, table_map: TableMap) -> Iterator[FormatError]:
    names = [cell.text for cell in header]
    for at, cell in enumerate(header):
        place = Place(name, cell.line, cell.column)
        if not cell.text:
            yield FormatError(f"column {at + 1} has no name. Name it, or delete the column.", place)
        elif cell.text in names[:at]:
            yield FormatError(f"two columns are called {shown(cell.text)}. Rename one.", place)
    for column, place in table_map.columns.items():
        if column not in names:
            yield FormatError(f"the table has no column {shown(column)}.{_other_delimiter(names)}", place)


def _other_delimiter(names: list[str]) -> str:
    """The hint for a table that was cut at the wrong sign."""
    for sign, written in ((";", '";"'), ("\t", "tab"), ("|", '"|"'), (",", '","')):
        if len(names) == 1 and sign in names[0]:
            return f" Its columns seem to be parted by {written}: say `delimiter: {written}` in the map."
    return f" It has: {', '.join(names[:30])}."


def _rows(
    rows: list[list[Cell]],
    header: list[str],
    name: str,
    table_map: TableMap,
    today: date,
    faults: list[FormatError],
) -> Iterator[_Row]:
    """The lines below the header that have a cell for every column; a code that stands twice is a fault."""
    first_line: dict[str, int] = {}
    for cells in rows[1:]:
        line = cells[0].line
        if len(cells) != len(header):
            faults.append(
                FormatError(
                    f"{len(cells)} fields, but {len(header)} columns. Look for a delimiter too many or too few, or a "
                    "field that needs quotes.",
                    Place(name, line, cells[min(len(header), len(cells) - 1)].column),
                )
            )
            continue
        row = _Row(name, line, dict(zip(header, cells, strict=True)), table_map, today, faults)
        code = row.cells[table_map.code].text
        if code in first_line:
            row.fault(
                table_map.code, f"{shown(code)} stands on line {first_line[code]} already; a person has one line."
            )
        first_line.setdefault(code, line)
        yield row


def _history(row: _Row) -> History:
    """One person's history; what cannot be read is left out of it and stands among the faults."""
    table_map = row.map
    _check_deciding(row)
    if row.given(table_map.code) is None:
        row.fault(table_map.code, "empty; every person needs a code.")
    day_0 = _day_0(row)
    read = _days_of_columns(row, day_0)
    days = {what: _day(row, what, rule, read[rule.unit, rule.column], day_0) for what, rule in table_map.dates.items()}
    _check_order(row, days)
    _check_past(row, days, day_0)
    words = {what: word for what, rule in table_map.words.items() if (word := _word(row, what, rule)) is not None}
    said: dict[str, Any] = {f"{what}_on": str(day) for what, day in days.items() if day is not None} | words
    return History(
        code=table_map.prefix + row.cells[table_map.code].text,
        enrolled_on=str(day_0),
        in_remission=table_map.in_remission,
        strata={name: word for name, rule in table_map.strata.items() if (word := _word(row, name, rule)) is not None},
        facts=tuple(_facts(row, day_0)),
        source=table_map.source,
        **({"disease_status": ""} | said),
    )


def _check_deciding(row: _Row) -> None:
    """A word that the map does not mention decides nothing, silently; so it is a fault."""
    for column, words in row.map.may_hold.items():
        found = row.given(column)
        if found is not None and found not in words:
            expected = ", ".join(sorted(words - {MISSING, GIVEN}))
            row.fault(column, f"{shown(found)}; the map knows {expected}. Correct it, or mention it under `words`.")


def _day_0(row: _Row) -> PartialDate:
    rule = row.map.day_0
    if isinstance(rule, date):
        return PartialDate.of(rule)
    found = _date(row, rule.column)
    if found is None or not found.exact:
        row.fault(rule.column, "day 0 must be known to the day: every time is counted from it.")
        return NO_DAY
    return found


def _days_of_columns(row: _Row, day_0: PartialDate) -> dict[tuple[str, str], PartialDate | None]:
    """What each column with days says, read once whatever it is used for, so that no fault hides or comes twice."""
    wanted = sorted({(rule.unit, rule.column) for rule in row.map.dates.values()})
    return {
        (unit, column): _date(row, column) if unit == "date" else _offset(row, column, day_0) for unit, column in wanted
    }


def _day(row: _Row, what: str, rule: DateRule, found: PartialDate | None, day_0: PartialDate) -> PartialDate | None:
    """The day something happened; None where it did not, as far as the table knows."""
    if not all(_holds(row, condition) for condition in rule.where):
        return None
    if row.given(rule.column) is None:
        if rule.where:
            because = " and ".join(f"{one.column} is {shown(row.cells[one.column].text)}" for one in rule.where)
            row.fault(rule.column, f"empty, yet {because}, so {_spoken(what)} has a day. Find it, or correct the rest.")
        return None
    if found and what not in EARLIER_THAN_DAY_0 and found.latest < day_0.earliest:
        row.fault(rule.column, f"{_spoken(what)} on {found} lies before day 0, {day_0}. Check both.")
        return None
    return found


def _holds(row: _Row, condition: Condition) -> bool:
    found = row.given(condition.column)
    if found is None:
        return MISSING in condition.words
    return found in condition.words or GIVEN in condition.words


def _offset(row: _Row, column: str, day_0: PartialDate) -> PartialDate | None:
    """A day counted from day 0. Parts of a day are refused: nobody's record says at which hour."""
    text = row.given(column)
    if text is None:
        return None
    try:
        number = parse_decimal(text)
    except FormatError:
        row.fault(column, f"{shown(text)} is no number; expected whole days after day 0.")
        return None
    if number != number.to_integral_value():
        row.fault(column, f"{shown(text)} is not a whole number of days. Give the day, or the date.")
        return None
    if abs(number) > CENTURY_DAYS:
        row.fault(column, f"{shown(text)} days is more than a hundred years. Is it another unit, or a date?")
        return None
    try:
        return PartialDate.of(day_0.earliest + timedelta(days=int(number)))
    except OverflowError:
        if day_0 is not NO_DAY:
            row.fault(column, f"{shown(text)} days from day 0, {day_0}, is no day of the calendar. Check both.")
        return None


def _date(row: _Row, column: str) -> PartialDate | None:
    text = row.given(column)
    if text is None:
        return None
    try:
        return parse_partial_date(text)
    except FormatError as fault:
        row.fault(column, fault.message)
        return None


def _check_order(row: _Row, days: Mapping[str, PartialDate | None]) -> None:
    """Nothing lies after death, and no relapse before its remission: by what is certain of dates known in part."""
    for earlier, later in IN_ORDER:
        first, second = days.get(earlier), days.get(later)
        if first and second and second.latest < first.earliest:
            column = row.map.dates[later].column
            row.fault(
                column, f"{_spoken(later)} on {second} lies before {_spoken(earlier)} on {first}. Check both days."
            )


def _check_past(row: _Row, days: Mapping[str, PartialDate | None], day_0: PartialDate) -> None:
    """A table tells the past: what lies after today is a slip of a column, a unit or day 0. One fault a column."""
    said = [(rule.column, what, days[what]) for what, rule in row.map.dates.items()]
    if isinstance(row.map.day_0, DateRule):
        said.insert(0, (row.map.day_0.column, "day_0", day_0))
    told: set[str] = set()
    for column, what, day in said:
        if day is not None and day.earliest > row.today and column not in told:
            told.add(column)
            row.fault(
                column, f"{_spoken(what)} on {day} lies in the future; a table tells the past. Check it, and day 0."
            )


def _spoken(what: str) -> str:
    return SPOKEN.get(what, what)


def _word(row: _Row, what: str, rule: WordRule) -> str | None:
    """What a column says, in the study's words; None where it says nothing."""
    if rule.column is None:
        return rule.constant
    found = row.given(rule.column)
    if found is None:
        if what == "disease_status":
            row.fault(rule.column, "empty; everybody's disease status on day 0 must be known.")
        return None
    if what == "born" and not BIRTH_YEAR.fullmatch(found):
        row.fault(rule.column, "expected a birth year alone, such as 1971. A ledger keeps no more: cut the rest off.")
        return None
    if what == "born" and int(found) > row.today.year:
        row.fault(rule.column, f"{shown(found)} lies in the future; a table tells the past. Check it.")
        return None
    if rule.values is None:
        if what == "sex" and found not in SEXES:
            row.fault(rule.column, f"{shown(found)}; expected {', '.join(SEXES)}. Say what it means under `values`.")
            return None
        return found
    if found not in rule.values:
        row.fault(rule.column, f"{shown(found)}; the map's values are {', '.join(rule.values)}. Correct it, or add it.")
        return None
    return rule.values[found]


def _facts(row: _Row, day_0: PartialDate) -> Iterator[dict[str, Any]]:
    for rule in row.map.facts:
        found = row.given(rule.column)
        if found is None:
            continue
        unit = {"unit": rule.unit} if rule.unit is not None else {}
        fact = {"concept": rule.concept, "value": found, "on": str(day_0), **unit}
        try:
            read_fact(fact, rule.concept)
        except FormatError as fault:
            row.fault(rule.column, fault.message)
            continue
        yield fact
