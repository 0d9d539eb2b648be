"""What the latency of the router is held against: wakes on NOTIFY, one prepared statement, commit; no Django."""

import sys

import psycopg

ANSWER = """
    with taken as (update thin_item set state = 1 where id = %s and state = 0 returning id),
    offered as (insert into thin_offer (item, agent) select id, 1 from taken returning item)
    select pg_notify('thin', item || ' 1') from offered
"""


def main(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=0) as connection:
        connection.execute("listen thin_wakeup")
        connection.execute("set application_name = 'bare router'")
        while True:
            for notice in [*connection.notifies(stop_after=1)]:
                connection.execute(ANSWER, [int(notice.payload)])


if __name__ == "__main__":
    main(sys.argv[1])
