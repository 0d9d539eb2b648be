from interactions.models.customer import Address, Customer, CustomerNote, Visitor
from interactions.models.draft import Draft
from interactions.models.entry_point import EntryPoint
from interactions.models.event import Event
from interactions.models.hours import Hours, HoursException, OpeningPeriod
from interactions.models.interaction import Interaction, Segment
from interactions.models.message import Attachment, Message, Upload
from interactions.models.offer import Exclusion, Offer
from interactions.models.outcome import CannedReply, Disposition
from interactions.models.queue import Membership, Queue, QueueSkill

__all__ = [
    "Address",
    "Attachment",
    "CannedReply",
    "Customer",
    "CustomerNote",
    "Disposition",
    "Draft",
    "EntryPoint",
    "Event",
    "Exclusion",
    "Hours",
    "HoursException",
    "Interaction",
    "Membership",
    "Message",
    "Offer",
    "OpeningPeriod",
    "Queue",
    "QueueSkill",
    "Segment",
    "Upload",
    "Visitor",
]
