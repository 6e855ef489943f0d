"""Every address of the application. Who may open it stands in `access`."""

from django.urls import include, path

from trialwright.web.acts import amending
from trialwright.web.acts import views as acts
from trialwright.web.pages import audit, casebook, entries, faults, home, participants, people, study

handler404 = faults.not_found
handler403 = faults.forbidden
handler500 = faults.broken

urlpatterns = [
    path("", home.home, name="home"),
    path("clock/", home.pass_time, name="let-pass"),
    path("trial/", home.choose_trial, name="choose-trial"),
    path("participants/", participants.participants, name="participants"),
    path("participants/<str:code>/", casebook.casebook, name="casebook"),
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
    path("log-in/", people.LogIn.as_view(), name="log-in"),
    path("log-out/", people.LogOut.as_view(), name="log-out"),
    path("post/", people.choose_post, name="choose-post"),
    path("theme/", people.choose_theme, name="choose-theme"),
    path("language/", include("django.conf.urls.i18n")),
]
