"""Every refusal about cells, from the donor to the bedside, under `cell_study.yaml`: see conduct_refusals.py."""

from cell_story import (
    AT_THE_BEDSIDE,
    COLLECTION,
    DONOR,
    DOSE,
    EQUIPMENT,
    GIVEN,
    LOT,
    MADE,
    MAKER,
    NURSE,
    QUALITY,
    REAGENTS,
    SECOND_DOSE,
    TESTER,
    TESTS,
    checked,
    code,
    collected,
    cultured,
    divided,
    donor,
    issued,
    lot_made,
    patient,
    released,
    results,
    start,
    wristband,
)
from conduct_story import ZONE, Scenario, consents, enrols, facts, without

from trialwright.cells.codes import label_code

OTHER_DONOR, OTHER_COLLECTION, OTHER_LOT = code("donor", 2), code("collection", 2), code("lot", 2)
THIRD_DOSE = code("dose", 3)
INVESTIGATOR = "with inv:investigator"
PATIENT, HELD, CORD = patient(), "temperature_c=30", "cord blood"
SECOND = f"{consents()}\n{facts('S-002')}\n{enrols('S-002')}\n"
FIT, IN_LABORATORY = donor(), donor() + collected()
GROWN = f"{PATIENT}\n{IN_LABORATORY}{cultured()}"
LOT_THERE = GROWN + lot_made()
WHOLE = f"{PATIENT}\n{MADE}"
OUT = f"{WHOLE}{issued().strip().splitlines()[0]}\n"
UNTOUCHED = f"{PATIENT}\n{IN_LABORATORY}{cultured()}{lot_made()}{divided()}"
CORD_LOT = (
    f"{PATIENT}\n"
    + donor(source=CORD)
    + collected(source=CORD)
    + cultured()
    + lot_made(who=None)
    + divided()
    + results()
    + released()
)
TWO_BAGS = AT_THE_BEDSIDE.replace("volumes_ml=120", "volumes_ml=60,60")
UNCHECKED = without(AT_THE_BEDSIDE, " check_at_bedside ")
INTERRUPTED = f"{GIVEN}2026-01-20T14:10 interrupt_infusion S-001 reason=shivering {NURSE}\n"

ASSIGN = f"2026-01-20T12:00 assign_lot {LOT} recipient=S-001 weight_kg=70 {QUALITY} {INVESTIGATOR}"
REASSIGN = f"2026-01-20T15:00 reassign_lot {LOT} recipient=S-002 reason='S-001 has a fever' weight_kg=70 {QUALITY}"
TAKE_OUT, ISSUE = (line.strip() for line in issued().strip().splitlines())
RELEASE = released().strip()
COLLECT = collected().strip().splitlines()[0].strip()
MAKE = lot_made().strip()
STORE = f"2026-01-20T09:00 put_in_storage {LOT} place=refrigerator temperature_c=4 {MAKER}"
HAND_OVER = f"2026-01-20T09:00 hand_over {LOT} giver=lab-1 taker=lab-2 place=laboratory lowest_c=4 highest_c=6 {MAKER}"
SEPARATION = f"2026-01-08T12:00 process {COLLECTION} step=separation"
SAMPLE = f"2026-01-20T06:30 take_sample {LOT} sample=Q-1 volume_ml=2 {MAKER}"
DECIDE = f"2026-01-05 decide_donor_eligibility {DONOR} sampled_on=2026-01-04"
NO_CMV = TESTS.replace(',"cmv":"positive"', "")
WITH_WNV = TESTS.replace("}", ',"wnv":"negative"}')
UNCALIBRATED, NO_CALIBRATION = EQUIPMENT.replace("2026-03-31", "2025-12-31"), '[{"code":"centrifuge-2"}]'
EXPIRED, OTHER_EXPIRY = REAGENTS.replace("2026-06-30", "2026-01-07"), REAGENTS.replace("2026-06-30", "2026-08-30")
NO_EXPIRY = '[{"name":"beads","lot":"R-77"}]'
POSITIVE = TESTS.replace('hbv":"negative', 'hbv":"positive')
EXCEPTION = f"{DECIDE} eligibility='ineligible with exception' tests='{POSITIVE}'"
CONSENT = f"2026-01-04T10:00 record_donor_consent {DONOR} document=donation document_version=1 language=zh"
END = "2026-01-20T14:40 end_infusion S-001 reaction=no"
RESUME = f"resume_infusion S-001 {NURSE}"
COME_BACK = f"return_dose {DOSE} giver=nurse taker=lab-1 place=laboratory reason=fever lowest_c=4 highest_c=6 {MAKER}"
WITHDREW = f"2026-01-06 withdraw_donor_consent {DONOR} reason=travel\n"
RECALLED = f"2026-01-20T09:30 recall {LOT} reason='medium contaminated' {QUALITY}\n"
ANSWER = f"2026-01-20 answer_alert alert=a6.2 answer='ten minutes only' {QUALITY}"
NOT_RECEIVED = without(f"{PATIENT}\n{IN_LABORATORY}", " receive ")
TWO_READY = (
    TWO_BAGS
    + f"2026-01-20T13:21 print_label {SECOND_DOSE} {MAKER}\n"
    + ISSUE.replace(DOSE, SECOND_DOSE).replace("T13:20", "T13:22").replace(QUALITY, MAKER)
    + f"\n{checked(dose=SECOND_DOSE, on='2026-01-20T13:46')}\n"
    + start(doses=f"{DOSE},{SECOND_DOSE}")
    + "\n"
)
NEXT_BAG = f"2026-01-20T14:15 {RESUME} dose_code={SECOND_DOSE}"
EXCEPTED = CORD_LOT.replace(
    f"eligibility=eligible tests='{TESTS}'",
    f"eligibility='ineligible with exception' exception='urgent medical need' tests='{POSITIVE}'",
)
SECOND_PERSON = "with lab-3:cell_laboratory"


def acts_in(story: str) -> int:
    """How many acts a story tells: with the adoption before them, the last one's entry is a(n + 1)."""
    return sum(bool(line.strip()) for line in story.splitlines())


def correction(entry: str, content: str, by: str) -> str:
    return f"- correct entry={entry} reason_code=other why=typed content='{content}' {by}"


CELL_SCENARIOS = tuple(
    Scenario(*row, cells=True)
    for row in (
        # codes
        ("code.misread", WHOLE, RELEASE.replace(LOT, LOT.replace("01", "10", 1))),
        # donors
        ("donor.exists", FIT, f"2026-01-06 register_donor {DONOR} source='peripheral blood' {NURSE}"),
        ("donor.tested_person", "", f"2026-01-04 register_donor {DONOR} source='cord blood' tested=donor {NURSE}"),
        ("donor.unknown", FIT, f"{CONSENT.replace(DONOR, OTHER_DONOR)} signer=donor {NURSE}"),
        ("donor.unknown_document", FIT, f"{CONSENT.replace('version=1', 'version=9')} signer=donor {NURSE}"),
        ("donor.wrong_signer", donor(source=CORD), f"{CONSENT} signer=donor {NURSE}"),
        ("donor.no_reference", donor(source=CORD), f"{CONSENT} signer=bank {NURSE}"),
        (
            "donor.test_missing",
            FIT,
            f"{DECIDE} eligibility=eligible tests='{NO_CMV}'",
        ),
        ("donor.test_positive", FIT, f"{DECIDE} eligibility=eligible tests='{POSITIVE}'"),
        (
            "donor.unknown_test",
            FIT,
            f"{DECIDE} eligibility=eligible tests='{WITH_WNV}'",
        ),
        (
            "donor.sample_later",
            FIT,
            f"{DECIDE.replace('sampled_on=2026-01-04', 'sampled_on=2026-01-09')} eligibility=eligible tests='{TESTS}'",
        ),
        ("donor.sample_unknown", FIT.replace("sampled_on=2026-01-04", ""), COLLECT),
        ("donor.exception_reason", FIT, f"{EXCEPTION} exception=convenience"),
        ("donor.exception_physician", FIT, f"{EXCEPTION} exception='urgent medical need' {NURSE}"),
        (
            "assignment.same",
            f"{PATIENT}\n{FIT}\n2026-01-06 assign_donor S-001 donor={DONOR}",
            f"2026-01-07 assign_donor S-001 donor={DONOR}",
        ),
        (
            "assignment.no_reason",
            f"{PATIENT}\n{FIT}{donor(OTHER_DONOR)}\n2026-01-06 assign_donor S-001 donor={DONOR}",
            f"2026-01-07 assign_donor S-001 donor={OTHER_DONOR}",
        ),
        # collecting
        ("donor.no_consent", without(FIT, " record_donor_consent "), COLLECT),
        ("donor.withdrew", FIT + WITHDREW, COLLECT),
        ("donor.not_eligible", without(FIT, " decide_donor_eligibility "), COLLECT),
        ("donor.sample_old", FIT, COLLECT.replace("2026-01-08", "2026-01-12")),
        ("donor.other_source", FIT, COLLECT.replace("peripheral blood", CORD)),
        (
            "collection.same_donation",
            f"{FIT}\n{COLLECT} donation_number=G123498654321H",
            f"{COLLECT.replace(COLLECTION, OTHER_COLLECTION)} donation_number==G12349865432177",
        ),
        # keeping
        ("cells.unknown", WHOLE, SAMPLE.replace(LOT, THIRD_DOSE)),
        ("cells.gone", GIVEN, f"2026-01-20T15:00 put_in_storage {DOSE} place=refrigerator {MAKER}"),
        ("cells.issued", AT_THE_BEDSIDE, f"2026-01-20T13:30 take_sample {DOSE} sample=Q-1 volume_ml=2 {MAKER}"),
        (
            "custody.goes_back",
            f"{LOT_THERE}{STORE}",
            f"2026-01-20T08:30 take_out_of_storage {LOT} place=refrigerator {MAKER}",
        ),
        ("custody.stored", f"{LOT_THERE}{STORE}", HAND_OVER.replace("T09", "T10")),
        (
            "custody.not_there",
            f"{LOT_THERE}{STORE}",
            f"2026-01-20T10:00 take_out_of_storage {LOT} place=incubator {MAKER}",
        ),
        ("custody.not_the_holder", LOT_THERE, HAND_OVER.replace("giver=lab-1", "giver=lab-3")),
        ("custody.one_person", LOT_THERE, HAND_OVER.replace("taker=lab-2", "taker=lab-1")),
        ("custody.no_temperature", LOT_THERE, HAND_OVER.replace("lowest_c=4 highest_c=6", "")),
        ("storage.unknown_place", LOT_THERE, STORE.replace("refrigerator", "fridge")),
        ("discard.no_witness", LOT_THERE, f"2026-01-20T12:00 discard {LOT} reason='bag leaks' {MAKER}"),
        # making
        ("process.unknown_step", IN_LABORATORY, f"2026-01-08T12:00 process {COLLECTION} step=washing {MAKER}"),
        (
            "process.ends_before_start",
            IN_LABORATORY,
            f"{SEPARATION} started_at=2026-01-08T13:00+08:00[Asia/Shanghai] {MAKER}",
        ),
        ("reagent.not_said", IN_LABORATORY, f"{SEPARATION} reagents='{NO_EXPIRY}' {MAKER}"),
        ("reagent.expired", IN_LABORATORY, f"{SEPARATION} reagents='{EXPIRED}' {MAKER}"),
        (
            "reagent.disagrees",
            IN_LABORATORY + cultured(),
            f"2026-01-20T05:30 process {COLLECTION} step=selection reagents='{OTHER_EXPIRY}' {MAKER}",
        ),
        ("equipment.not_said", IN_LABORATORY, f"{SEPARATION} equipment='{NO_CALIBRATION}' {MAKER}"),
        (
            "equipment.not_calibrated",
            IN_LABORATORY,
            f"{SEPARATION} equipment='{UNCALIBRATED}' {MAKER}",
        ),
        ("lot.not_received", NOT_RECEIVED, MAKE),
        ("cells.not_received", NOT_RECEIVED, f"{SEPARATION} {MAKER}"),
        ("lot.no_volume", GROWN, MAKE.replace("volume_ml=120", "")),
        ("lot.no_time", GROWN, MAKE.replace("T06:00", "")),
        ("lot.other_donor", f"{GROWN}{donor(OTHER_DONOR)}\n2026-01-09 assign_donor S-001 donor={OTHER_DONOR}", MAKE),
        ("lot.step_missing", without(GROWN, "step=culture"), MAKE),
        ("lot.for_nobody", GROWN, MAKE.replace("recipient=S-001", "")),
        (
            "lot.donor_of_another",
            f"{GROWN}\n{SECOND}2026-01-09 assign_donor S-002 donor={DONOR}",
            MAKE,
        ),
        ("lot.more_than_collected", GROWN, f"{MAKE} taken_ml=70"),
        ("sample.exists", f"{LOT_THERE}{SAMPLE}", SAMPLE.replace("06:30", "06:40")),
        ("volume.too_much", LOT_THERE, SAMPLE.replace("volume_ml=2", "volume_ml=121")),
        ("divide.does_not_add_up", LOT_THERE, f"2026-01-20T07:00 divide {LOT} volumes_ml=60,50 rest_ml=5 {MAKER}"),
        (
            "divide.volume_unknown",
            f"{GROWN}\n{MAKE.replace('volume_ml=120', '')} told",
            f"2026-01-20T07:00 divide {LOT} volumes_ml=60,60 {MAKER}",
        ),
        # labels
        ("label.nothing", LOT_THERE, f"2026-01-20T07:00 print_label {DOSE} {MAKER}"),
        ("label.not_first", UNTOUCHED, f"2026-01-20T07:20 print_label {DOSE} {MAKER}"),
        ("label.not_valid", UNTOUCHED, f"2026-01-20T07:20 void_label {DOSE} label=2 reason=torn {MAKER}"),
        # release
        (
            "release.typed_per_kg",
            LOT_THERE,
            f"2026-01-20T07:30 record_release_test {LOT} test=t-cells value=1e5 unit=/kg {TESTER}",
        ),
        (
            "release.result",
            LOT_THERE,
            f"2026-01-20T07:30 record_release_test {LOT} test=cell-count value=1e300 unit=/mL {TESTER}",
        ),
        (
            "release.before_lot",
            LOT_THERE,
            f"2026-01-19T07:30 record_release_test {LOT} test=gram value=negative {TESTER}",
        ),
        ("release.no_physician", UNTOUCHED + results(), RELEASE.replace(INVESTIGATOR, "")),
        ("release.held", UNTOUCHED.replace("temperature_c=20", HELD) + results(), RELEASE),
        ("release.recalled", UNTOUCHED + results() + RECALLED.replace("T09:30", "T07:45"), RELEASE),
        # for whom
        ("assign.assigned", WHOLE, ASSIGN),
        ("assign.not_assigned", CORD_LOT + SECOND, f"{REASSIGN} {INVESTIGATOR}"),
        ("assign.same", WHOLE, f"{REASSIGN.replace('S-002', 'S-001')} {INVESTIGATOR}"),
        ("assign.unknown_recipient", CORD_LOT, ASSIGN.replace("S-001", "S-009")),
        (
            "assign.recipient_dead",
            f"{CORD_LOT}2026-01-19 record_death S-001 cause=infection how_known=ward",
            ASSIGN,
        ),
        ("assign.given", GIVEN + SECOND, f"{REASSIGN} {INVESTIGATOR}"),
        ("assign.issued", AT_THE_BEDSIDE + SECOND, f"{REASSIGN} {INVESTIGATOR}"),
        ("assign.own_work", CORD_LOT, ASSIGN.replace("lab-3", "lab-2")),
        ("assign.no_investigator", CORD_LOT, ASSIGN.replace(INVESTIGATOR, "")),
        ("assign.limit", CORD_LOT, ASSIGN.replace("weight_kg=70", "weight_kg=40")),
        ("assign.exception", EXCEPTED, ASSIGN),
        # issue
        ("cells.no_time", OUT, ISSUE.replace("T13:20", "")),
        (
            "lot.chain_changed",
            f"{OUT}{donor(OTHER_DONOR)}\n2026-01-20T12:00 assign_donor S-001 donor={OTHER_DONOR} reason=matched",
            ISSUE,
        ),
        ("lot.no_recipient", CORD_LOT + TAKE_OUT, ISSUE),
        ("lot.recalled", OUT + RECALLED, ISSUE),
        ("lot.held", OUT.replace("temperature_c=4", "temperature_c=9.5"), ISSUE),
        ("lot.test_unknown", without(without(OUT, "test=gram"), " release "), ISSUE),
        (
            "lot.over_all_doses",
            GIVEN
            + lot_made(OTHER_LOT)
            + divided(OTHER_LOT, SECOND_DOSE)
            + results(OTHER_LOT, t_cells="0.65")
            + released(OTHER_LOT)
            + f"2026-01-20T16:00 take_out_of_storage {SECOND_DOSE} place=refrigerator {QUALITY}",
            ISSUE.replace(DOSE, SECOND_DOSE).replace("T13:20", "T16:10"),
        ),
        ("label.none", without(OUT, " print_label "), ISSUE),
        ("issue.no_weight", without(OUT, "record_facts", "weight"), ISSUE.replace("weight_kg=70", "")),
        ("issue.weight_changed", OUT, ISSUE.replace("weight_kg=70", "weight_kg=80")),
        (
            "return.not_out",
            WHOLE,
            f"2026-01-20T12:00 {COME_BACK}",
        ),
        # the bedside
        ("bedside.unreadable", UNCHECKED, checked().replace(label_code(DOSE, 1), f"{label_code(DOSE, 1)[:-1]}7")),
        ("bedside.same_code", UNCHECKED, checked().replace(label_code("S-001", 1), label_code(DOSE, 1))),
        (
            "bedside.swapped",
            UNCHECKED,
            f"2026-01-20T13:45 check_at_bedside S-001 wristband={label_code(DOSE, 1)} "
            f"dose_label={label_code('S-001', 1)} {NURSE} {INVESTIGATOR}",
        ),
        ("bedside.no_dose", UNCHECKED, checked(dose=LOT)),
        (
            "bedside.wrong_person",
            UNCHECKED + "\n" + SECOND + wristband("S-002"),
            checked().replace(label_code("S-001", 1), label_code("S-002", 1)),
        ),
        (
            "bedside.old_label",
            f"{UNCHECKED}\n2026-01-20T13:30 print_label {DOSE} reason=reprint {MAKER}",
            checked(),
        ),
        ("bedside.one_person", UNCHECKED, checked().replace(INVESTIGATOR, "")),
        ("bedside.checked_already", AT_THE_BEDSIDE, checked(on="2026-01-20T13:50")),
        ("bedside.not_checked", UNCHECKED, start()),
        ("bedside.check_old", AT_THE_BEDSIDE, start(on="2026-01-20T15:00")),
        (
            "bedside.label_void",
            f"{AT_THE_BEDSIDE}2026-01-20T13:50 void_label {DOSE} label=1 reason=torn {NURSE}",
            start(),
        ),
        # the infusion
        ("infusion.more_than_held", AT_THE_BEDSIDE, start(more="volume_ml=500")),
        ("infusion.bag_begun", TWO_READY + NEXT_BAG, f"2026-01-20T14:20 {RESUME} dose_code={DOSE}"),
        ("infusion.not_complete", TWO_READY, f"{END} how=complete volume_ml=120 {NURSE}"),
        ("dose.not_named", AT_THE_BEDSIDE, start().replace(f"doses={DOSE}", f"lot={LOT}")),
        ("dose.unknown", AT_THE_BEDSIDE, start(doses=THIRD_DOSE)),
        (
            "dose.gone",
            f"{WHOLE}2026-01-20T12:00 discard {DOSE} reason='bag leaks' {MAKER} with lab-2:cell_laboratory\n"
            + wristband(),
            checked(),
        ),
        ("dose.not_issued", without(UNCHECKED, " issue "), checked()),
        (
            "infusion.two_lots",
            AT_THE_BEDSIDE + lot_made(OTHER_LOT) + divided(OTHER_LOT, SECOND_DOSE),
            start(doses=f"{DOSE},{SECOND_DOSE}"),
        ),
        ("infusion.not_started", AT_THE_BEDSIDE, f"2026-01-20T14:10 interrupt_infusion S-001 reason=fever {NURSE}"),
        ("infusion.interrupted", INTERRUPTED, f"2026-01-20T14:15 interrupt_infusion S-001 reason=fever {NURSE}"),
        ("infusion.goes_back", INTERRUPTED, f"2026-01-20T14:05 {RESUME}"),
        ("infusion.not_interrupted", GIVEN, f"2026-01-20T14:15 {RESUME}"),
        ("infusion.other_bag", TWO_BAGS + start(), f"2026-01-20T14:15 {RESUME} dose_code={SECOND_DOSE}"),
        ("infusion.expired_meanwhile", INTERRUPTED, f"2026-01-20T23:10 {RESUME}"),
        (
            "infusion.stopped_meanwhile",
            f"{INTERRUPTED}2026-01-20T14:12 recall {LOT} reason='medium contaminated' {QUALITY}",
            f"2026-01-20T14:15 {RESUME}",
        ),
        ("infusion.over", f"{GIVEN}{END} how=complete volume_ml=120 {NURSE}", f"2026-01-20T15:00 {RESUME}"),
        (
            "infusion.stop_without_reason",
            GIVEN,
            f"{END} how=stopped volume_ml=80 discarded_ml=40 {NURSE} {INVESTIGATOR}",
        ),
        (
            "infusion.volume_open",
            GIVEN,
            f"{END} how=stopped reason=fever volume_ml=80 discarded_ml=30 {NURSE} {INVESTIGATOR}",
        ),
        (
            "infusion.rest_without_witness",
            GIVEN,
            f"{END} how=stopped reason=fever volume_ml=80 discarded_ml=40 {NURSE}",
        ),
        # putting right
        (
            "correct.descent",
            UNTOUCHED,
            f'- correct entry=a14 reason_code=other why=typed content=\'{{"recipient":"S-002"}}\' {MAKER}',
        ),
        ("correct.volume", LOT_THERE + SAMPLE, correction("a14", '{"volume_ml":"1"}', f"{MAKER} {SECOND_PERSON}")),
        ("correct.divided", UNTOUCHED, correction("a14", '{"volume_ml":"100"}', f"{MAKER} {SECOND_PERSON}")),
        (
            "correct.expiry",
            LOT_THERE,
            correction("a14", f'{{"expires_at":"2026-01-22T23:00{ZONE}"}}', f"{MAKER} {SECOND_PERSON}"),
        ),
        (
            "correct.volume_open",
            f"{GIVEN}{END} how=complete volume_ml=120 {NURSE}",
            correction(f"a{acts_in(GIVEN) + 2}", '{"volume_ml":"980"}', NURSE),
        ),
        ("amend.one_person", WHOLE, f"- retract entry=a{acts_in(WHOLE) + 1} reason_code=other why=wrong {QUALITY}"),
        (
            "amend.own_work",
            WHOLE,
            f"- retract entry=a{acts_in(WHOLE) + 1} reason_code=other why=wrong {MAKER} {SECOND_PERSON}",
        ),
        ("retract.used", UNTOUCHED, f"- retract entry=a14 reason_code=other why='wrong lot' {MAKER}"),
        # alerts
        ("alert.unknown", "", ANSWER.replace("a6.2", "a99")),
        (
            "alert.not_called",
            IN_LABORATORY.replace("temperature_c=20", HELD),
            ANSWER.replace(QUALITY, NURSE),
        ),
        (
            "alert.own_work",
            IN_LABORATORY.replace("temperature_c=20", HELD),
            ANSWER.replace(QUALITY, MAKER),
        ),
        ("alert.answered", f"{IN_LABORATORY.replace('temperature_c=20', HELD)}{ANSWER}", ANSWER),
    )
)
