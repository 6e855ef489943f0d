"""Every address of the application. Who may open it stands in `access`."""

from django.urls import include, path

from trialwright.web.acts import views as acts
from trialwright.web.pages import casebook, faults, home, participants, people
from trialwright.web.people.urls import ACCOUNTS

handler404 = faults.not_found
handler403 = faults.forbidden
handler500 = faults.broken

urlpatterns = [
    path("", home.home, name="home"),
    path("clock/", home.pass_time, name="let-pass"),
    path("trial/", home.choose_trial, name="choose-trial"),
    path("participants/", participants.participants, name="participants"),
    path("participants/<str:code>/", casebook.casebook, name="casebook"),
    path("entries/<str:id>/", casebook.entry, name="entry"),
    path("acts/<str:name>/", acts.act, name="act"),
    path("about/<str:code>/acts/<str:name>/", acts.act, name="act-about"),
    *ACCOUNTS,
    path("post/", people.choose_post, name="choose-post"),
    path("theme/", people.choose_theme, name="choose-theme"),
    path("language/", include("django.conf.urls.i18n")),
]
