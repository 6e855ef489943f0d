"""`python -m trialwright` is `trialwright`."""

from trialwright.cli import main

main()
