"""Tables of the past and their maps: what they may look like, and what is said of each fault, and where."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.conduct import History, Refusal
from trialwright.errors import UsageError
from trialwright.exchange import Imported, TableErrors, import_csv, read_map, read_table
from trialwright.exchange.cells import read_cells
from trialwright.ledger import Actor
from trialwright.ledger.kinds import Adopted
from trialwright.store import create, trial
from trialwright.study import read_study

MAP = """\
code: {column: id, prefix: P-}
day_0: 2000-01-01
disease_status: {column: status, values: {1: remission, 2: active}}
dates:
  remission: {days: cr}
  relapse: {days: rel}
  death: {days: end, where: {dead: 1}}
  last_contact: {days: end, where: {dead: 0}}
"""
HEAD = "id,status,cr,rel,end,dead\n"
ADA = History(
    code="P-1",
    enrolled_on="2000-01-01",
    disease_status="active",
    remission_on="2000-01-31",
    relapse_on="2000-03-01",
    death_on="2000-04-10",
)
TODAY = date(2026, 11, 22)
MANAGER = Actor("DM-1", "data manager")


def read(table: str | bytes, map_text: str = MAP) -> tuple[History, ...]:
    raw = table if isinstance(table, bytes) else table.encode()
    return read_table(raw, "t.csv", read_map(map_text, "MAP.yaml"), today=TODAY).histories


def faults(table: str | bytes, map_text: str = MAP) -> list[str]:
    with pytest.raises(TableErrors) as told:
        read(table, map_text)
    return str(told.value).splitlines()


# --- tables that can be read ------------------------------------------------------------------------------------------


def test_a_line_becomes_a_history() -> None:
    (ada,) = read(HEAD + "1,2,30,60,100,1\n")
    assert ada == History(**{**vars_of(ADA), "source": "table"})


@pytest.mark.parametrize(
    "raw",
    [
        (HEAD + "1,2,30,60,100,1\n").encode("utf-8-sig"),
        (HEAD + "1,2,30,60,100,1\n").encode("utf-16"),
        (HEAD + "1,2,30,60,100,1").encode(),
        (HEAD + "1,2,30,60,100,1\n").replace("\n", "\r\n").encode(),
        (HEAD + "1,2,30,60,100,1\n").replace("\n", "\r").encode(),
        (HEAD + "\n1,2,30,60,100,1\n\n\n").encode(),
        b'"id","status","cr","rel","end","dead"\n"1","2","30","60","100","1"\n',
        (HEAD + " 1 , 2 ,30.0,60,1E2,1\n").encode(),
    ],
    ids=["utf-8 mark", "utf-16 mark", "no last line end", "crlf", "cr", "empty lines", "quotes", "blanks"],
)
def test_one_table_in_every_dress_is_the_same_table(raw: bytes) -> None:
    assert read(raw) == (ADA,)


def test_quoted_fields_keep_delimiters_line_ends_and_quotes() -> None:
    text = 'id,status,note\n1,1,"fell, then ""rose""\nagain"\n2,2,x\n'
    map_text = "code: id\nday_0: 2000-01-01\ndisease_status: remission\nstrata: {note: {column: note}}\n"
    first, second = read(text, map_text)
    assert (first.strata["note"], second.code) == ('fell, then "rose"\nagain', "2")


def test_a_table_in_chinese_says_its_encoding_in_the_map() -> None:
    text = "编号,状态\n甲,缓解\n".encode("gb18030")
    map_text = "code: 编号\nday_0: 2000-01-01\ndisease_status: {column: 状态, values: {缓解: remission}}\n"
    (one,) = read(text, f"encoding: gb18030\n{map_text}")
    assert (one.code, one.disease_status) == ("甲", "remission")
    assert "is not utf-8 text. Save the table as UTF-8, or say `encoding: gb18030`" in faults(text, map_text)[0]


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_another_delimiter_is_said_in_the_map_and_hinted_at_where_it_is_not(sign: str) -> None:
    table = (HEAD + "1,2,30,60,100,1\n").replace(",", sign)
    written = "tab" if sign == "\t" else f'"{sign}"'
    assert read(table, f"delimiter: {written}\n{MAP}") == (ADA,)
    assert all(f"say `delimiter: {written}` in the map" in line for line in faults(table))


def test_dates_may_be_written_as_dates_and_known_in_part() -> None:
    map_text = (
        "code: id\nday_0: {date: start}\ndisease_status: active\n"
        "dates: {death: {date: died}, last_contact: {days: seen}}\n"
    )
    (one,) = read("id,start,died,seen\nx,2011-02-27,2012-03,3\n", map_text)
    assert (one.enrolled_on, one.death_on, one.last_contact_on) == ("2011-02-27", "2012-03", "2011-03-02")


def test_a_remission_may_lie_before_day_0_and_facts_are_known_on_it() -> None:
    map_text = MAP + "facts:\n  - {concept: age, column: rel, unit: years}\nsource: registry of the past\n"
    (one,) = read(HEAD + "1,1,-30,60,100,1\n", map_text)
    assert one.remission_on == "1999-12-02"
    assert one.facts == ({"concept": "age", "value": "60", "on": "2000-01-01", "unit": "years"},)
    assert one.source == "registry of the past"


def test_columns_that_the_map_leaves_alone_are_named() -> None:
    raw = (HEAD.replace("\n", ",extra\n") + "1,2,30,60,100,1,z\n").encode()
    table = read_table(raw, "t.csv", read_map(MAP, "m"), today=TODAY)
    assert table.unused == ("extra",)


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"))
CELLS = st.text(LETTERS | st.sampled_from(',"\n'))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_whatever_python_writes_as_csv_is_read_back(rows: list[list[str]]) -> None:
    """Judge: the writer of Python's csv module, quoting every field. Blanks around a field are not kept."""
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    found, wrong = read_cells(file.getvalue(), "t.csv")
    assert wrong == []
    assert [[cell.text for cell in row] for row in found] == [[cell.strip() for cell in row] for row in rows]
    for row in found:
        for cell in row:  # the place of a cell is where its quote stands in the text
            assert file.getvalue().split("\n")[cell.line - 1][cell.column - 1] == '"'


# --- faults of a table ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("1,2,30,60,100", "t.csv:2:11: 5 fields, but 6 columns."),
        ("1,2,30,60,100,1,9", "t.csv:2:17: 7 fields, but 6 columns."),
        (",2,30,60,100,1", "t.csv:2:1: id: empty; every person needs a code."),
        ("1,3,30,60,100,1", "t.csv:2:3: status: '3'; the map's values are 1, 2."),
        ("1,,30,60,100,1", "t.csv:2:3: status: empty; everybody's disease status on day 0 must be known."),
        ("1,2,30,60,100,yes", "t.csv:2:15: dead: 'yes'; the map knows 0, 1."),
        ("1,2,30,60,,1", "t.csv:2:11: end: empty, yet dead is '1', so death has a day."),
        ("1,2,3O,60,100,1", "t.csv:2:5: cr: '3O' is no number; expected whole days after day 0."),
        ("1,2,30.5,60,100,1", "t.csv:2:5: cr: '30.5' is not a whole number of days."),
        ("1,2,30,60,73050,1", "t.csv:2:11: end: '73050' days is more than a hundred years."),
        ("1,2,30,60,1e99,1", "t.csv:2:11: end: '1e99' days is more than a hundred years."),
        ("1,2,30,60,NaN,1", "t.csv:2:11: end: 'NaN' is no number"),
        ("1,2,30,-5,100,1", "t.csv:2:8: rel: relapse on 1999-12-27 lies before day 0, 2000-01-01."),
        ("1,2,NA,NA,-1,1", "t.csv:2:11: end: death on 1999-12-31 lies before day 0"),
        ("1,2,30,120,100,1", "t.csv:2:12: end: death on 2000-04-10 lies before relapse on 2000-04-30."),
        ("1,2,60,30,100,1", "t.csv:2:8: rel: relapse on 2000-01-31 lies before remission on 2000-03-01."),
        ('1,2,30,60,100,"1', "t.csv:2:15: a quote that is never closed."),
        ('1,2,30,60,100,1"', "t.csv:2:15: a quote inside '1\"'."),
        ('1,2,30,60,"100"0,1', "t.csv:2:11: '0' after a closing quote."),
    ],
)
def test_a_fault_of_a_line_says_where_what_and_what_to_do(line: str, told: str) -> None:
    assert [found[: len(told)] for found in faults(HEAD + line + "\n")][:1] == [told]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "t.csv: the table is empty"),
        (HEAD, "t.csv:1: a line of column names and nobody below it; expected a line a person."),
        ("id,status,cr,rel,end,dead,id\n", "t.csv:1:27: two columns are called 'id'."),
        ("id,status,cr,rel,end,dead,\n", "t.csv:1:27: column 7 has no name."),
        ("id,status,cr,rel,end\n", "MAP.yaml:7:30: the table has no column 'dead'."),
        (HEAD + "1,2,30,60,100,1\n2,2,30,60,100,1\n1,2,30,60,100,1\n", "t.csv:4:1: id: '1' stands on line 2 already"),
    ],
)
def test_a_fault_of_the_table_as_a_whole(table: str, told: str) -> None:
    assert faults(table)[0].startswith(told)


@pytest.mark.parametrize(
    ("day_0", "told"),
    [
        ("2011-02", "t.csv:2:3: start: day 0 must be known to the day"),
        ("", "t.csv:2:3: start: day 0 must be known to the day"),
        ("1/2/2011", "t.csv:2:3: start: '1/2/2011' is not a date. Write 2026, 2026-11 or 2026-11-20."),
    ],
)
def test_day_0_must_be_a_day(day_0: str, told: str) -> None:
    map_text = "code: id\nday_0: {date: start}\ndisease_status: active\ndates: {death: {days: end}}\n"
    assert faults(f"id,start,end\nx,{day_0},-5\n", map_text)[0].startswith(told)


def test_a_day_outside_the_calendar_is_a_fault_and_never_left_out() -> None:
    """It was once dropped without a word: ten entries came in where twenty-six were meant."""
    told = faults(HEAD + "1,2,1,2,3,1\n", MAP.replace("2000-01-01", "9999-12-30"))
    assert told[0].startswith("t.csv:2:5: cr: remission on 9999-12-31 lies in the future")
    assert told[1:] == [
        "t.csv:2:7: rel: '2' days from day 0, 9999-12-30, is no day of the calendar. Check both.",
        "t.csv:2:9: end: '3' days from day 0, 9999-12-30, is no day of the calendar. Check both.",
    ]
    (told_early,) = faults(HEAD + "1,2,-1,60,100,1\n", MAP.replace("2000-01-01", "0001-01-01"))
    assert told_early.startswith("t.csv:2:5: cr: '-1' days from day 0, 0001-01-01, is no day of the calendar.")


def test_a_day_0_that_cannot_be_read_is_the_only_fault_of_its_line() -> None:
    map_text = "code: id\nday_0: {date: start}\ndisease_status: active\ndates: {death: {days: end}}\n"
    assert len(faults("id,start,end\nx,soon,-5\n", map_text)) == 2  # what is wrong with the date, and that it is needed


def test_what_lies_after_today_is_a_fault_with_its_place() -> None:
    map_text = MAP.replace("2000-01-01", "2026-11-01")
    assert read(HEAD + "1,2,1,2,21,1\n", map_text)[0].death_on == "2026-11-22"
    assert faults(HEAD + "1,2,1,2,22,1\n", map_text) == [
        "t.csv:2:9: end: death on 2026-11-23 lies in the future; a table tells the past. Check it, and day 0."
    ]
    dated = "code: id\nday_0: {date: start}\ndisease_status: active\ndates: {death: {date: died}}\nborn: {column: b}\n"
    assert read("id,start,died,b\nx,2026-11-22,2026-11,2026\n", dated)[0].death_on == "2026-11"
    assert faults("id,start,died,b\nx,2026-11-23,2026-12,2027\n", dated) == [
        "t.csv:2:3: start: day 0 on 2026-11-23 lies in the future; a table tells the past. Check it, and day 0.",
        "t.csv:2:14: died: death on 2026-12 lies in the future; a table tells the past. Check it, and day 0.",
        "t.csv:2:22: b: '2027' lies in the future; a table tells the past. Check it.",
    ]


def test_a_table_that_is_too_big_is_not_read() -> None:
    told = faults(b"x" * (64 * 1024 * 1024 + 1))
    assert told == ["t.csv: 67,108,865 bytes; a table has at most 67,108,864. Cut it into parts."]


def test_a_delimiter_at_the_very_end_is_a_field_too_many() -> None:
    assert faults(HEAD + "1,2,30,60,100,1,")[0].startswith("t.csv:2:17: 7 fields, but 6 columns.")


def test_bytes_that_are_no_text_are_named() -> None:
    assert faults(HEAD.encode() + b"1,2,\xff\n")[0].startswith("t.csv:2:5: byte 0xff is not utf-8 text.")
    assert faults(HEAD.encode() + b"1,2,\0\n")[0].startswith("t.csv:2: a zero byte")


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    table = HEAD + "1,9,30,60,100,1\n2,2,x,y,100,1\n3,2,30,60,100,7\n"
    assert [line.split(" ")[0] for line in faults(table)] == ["t.csv:2:3:", "t.csv:3:5:", "t.csv:3:7:", "t.csv:4:15:"]


def test_a_whole_birth_date_does_not_enter_the_ledger_nor_the_message() -> None:
    map_text = f"born: {{column: rel}}\n{MAP.replace('  relapse: {days: rel}', '')}"
    assert read(HEAD + "1,2,30,1971,100,1\n", map_text)[0].born == "1971"
    (told,) = faults(HEAD + "1,2,30,1971-05-09,100,1\n", map_text)
    assert told.startswith("t.csv:2:8: rel: expected a birth year alone")
    assert "05-09" not in told


def test_no_fault_hides_behind_another_and_none_comes_twice() -> None:
    told = faults(HEAD + "1,2,30,60,2.5,7\n")
    assert [line.split(" ")[0] for line in told] == ["t.csv:2:11:", "t.csv:2:15:"]


def test_a_thousand_faults_print_forty_and_a_count() -> None:
    told = faults(HEAD + "".join(f"{at},9,30,60,100,1\n" for at in range(1000)))
    assert (len(told), told[-1]) == (41, "… and 960 more.")


# --- faults of a map --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (MAP, "", "MAP.yaml: no block of lines here; a map begins with"),
        ("code:", "kode:", "MAP.yaml:1:1: `kode` is no key of a map; did you mean `code`?"),
        ("2000-01-01", "01/01/2000", "MAP.yaml:2:8: `day_0` is '01/01/2000'; expected a day such as 2000-01-01"),
        ("  relapse:", "  relaps:", "MAP.yaml:6:3: `relaps` is no key of `dates`; did you mean `relapse`?"),
        ("{days: cr}", "cr", "MAP.yaml:5:14: `remission` needs {days: column} or {date: column}"),
        ("{days: cr}", "{days: cr, date: cr}", "MAP.yaml:5:14: `remission` needs {days: column} or {date: column}"),
        ("{days: cr}", "{days: [cr]}", "MAP.yaml:5:21: `days` is a block or list; expected one word."),
        ("{days: cr}", "{days: cr, were: {}}", "MAP.yaml:5:25: `were` is no key of `remission`; did you mean `where`?"),
        ("dates:", "in_remission: no\ndates:", "MAP.yaml:4:15: `in_remission` is 'no'; expected true or false"),
        ("dates:", "delimiter: ab\ndates:", "MAP.yaml:4:12: `delimiter` is 'ab'; expected"),
        ("dates:", "encoding: klingon\ndates:", "MAP.yaml:4:11: no encoding is called 'klingon'"),
        ("dates:", "facts: {}\ndates:", "MAP.yaml:4:8: `facts` is a list"),
        ("dates:", "phase:\ndates:", "MAP.yaml:4:7: `phase` is empty"),
        ("dates:", "phase: {values: {1: x}}\ndates:", "MAP.yaml:4:8: `phase` needs a word, or {column: …}."),
        ("dates:", "facts: [{concept: age}]\ndates:", "MAP.yaml:4:9: a fact needs {concept: …, column: …}"),
        ("dates:", "words: {dead: 2}\ndates:", "MAP.yaml:4:15: `dead` is no list; write [a, b]."),
        ("dates:", "words: [dead]\ndates:", "MAP.yaml:4:8: `words` is no block; write `key: …` lines under it."),
        ("column: id", "column: ''", "MAP.yaml:1:16: `column` names no column."),
        ("dates:", "day_0: 2001-01-01\ndates:", "MAP.yaml:4:1: `day_0` is given twice"),
        ("{days: cr}", "{days: cr", "MAP.yaml:6:10: not readable as YAML"),
    ],
)
def test_a_fault_of_a_map_says_where_what_and_what_to_do(old: str, new: str, told: str) -> None:
    assert faults(HEAD, MAP.replace(old, new))[0].startswith(told)


# --- the import -------------------------------------------------------------------------------------------------------

STUDY = """\
id: past
title: A table of the past
version: "1"
historical: true
sites: [{code: TABLE, name: a table, time_zone: UTC}]
disease_status:
  - {id: remission, label: in remission, in_remission: true}
  - {id: active, label: active, in_remission: false}
"""


class Desk:
    """A ledger, and files beside it."""

    def __init__(self, at: Path, study: str = STUDY) -> None:
        self.at, file = at, read_study(study)
        adopted = Adopted(file.text, file.sha256, "1", False, 0, {"TABLE": "UTC"})
        self.study = file.study
        self.store = create(at / "ledger.db", adopted, study="past", site="TABLE", actor=MANAGER)

    def bring(self, table: str, map_text: str = MAP) -> Imported | Refusal:
        (self.at / "t.csv").write_text(table, encoding="utf-8")
        (self.at / "MAP.yaml").write_text(map_text, encoding="utf-8")
        return import_csv(self.store, self.study, self.at / "t.csv", self.at / "MAP.yaml", actor=MANAGER, site="TABLE")

    @property
    def size(self) -> int:
        return trial(self.store).size


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_people_take_numbers_in_the_order_of_the_table(desk: Desk) -> None:
    answer = desk.bring(HEAD + "1,2,30,60,100,1\n2,1,,,90,0\n")
    assert isinstance(answer, Imported)
    books = trial(desk.store).enrolled
    assert [(book.number, book.code) for book in books] == [(1, "P-1"), (2, "P-2")]
    assert [book.enrolment.what.in_remission for book in books if book.enrolment] == [False, True]


def test_a_second_table_goes_on_where_the_first_ended(desk: Desk) -> None:
    desk.bring(HEAD + "1,2,30,60,100,1\n")
    desk.bring(HEAD + "2,1,,,90,0\n")
    assert [book.number for book in trial(desk.store).enrolled] == [1, 2]


def test_one_fault_and_nobody_comes_in(desk: Desk) -> None:
    with pytest.raises(TableErrors):
        desk.bring(HEAD + "1,2,30,60,100,1\n2,1,x,,90,0\n")
    assert desk.size == 1


def test_one_person_who_is_there_already_and_nobody_comes_in(desk: Desk) -> None:
    desk.bring(HEAD + "1,2,30,60,100,1\n")
    before = desk.size
    answer = desk.bring(HEAD + "7,2,30,60,100,1\n1,2,30,60,100,1\n")
    assert isinstance(answer, Refusal)
    assert [reason.code for reason in answer.reasons] == ["history.exists"]
    assert desk.size == before + 1  # the refusal itself is written down
    assert [book.code for book in trial(desk.store).enrolled] == ["P-1"]


def test_today_is_the_day_of_the_ledgers_clock_at_the_site(desk: Desk) -> None:
    desk.store.clock = lambda: datetime(2000, 4, 9, 23, 59, tzinfo=UTC)
    with pytest.raises(TableErrors, match="death on 2000-04-10 lies in the future"):
        desk.bring(HEAD + "1,2,30,60,100,1\n")
    desk.store.clock = lambda: datetime(1999, 12, 31, tzinfo=UTC)
    with pytest.raises(TableErrors, match=r"MAP.yaml:2:8: `day_0` is 2000-01-01 and lies in the future"):
        desk.bring(HEAD + "1,2,,,,\n")
    assert desk.size == 1
    desk.store.clock = lambda: datetime(2000, 4, 10, tzinfo=UTC)
    assert isinstance(desk.bring(HEAD + "1,2,30,60,100,1\n"), Imported)


def test_a_status_that_the_study_does_not_have_is_a_fault_of_the_map(desk: Desk) -> None:
    with pytest.raises(TableErrors) as told:
        desk.bring(HEAD + "1,2,30,60,100,1\n", MAP.replace("2: active", "2: acute"))
    assert "MAP.yaml:3:17: the study has no disease_status 'acute'; it has remission, active." in str(told.value)


def test_a_phase_that_the_study_does_not_have_is_a_fault_of_the_map(tmp_path: Path) -> None:
    desk = Desk(tmp_path, STUDY + "phases: [{id: induction, label: induction}]\n")
    with pytest.raises(TableErrors, match="the study has no phase 'late'; it has induction"):
        desk.bring(HEAD + "1,2,30,60,100,1\n", f"phase: late\n{MAP}")


def test_a_status_taken_from_the_table_as_it_stands_is_left_to_the_table(desk: Desk) -> None:
    answer = desk.bring("id,status\n1,remission\n", "code: id\nday_0: 2000-01-01\ndisease_status: {column: status}\n")
    assert isinstance(answer, Imported)


def test_a_trial_that_enrols_people_takes_no_table(tmp_path: Path) -> None:
    desk = Desk(tmp_path, STUDY.replace("historical: true\n", ""))
    with pytest.raises(UsageError, match="would take the places of real participants"):
        desk.bring(HEAD + "1,2,30,60,100,1\n")


def vars_of(history: History) -> dict[str, object]:
    return {name: getattr(history, name) for name in History.__dataclass_fields__}
