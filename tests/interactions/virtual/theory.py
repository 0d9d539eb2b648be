"""Closed forms of queueing theory, written from the textbooks and not from our code."""

import math


def erlang_c(arrivals_per_hour, aht, agents, target):
    """Service level and average wait in seconds of M/M/n.

    Erlang B by its stable recursion, from it Erlang C (Cooper, Introduction to Queueing Theory, 1981, 3.4).
    """
    come, served = arrivals_per_hour / 3600, 1 / aht
    load = come / served
    inverse = 1.0
    for n in range(1, agents + 1):
        inverse = 1 + inverse * n / load
    blocked = 1 / inverse
    waits = agents * blocked / (agents - load * (1 - blocked))
    spare = agents * served - come
    return 1 - waits * math.exp(-spare * target), waits / spare


def erlang_a(arrivals_per_hour, aht, agents, patience):
    """Share that gives up in M/M/n+M, from the stationary distribution of its birth and death chain.

    Deaths are min(k, n)μ + max(k - n, 0)θ; those who leave per second are θ times those who wait (Garnett, Mandelbaum,
    Reiman, Designing a Call Center with Impatient Customers, 2002).
    """
    come, served, gives_up = arrivals_per_hour / 3600, 1 / aht, 1 / patience
    weight, total, waiting = 1.0, 1.0, 0.0
    for k in range(1, 5000):
        weight *= come / (min(k, agents) * served + max(k - agents, 0) * gives_up)
        total += weight
        waiting += max(k - agents, 0) * weight
    return gives_up * waiting / total / come
