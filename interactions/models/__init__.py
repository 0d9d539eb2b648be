from interactions.models.call import Call, CallEvent, CallLeg
from interactions.models.customer import Address, Customer, CustomerNote, Visitor
from interactions.models.delivery import Delivery
from interactions.models.draft import Draft
from interactions.models.email import Email
from interactions.models.entry_point import EntryPoint
from interactions.models.event import Event
from interactions.models.hours import Hours, HoursException, OpeningPeriod
from interactions.models.interaction import Interaction, Segment
from interactions.models.mail import RawMail
from interactions.models.mail_limits import Acknowledged, Sending
from interactions.models.mail_texts import Acknowledgement, Signature
from interactions.models.mailbox import Mailbox
from interactions.models.membership import Membership, QueueSkill
from interactions.models.message import Attachment, Message, Upload
from interactions.models.number import MenuKey, Number
from interactions.models.offer import Exclusion, Offer
from interactions.models.offer_rule import OfferRule
from interactions.models.outcome import CannedReply, Disposition
from interactions.models.phone_grant import PhoneGrant
from interactions.models.queue import Queue
from interactions.models.recording import Recording
from interactions.models.relaxation import Step, StepSkill
from interactions.models.rules_version import RulesVersion
from interactions.models.short_message import ShortMessage
from interactions.models.whatsapp_template import WhatsAppTemplate

__all__ = [
    "Acknowledged",
    "Acknowledgement",
    "Address",
    "Attachment",
    "Call",
    "CallEvent",
    "CallLeg",
    "CannedReply",
    "Customer",
    "CustomerNote",
    "Delivery",
    "Disposition",
    "Draft",
    "Email",
    "EntryPoint",
    "Event",
    "Exclusion",
    "Hours",
    "HoursException",
    "Interaction",
    "Mailbox",
    "Membership",
    "MenuKey",
    "Message",
    "Number",
    "Offer",
    "OfferRule",
    "OpeningPeriod",
    "PhoneGrant",
    "Queue",
    "QueueSkill",
    "RawMail",
    "Recording",
    "RulesVersion",
    "Segment",
    "Sending",
    "ShortMessage",
    "Signature",
    "Step",
    "StepSkill",
    "Upload",
    "Visitor",
    "WhatsAppTemplate",
]
