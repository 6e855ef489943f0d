"""Participants: everybody with a casebook, and where each stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialwright.endpoints import courses
from trialwright.web.door import standing


def participants(request: HttpRequest) -> HttpResponse:
    """Everybody with a casebook: those who hold a place by number, then those in screening, then those who left it."""
    stands = standing(request)
    walked = {one.code: one for one in courses(stands.study, stands.trial, stands.today)}
    books = sorted(stands.books.values(), key=lambda book: (book.number is None, book.number or 0, book.code))
    return render(request, "participants.html", {"rows": [(book, walked.get(book.code)) for book in books]})
