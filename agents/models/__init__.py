from agents.channels import Channel
from agents.models.agent import Agent, AwayReason
from agents.models.capacity import Capacity
from agents.models.person import Person, Team
from agents.models.phone_check import PhoneCheck
from agents.models.presence import Lease
from agents.models.skill import AgentSkill, Skill
from agents.models.status_change import StatusChange

__all__ = [
    "Agent",
    "AgentSkill",
    "AwayReason",
    "Capacity",
    "Channel",
    "Lease",
    "Person",
    "PhoneCheck",
    "Skill",
    "StatusChange",
    "Team",
]
