"""Who can work: people, agents, skills, teams and presence. Knows nothing of interactions."""
