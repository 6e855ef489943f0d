"""Every address of the application. Who may open it stands in `access`."""

from django.urls import include, path

from trialwright.web.acts import amending
from trialwright.web.acts import views as acts
from trialwright.web.pages import (
    audit,
    bedside,
    casebook,
    cells,
    entries,
    events,
    faults,
    home,
    infusion,
    participants,
    people,
    queries,
    reports,
    safety,
    signing,
    study,
    treatment,
    values,
    visits,
)
from trialwright.web.pages import path as way_in
from trialwright.web.people.urls import ACCOUNTS

handler404 = faults.not_found
handler403 = faults.forbidden
handler500 = faults.broken

urlpatterns = [
    path("", home.home, name="home"),
    path("clock/", home.pass_time, name="let-pass"),
    path("trial/", home.choose_trial, name="choose-trial"),
    path("participants/", participants.participants, name="participants"),
    path("participants/new/", way_in.new, name="path-new"),
    path("participants/<str:code>/", casebook.casebook, name="casebook"),
    path("participants/<str:code>/path/", way_in.path, name="path"),
    path("participants/<str:code>/visits/", visits.visits, name="visits"),
    path("participants/<str:code>/visits/<str:visit>/", visits.visit, name="visit"),
    path("participants/<str:code>/events/", events.events, name="events"),
    path("participants/<str:code>/events/new/", events.new, name="event-new"),
    path("participants/<str:code>/events/terms/", events.terms, name="terms"),
    path("participants/<str:code>/events/<str:id>/", events.event, name="event"),
    path("participants/<str:code>/values/", values.values, name="values"),
    path("participants/<str:code>/treatment/", treatment.treatment, name="treatment"),
    path("participants/<str:code>/treatment/chemotherapy/", treatment.chemotherapy, name="chemotherapy"),
    path("participants/<str:code>/treatment/go/", treatment.go, name="go"),
    path("participants/<str:code>/treatment/<str:act>/", treatment.given, name="given"),
    path("participants/<str:code>/possible/", casebook.possible, name="possible"),
    path("entries/<str:id>/", entries.entry, name="entry"),
    path("entries/<str:id>/brief/", entries.brief, name="entry-brief"),
    path("entries/<str:id>/correct/", amending.correct, name="correct"),
    path("audit/", audit.audit, name="audit"),
    path("audit/audit-trail.csv", audit.export_csv, name="audit-csv"),
    path("audit/audit-trail.pdf", audit.export_pdf, name="audit-pdf"),
    path("study/", study.study, name="study"),
    path("study/study.yaml", study.as_adopted, name="study-file"),
    path("acts/<str:name>/", acts.act, name="act"),
    path("about/<str:code>/acts/<str:name>/", acts.act, name="act-about"),
    path("cells/", cells.laboratory, name="cells"),
    path("cells/trace/", cells.trace, name="trace"),
    path("cells/<str:code>/label/", cells.label, name="label"),
    path("cells/<str:code>/certificate/", cells.certificate, name="certificate"),
    path("cells/<str:code>/", cells.code, name="cells-code"),
    path("participants/<str:code>/infusion/", infusion.infusion, name="infusion"),
    path("participants/<str:code>/bedside/", bedside.bedside, name="bedside"),
    path("safety/", safety.safety, name="safety"),
    path("safety/report/", reports.board, name="safety-report"),
    path("results/", reports.results, name="results"),
    path("to-sign/", signing.waiting, name="to-sign"),
    path("to-sign/<str:code>/<str:meaning>/", signing.sign, name="sign"),
    path("queries/", queries.queries, name="queries"),
    path("queries/lock/", queries.readiness, name="lock-readiness"),
    path("report.css", reports.style, name="report-style"),
    *ACCOUNTS,
    path("post/", people.choose_post, name="choose-post"),
    path("theme/", people.choose_theme, name="choose-theme"),
    path("language/", include("django.conf.urls.i18n")),
]
