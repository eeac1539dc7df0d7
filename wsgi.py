"""For a WSGI server of your own, with logs that hold no link and no address:

    gunicorn --no-control-socket --worker-class gthread --threads 4 --logger-class signing.web.access_log.AccessLog
             wsgi:application
"""

from signing import config
from signing.bootstrap import web_application

application = web_application(config.load())
