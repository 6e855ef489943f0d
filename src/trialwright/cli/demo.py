"""`trialwright demo`: the reference study with fifteen simulated participants."""


def demo() -> None:
    """The reference study with fifteen simulated participants; then the report on a local port."""
    raise NotImplementedError
