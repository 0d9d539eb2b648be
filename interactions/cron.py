"""When jobs run by themselves: `manage.py rqcron interactions.cron`, one process for the whole installation."""

from rq import cron

from interactions.jobs import fetch_due_files, tidy

cron.register(tidy, queue_name="default", cron="17 3 * * *")
cron.register(fetch_due_files, queue_name="default", cron="* * * * *")
