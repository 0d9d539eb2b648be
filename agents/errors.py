class StaleState(Exception):
    """A guarded move lost: what it expected is no longer so. Ordinary in a race; answered with 409."""
