"""The harm that a demonstration promises, told of the same participants in every story: what happens to whom and when.

Cytokine release (5, 7, 9), neurotoxicity (12), graft versus host disease (8, 10, 15), a reaction to the infusion (13),
cells that were contaminated (5), an infection that turns fatal (11). Of these 7, 10, 12 and 15 have a dose-limiting
toxicity, and 4, whose liver value becomes one (`marks`): five of fourteen evaluable, one fewer than pause the trial.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from trialwright.simulate.chain import GROWS, INTERRUPTED, NEVER_GIVEN
from trialwright.simulate.event import CELLS, CHEMOTHERAPY, Event, News, Person
from trialwright.simulate.marks import event_key
from trialwright.simulate.step import INVESTIGATOR, Step, after

CONTAMINATION, TREATMENT_DEATH = "contamination", "treatment-death"
"""The triggers of the study that fire in the story."""
COLLECTION = {"collection": "not related"}
IMMUNE = "Immune system disorders - Other, specify"
NEURO = "Nervous system disorders - Other, specify"
CALM: Final = {"hypotension": "no", "vasopressors": "0", "vasopressin": "no", "oxygen": "none"}
CLEAR: Final = {"orientation": "4", "naming": "3", "command": "1", "writing": "1", "attention": "1"}
AWAKE: Final = {"consciousness": "awake", "seizure": "none", "motor": "no", "oedema": "none"}
FEVERISH: Final[Mapping[tuple[int, str], tuple[str, str]]] = {
    (5, "d1"): ("37.6", "97"),
    (5, "d3"): ("36.9", "97"),
    (7, "d1"): ("37.4", "96"),
    (7, "d3"): ("38.8", "93"),
    (9, "d1"): ("38.3", "97"),
}
"""Temperature and oxygen saturation at visits during a cytokine release."""


def _assessed(person: Person, act: str, event: str, days: int, hour: int, found: Mapping[str, Any]) -> Step:
    words = {"event": event_key(person.code, event), **found}
    return Step(person.at(days, hour, 40), act, person.code, person.moment(days, hour, 30), INVESTIGATOR, words)


def _news(person: Person, days: int, hour: int, **words: Any) -> News:
    return News(person.at(days, hour, 50), person.moment(days, hour, 30), words)


def _over(person: Person, days: int, **words: Any) -> News:
    said = {"resolved_on": person.day(days).isoformat(), "outcome": "resolved", **words}
    return News(person.at(days, 17, 30), person.day(days).isoformat(), said)


def _reported(term: str, grade: int, *, serious: tuple[str, ...] = (), **words: Any) -> dict[str, Any]:
    said = {"term": term, "grade": grade, "serious": bool(serious), "seriousness": list(serious)}
    related = words.pop("related", CELLS)
    return said | {"related": {**related, **COLLECTION}, **words}


# --- cytokine release -------------------------------------------------------------------------------------------------


def _crs(person: Person, days: int, hour: int, temperature: str, *, masked: str = "no", **found: str) -> Step:
    words = {"temperature_c": temperature, "fever_explained": "no", "masked": masked} | CALM | found
    return _assessed(person, "assess_crs", "cytokine-release", days, hour, words)


def _ice(person: Person, event: str, days: int, hour: int, **found: str) -> Step:
    return _assessed(person, "assess_icans", event, days, hour, {**CLEAR, **AWAKE, **found})


def _release(person: Person, grade: int, hour: int, words: Mapping[str, Any], *rest: Any) -> Event:
    """A cytokine release that begins on the day after the infusion; the rest is looks at it, then news."""
    steps = tuple(one for one in rest if isinstance(one, Step))
    news = tuple(one for one in rest if isinstance(one, News))
    said = _reported("Cytokine release syndrome", grade, **words)
    at, onset = person.at(1, hour, 35), person.moment(1, hour, 30)
    return Event(event_key(person.code, "cytokine-release"), person.code, at, onset, said, news, beside=steps)


def _tocilizumab(person: Person) -> Iterator[Event]:
    """Grade 2, ended by tocilizumab within three days; and two weeks later the culture of the cells grows."""
    given = "paracetamol, 1 litre of saline, tocilizumab 8 mg/kg once"
    told = (
        "Fever of 38.9 Cel twenty-nine hours after the infusion. Ten hours later blood pressure fell to 84/50 and rose "
        "with fluids. Tocilizumab once; no vasopressor, no oxygen, ICE score 10 throughout. Well after two days."
    )
    yield _release(
        person,
        1,
        19,
        {},
        _crs(person, 1, 19, "38.9"),
        _ice(person, "cytokine-release", 1, 20),
        _crs(person, 2, 5, "39.2", hypotension="yes"),
        _crs(person, 2, 18, "37.4", masked="yes", hypotension="yes"),
        _ice(person, "cytokine-release", 2, 18),
        _crs(person, 3, 8, "36.8", masked="yes"),
        _crs(person, 4, 8, "36.6", masked="yes"),
        _news(person, 2, 5, grade=2, serious=True, seriousness=["hospitalisation"], treatment=given, narrative=told),
        _news(person, 3, 8, grade=1),
        _over(person, 4),
    )
    yield _contaminated(person)


def _contaminated(person: Person) -> Event:
    """The lot that was given grew in its culture: looked at as a serious event, though nobody fell ill."""
    said = (
        "The 14-day culture of the lot grew Staphylococcus epidermidis. The participant was seen the same day: no "
        "fever, C-reactive protein 6 mg/L, two pairs of blood cultures without growth. Vancomycin for five days. Held "
        "to be serious as an important medical event, because contaminated cells were given."
    )
    words = _reported(
        "Infections and infestations - Other, specify",
        2,
        serious=("important medical event",),
        specify="contaminated cells were given; no sign of infection",
        treatment="vancomycin for five days",
        narrative=said,
        expected="no",
    )
    key = event_key(person.code, "contaminated-cells")
    onset = person.day(0).isoformat()
    aware = person.moment(14, 9, 30)
    return Event(key, person.code, person.at(14, 11, 20), onset, words | {"aware_at": aware}, (_over(person, 21),))


def _vasopressor(person: Person) -> Iterator[Event]:
    """Grade 3: a vasopressor is needed. A dose-limiting toxicity."""
    told = (
        "Fever from the evening after the infusion, 39.6 Cel on day 2 with blood pressure 74/40 despite two litres. "
        "Noradrenaline for 31 hours in intensive care, 3 L/min of oxygen, tocilizumab twice, dexamethasone."
    )
    grave = ["life-threatening", "hospitalisation"]
    yield _release(
        person,
        1,
        21,
        {},
        _crs(person, 1, 21, "38.7"),
        _crs(person, 2, 6, "39.6", hypotension="yes", vasopressors="1", oxygen="low flow"),
        _ice(person, "cytokine-release", 2, 7, attention="0"),
        _crs(person, 3, 14, "38.1", masked="yes", hypotension="yes", oxygen="low flow"),
        _ice(person, "cytokine-release", 3, 14),
        _crs(person, 4, 8, "37.0", masked="yes", hypotension="no"),
        _crs(person, 6, 8, "36.7", masked="yes"),
        _news(person, 2, 6, grade=3, serious=True, seriousness=grave, narrative=told, dose_limiting="yes"),
        _news(person, 3, 14, grade=2, treatment="noradrenaline, tocilizumab twice, dexamethasone 10 mg"),
        _news(person, 4, 8, grade=1),
        _over(person, 6),
    )


def _fever(person: Person) -> Iterator[Event]:
    """Grade 1: fever alone for a day."""
    over = _over(person, 2)
    steps = (_crs(person, 1, 8, "38.4"), _crs(person, 2, 9, "36.9"), _ice(person, "cytokine-release", 1, 9))
    yield _release(person, 1, 8, {"treatment": "paracetamol"}, *steps, over)


# --- nerves, and the infusion -----------------------------------------------------------------------------------------


def _confused(person: Person) -> Iterator[Event]:
    """Neurotoxicity of grade 3 for a day. A dose-limiting toxicity, and a report that goes out too late."""
    key = event_key(person.code, "neurotoxicity")
    told = (
        "From day 5 word-finding trouble, on day 6 awake but disoriented, ICE score 2. Computed tomography and "
        "lumbar puncture without findings. Dexamethasone 10 mg every six hours; oriented again on day 8."
    )
    lost = {"orientation": "1", "naming": "1", "command": "0", "writing": "0", "attention": "0"}
    words = _reported(NEURO, 1, specify="immune effector cell-associated neurotoxicity syndrome")
    looks = (
        _ice(person, "neurotoxicity", 5, 9, orientation="4", naming="2", attention="0"),
        _ice(person, "neurotoxicity", 6, 7, **lost),
        _ice(person, "neurotoxicity", 7, 9, orientation="2", writing="0", attention="0"),
        _ice(person, "neurotoxicity", 8, 9),
    )
    grave = {"serious": True, "seriousness": ["hospitalisation"], "dose_limiting": "yes"}
    news = (
        _news(person, 6, 7, grade=3, treatment="dexamethasone 10 mg every six hours", narrative=told, **grave),
        _news(person, 7, 9, grade=2),
        _over(person, 8),
    )
    at, onset, late = person.at(5, 9, 35), person.moment(5, 9, 0), (("site", "ethics committee"),)
    yield Event(key, person.code, at, onset, words, news, late=late, beside=looks)


def _reaction(person: Person) -> Iterator[Event]:
    """The rash that came back when the infusion went on: grade 3 by that, and gone too soon to be dose-limiting."""
    key = event_key(person.code, "infusion-reaction")
    found = {"infusion": 1, "reaction": "yes", "interrupted": "yes", "prompt_response": "yes", "prophylaxis_hours": "0"}
    found |= {"prolonged_or_recurrent": "yes", "hospitalised": "no", "life_threatening": "no"}
    words = _reported("Infusion related reaction", 3, treatment="chlorphenamine 10 mg", action="stopped")
    over = {"resolved_on": person.day(0).isoformat(), "outcome": "resolved"}
    news = (News(person.at(0, 17, 10), person.moment(0, 16, 45), over),)
    looks = (_assessed(person, "assess_infusion_reaction", "infusion-reaction", 0, 15, found),)
    at, onset = person.at(0, 15, 35), person.moment(0, 14, 40)
    yield Event(key, person.code, at, onset, words, news, beside=looks)


# --- graft versus host disease ----------------------------------------------------------------------------------------

NO_ORGAN: Final = {"skin": "0", "liver": "0", "upper_gi": "0", "lower_gi": "0"}


def _gvhd(person: Person, days: int, *, refractory: str = "no", id: str | None = None, **stages: str) -> Step:
    found = {**NO_ORGAN, **stages, "steroid_refractory": refractory, "event": event_key(person.code, "acute-gvhd")}
    at, on = person.at(days, 11, 40), person.day(days).isoformat()
    return Step(at, "assess_acute_gvhd", person.code, on, INVESTIGATOR, found, id=id)


def _controlled(person: Person, days: int, id: str) -> Step:
    """What the first look could not know: steroids control it."""
    words: dict[str, Any] = {"entry": id, "reason_code": "newly known"}
    words |= {"why": "a week of methylprednisolone has shown it", "content": {"steroid_refractory": "no"}}
    return Step(person.at(days, 11, 55), "correct", None, person.day(days).isoformat(), INVESTIGATOR, words)


def _graft(person: Person, days: int, news: tuple[News, ...], looks: tuple[Step, ...]) -> Event:
    said = _reported(IMMUNE, 1, specify="acute graft versus host disease")
    at, onset = person.at(days, 10, 40), person.day(days).isoformat()
    return Event(event_key(person.code, "acute-gvhd"), person.code, at, onset, said, news, beside=looks)


def _skin_and_gut(person: Person) -> Iterator[Event]:
    """Grade II of skin and lower gut; steroids control it."""
    first = f"gvhd:{person.code}"
    looks = (
        _gvhd(person, 17, skin="2"),
        _gvhd(person, 20, skin="3", lower_gi="1", refractory="unknown", id=first),
        _gvhd(person, 27, skin="1"),
        _controlled(person, 27, first),
        _gvhd(person, 34, skin="1"),
        _gvhd(person, 41),
    )
    told = "Rash of trunk and arms from day 17; from day 20 on watery stools of 700 mL a day. Biopsy of skin fits."
    worse = {"serious": True, "seriousness": ["hospitalisation"], "treatment": "methylprednisolone 1 mg/kg"}
    news = (
        _news(person, 20, 9, grade=2, narrative=told, **worse),
        _news(person, 27, 9, grade=1, narrative="One week of methylprednisolone: no diarrhoea, rash fading."),
        _over(person, 41),
    )
    yield _graft(person, 17, news, looks)


def _severe(person: Person) -> Iterator[Event]:
    """Grade III of gut and liver. A dose-limiting toxicity."""
    looks = (
        _gvhd(person, 15, skin="2"),
        _gvhd(person, 20, skin="2", lower_gi="2", liver="2"),
        _gvhd(person, 27, skin="1", lower_gi="1"),
        _gvhd(person, 34, skin="1"),
        _gvhd(person, 48),
    )
    told = "Rash from day 15. On day 20 1200 mL of stools a day and bilirubin near 60 umol/L; colon biopsy fits."
    worse = {"serious": True, "seriousness": ["hospitalisation"], "dose_limiting": "yes"}
    worse |= {"treatment": "methylprednisolone 2 mg/kg", "narrative": told}
    news = (
        _news(person, 20, 9, grade=3, **worse),
        _news(person, 27, 9, grade=2, narrative="Stools 600 mL a day after one week of methylprednisolone."),
        _news(person, 34, 9, grade=1),
        _over(person, 48),
    )
    yield _graft(person, 15, news, looks)


def _refractory(person: Person) -> Iterator[Event]:
    """Grade II that a week of steroids does not control. A dose-limiting toxicity."""
    looks = (
        _gvhd(person, 13, skin="3", refractory="unknown"),
        _gvhd(person, 20, skin="3", lower_gi="1", refractory="yes"),
        _gvhd(person, 27, skin="2"),
        _gvhd(person, 41),
    )
    told = "Rash of more than half of the body; no better after seven days of methylprednisolone. Ruxolitinib added."
    worse = {"serious": True, "seriousness": ["hospitalisation"], "dose_limiting": "yes", "narrative": told}
    news = (
        _news(person, 20, 9, grade=3, treatment="methylprednisolone 2 mg/kg, ruxolitinib 10 mg twice a day", **worse),
        _news(person, 27, 9, grade=1),
        _over(person, 41),
    )
    yield _graft(person, 13, news, looks)


# --- an infection that turns fatal ------------------------------------------------------------------------------------


def _fatal(person: Person) -> Iterator[Event]:
    """Sepsis after chemotherapy in somebody never infused: serious, then fatal, which begins clocks of its own."""
    fate, desk = person.fate, person.desk
    assert fate.chemotherapy_on is not None
    assert fate.death_on is not None
    day, died = after(fate.chemotherapy_on, 10), fate.death_on
    words = _reported("Sepsis", 3, serious=("hospitalisation",), related=CHEMOTHERAPY, treatment="meropenem")
    words["narrative"] = "Fever and chills on day 10 of the cycle without neutrophils; Klebsiella pneumoniae in blood."
    still = after(day, 8)
    halfway = {"treatment": "meropenem, polymyxin, caspofungin", "narrative": "Fever goes on; a lesion in the lung."}
    end = (
        "Septic shock and death within a day, without neutrophils. Held to be due to chemotherapy; no cells were given."
    )
    fatal = {"grade": 5, "seriousness": ["death"], "outcome": "fatal", "narrative": end}
    news = (
        News(desk.at(still, 10, 40), still.isoformat(), halfway),
        News(desk.at(after(died, 1), 9, 5), died.isoformat(), fatal, TREATMENT_DEATH),
    )
    key = event_key(person.code, "sepsis")
    yield Event(key, person.code, desk.at(day, 21, 15), day.isoformat(), words, news)


STORIES: Final[Mapping[int, Callable[[Person], Iterator[Event]]]] = {
    GROWS: _tocilizumab,
    7: _vasopressor,
    8: _skin_and_gut,
    9: _fever,
    10: _severe,
    NEVER_GIVEN: _fatal,
    12: _confused,
    INTERRUPTED: _reaction,
    15: _refractory,
}
"""Participant -> what happens to them in every story."""
