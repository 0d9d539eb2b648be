from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from contactcenter import valkey


def test_threads_that_ask_first_at_the_same_time_share_one_client() -> None:
    valkey._client.cache_clear()
    together = Barrier(8)

    def ask() -> object:
        together.wait()
        return valkey.valkey()

    with ThreadPoolExecutor(8) as threads:
        clients = {id(client) for client in threads.map(lambda _: ask(), range(8))}
    assert len(clients) == 1
