"""Every address of the application. Who may open it stands in `access`."""

from django.urls import include, path

from trialwright.web.acts import views as acts
from trialwright.web.pages import (
    bedside,
    casebook,
    cells,
    events,
    faults,
    home,
    participants,
    people,
    reports,
    safety,
    treatment,
    values,
    visits,
)
from trialwright.web.pages import (
    path as way_in,
)

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
    path("entries/<str:id>/", casebook.entry, name="entry"),
    path("acts/<str:name>/", acts.act, name="act"),
    path("about/<str:code>/acts/<str:name>/", acts.act, name="act-about"),
    path("cells/", cells.laboratory, name="cells"),
    path("cells/trace/", cells.trace, name="trace"),
    path("cells/<str:code>/label/", cells.label, name="label"),
    path("cells/<str:code>/certificate/", cells.certificate, name="certificate"),
    path("cells/<str:code>/", cells.code, name="cells-code"),
    path("participants/<str:code>/bedside/", bedside.bedside, name="bedside"),
    path("safety/", safety.safety, name="safety"),
    path("safety/report/", reports.board, name="safety-report"),
    path("results/", reports.results, name="results"),
    path("report.css", reports.style, name="report-style"),
    path("log-in/", people.LogIn.as_view(), name="log-in"),
    path("log-out/", people.LogOut.as_view(), name="log-out"),
    path("post/", people.choose_post, name="choose-post"),
    path("theme/", people.choose_theme, name="choose-theme"),
    path("language/", include("django.conf.urls.i18n")),
]
