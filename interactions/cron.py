"""When jobs run by themselves: `manage.py rqcron interactions.cron`, one process for the whole installation."""

from rq import cron

from interactions.jobs import catch_up_with_twilio, tidy

cron.register(tidy, queue_name="default", cron="17 3 * * *")
cron.register(catch_up_with_twilio, queue_name="default", cron="* * * * *")
