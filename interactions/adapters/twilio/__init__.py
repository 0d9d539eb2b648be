"""Twilio: telephony, SMS and WhatsApp. Its words (SIDs, TwiML, statuses) stop at this folder's door.

Webhooks write to the database and answer; whatever has to be asked of Twilio is asked by jobs, outside transactions.
"""
