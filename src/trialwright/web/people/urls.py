"""Addresses of accounts. Of django-allauth only the pages that are used: no sign-up, no mail, no reset by mail."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from trialwright.web.pages import accounts, people, users

ACCOUNTS = [
    path("log-in/", people.log_in, name="log-in"),
    path("log-in/", people.log_in, name="account_login"),
    path("log-in/second-factor/", factors.authenticate, name="mfa_authenticate"),
    path("log-in/", people.log_in, name="account_inactive"),
    path("log-out/", people.LogOut.as_view(), name="log-out"),
    path("log-out/", people.LogOut.as_view(), name="account_logout"),
    path("account/", accounts.account, name="account"),
    path("account/", accounts.account, name="mfa_index"),
    path("account/stay/", accounts.stay, name="stay"),
    path("account/password/", accounts.change_password, name="account_change_password"),
    path("account/again/", account.reauthenticate, name="account_reauthenticate"),
    path("account/again/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("account/again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/device/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/device/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/codes/", accounts.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("account/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("users/", users.users, name="users"),
    path("users/open/", users.open_account, name="open-account"),
    path("users/<str:code>/", users.user, name="user"),
    path("users/<str:code>/change/", users.change_user, name="change-user"),
    path("log-ins/", users.log_ins, name="log-ins"),
    path("log-ins/file/", users.log_ins_csv, name="log-ins-csv"),
]
