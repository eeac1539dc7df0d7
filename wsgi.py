"""For a WSGI server of your own: `gunicorn --no-control-socket --worker-class gthread --threads 4 wsgi:application`."""

from signing import config
from signing.bootstrap import web_application

application = web_application(config.load())
