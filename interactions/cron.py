"""When jobs run by themselves: `manage.py rqcron interactions.cron`, one process for the whole installation."""

from rq import cron

from interactions.jobs import tidy

cron.register(tidy, queue_name="default", cron="17 3 * * *")
