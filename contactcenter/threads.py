"""From the loop to a thread and back, as cheaply as may be: every line, page and mark makes this way."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import copy_context
from functools import partial


async def visit[**P, R](threads: Executor, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `fn` on one of the threads, in a copy of the caller's context.

    asgiref's own also carries back what `fn` changed of the context and lets it return to the loop meanwhile: nobody
    here needs either, and the two would be half of what a visit costs.
    """
    call = partial(copy_context().run, fn, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(threads, call)
