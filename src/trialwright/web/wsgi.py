"""What a web server calls: `gunicorn trialwright.web.wsgi:application`, with the environment that `settings` names."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialwright.web.settings")
application = get_wsgi_application()
