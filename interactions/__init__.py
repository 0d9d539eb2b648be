"""The work: customers, queues, interactions, routing, channels and what each screen shows. Knows agents."""
