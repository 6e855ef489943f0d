"""Which roles somebody holds at which sites."""

from collections.abc import Iterator

from django.http import HttpRequest

from trialwright.conduct.roles import Role
from trialwright.web.people.models import Person


def posts_of(request: HttpRequest) -> Iterator[tuple[Role, str]]:
    """Role and site of everything the person who is logged in holds, in the order it was given."""
    person = request.user
    if isinstance(person, Person) and person.is_active:
        for one in person.memberships.order_by("pk"):
            yield Role(one.role), one.site
