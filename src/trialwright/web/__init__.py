"""The application at the site: what a nurse, an investigator, a technician and a monitor see and do in a browser.

It holds no rule of the trial. Every page shows what the core computes from the study and the ledger; everything that is
done goes through an act.
"""
