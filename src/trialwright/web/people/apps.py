"""The Django application of accounts."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "trialwright.web.people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Listen to what happens to accounts."""
        from trialwright.web.people import signals

        assert signals
