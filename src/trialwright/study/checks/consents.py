"""Do the consent forms fit together: who must consent again must have consented before."""

from collections.abc import Iterator

from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.reader import StudyFile


def renewal_of_nothing(file: StudyFile) -> Iterator[Finding]:
    """A form that asks for renewed consent, and no earlier version that anybody could have signed."""
    find = Finder(file, "renewal-of-nothing", "error")
    documents = file.study.consent
    for index, document in enumerate(documents):
        older = [one for one in documents if one.id == document.id and one.valid_from < document.valid_from]
        if document.reconsent is not None and not older:
            yield find(
                ("consent", index, "reconsent"),
                f"{document.id} {document.version}",
                f"{document.id} {document.version} must be signed again, and no earlier version of it is named.",
                "Keep the earlier version above it, with its own valid_from, or delete `reconsent`.",
            )


def empty_renewal(file: StudyFile) -> Iterator[Finding]:
    """Renewed consent that nobody needs, or that nothing waits for."""
    find = Finder(file, "empty-renewal", "warning")
    for index, document in enumerate(file.study.consent):
        renewal = document.reconsent
        for key in ("who", "before") if renewal else ():
            if not getattr(renewal, key):
                yield find(
                    ("consent", index, "reconsent", key),
                    f"{document.id} {document.version}",
                    f"`{key}` is empty: {'nobody must sign it again' if key == 'who' else 'nothing waits for it'}.",
                    f"Name some, or leave `{key}` out: then it is all of them.",
                )


def nobody_approves(file: StudyFile) -> Iterator[Finding]:
    """Amendments need two people, and the study names no role for the second."""
    if not file.study.amendments.second_approval:
        yield Finder(file, "nobody-approves", "error")(
            ("amendments", "second_approval"),
            "amendments",
            "a new version of this file is approved by two people, and no role is named for the second.",
            "Name one or more of: administrator, data manager, safety board; or leave the line out.",
        )


CHECKS: tuple[Check, ...] = (renewal_of_nothing, empty_renewal, nobody_approves)
