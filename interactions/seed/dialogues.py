"""What was said. A line that starts with > is the customer's, with < the agent's; {order} and {agent} are filled in."""

import random
from dataclasses import dataclass

from interactions.models import Queue


@dataclass(frozen=True)
class Dialogue:
    disposition: str
    lines: list[tuple[bool, str]]  # said by the customer, text

    def told(self, agent: str, dice: random.Random) -> list[tuple[bool, str]]:
        order = f"TO-{dice.randint(20_000, 69_999)}"
        return [(customer, text.format(order=order, agent=agent.split(" ")[0])) for customer, text in self.lines]


def _read(text: str) -> list[Dialogue]:
    """Dialogues are parted by empty lines; the first line of each is its disposition."""
    dialogues = []
    for block in text.strip().split("\n\n"):
        disposition, *lines = block.splitlines()
        dialogues.append(Dialogue(disposition, [(line[0] == ">", line[2:]) for line in lines]))
    return dialogues


SALES = """
Question answered
> Hi! Is the Linden table also available in 220 cm?
< Hello, this is {agent}. Yes: 180, 200 and 220 cm. The 220 has a lead time of five weeks.
> Oh nice. And the same legs?
< The legs are a bit heavier on the 220, so that it does not swing. I can mail you the drawing.
> Please do
< Sent. Anything else?
> No that was it, thank you 😊

Order placed
> We would like to order six of the Heron chairs but the shop only lets me put four in the basket
< Hi, {agent} here. There are four in the warehouse and two more arrive on Thursday. I can order all six for you, in one delivery.
> That would be great. One delivery is better for us
< Done, the order is {order}. You get a mail with a payment link in a minute.
> Got it. Paid. Thanks!
< Thank you. Enjoy the chairs!

Quote sent
> Do you give a discount for companies? We furnish an office for 25 people
< Good morning, you speak with {agent}. From ten workplaces on, yes. What do you have in mind?
> Desks that go up and down, chairs, a big meeting table
< I would like a colleague of our projects team to draw it for you. Meanwhile I send you a first quote for the desks.
> Perfect, the address is in my account
< It is on its way. You hear from us tomorrow before noon.

Question answered
> What is the difference between oiled and lacquered oak?
< Oiled oak feels like wood and can be repaired by yourself. Lacquer is easier with small children.
> We have three of those :)
< Then lacquer! Or a matte hard-wax oil, which is between the two. Shall I send samples of both?
> Yes please, to the address you have
< They leave today. {agent}

Order placed
> does the bed frame come with slats
< Hello, this is {agent}. It does, for 160 and 180 cm. For 140 they are extra, 49 euro.
> ok I want the 160 in walnut
< Then nothing is extra. I put it in your basket; the code WALNUT takes off the delivery.
> ordered!! thank you
< Wonderful. Sleep well!
"""

SUPPORT = """
Solved
> One of the drawers of my cabinet does not close any more
< Hello, {agent} here. Sorry about that. Does it stop at the same place every time?
> yes about 3 cm before the end
< Then the soft-close spring has jumped out. Pull the drawer out completely, press the small lever on the right rail, and push it back in.
> wait
> it works!
< Great. Should it happen again, we send you a new rail, free of charge.
> thanks a lot, that was quick

Replacement sent
> I'm missing a bag of screws. Order {order}
< Hi, this is {agent}. Which piece is it, and which letter is on the step where you are stuck?
> The Alder bookcase, step F
< That is bag 4. I send it by letter mail today, you have it the day after tomorrow.
> Thanks. Can I already put books in the lower half?
< Please wait: step F holds the back panel, without it the case is not stable.
> ok clear

Solved
> I cannot log in. It says my password is wrong but I am sure it is right
< Hello, you speak with {agent}. Let me look. Your account is fine, but it was made with your old mail address.
> Ah! we married
< Congratulations! I have put the new address in. Use "forgot password" once and you are in.
> Works. Thank you!!

Replacement sent
> The lamp I got yesterday flickers
< I am sorry. {agent} here. Does it flicker on the lowest step too, or only when dimmed half way?
> only half way
< Then the dimmer is faulty. I send you a new one; you keep the shade. No need to send anything back.
> Very kind, thanks

Question answered
> how do I get a red wine stain out of the sofa cover (linen)
< Quickly: sparkling water and a white cloth, dab, do not rub. Then wash the cover at 30 degrees, no softener.
> it is two days old...
< Then dab with a spoon of washing soda in a cup of warm water first. If it stays, a new cover is 89 euro. {agent}
> I'll try, thank you

Handed to the back office
> The table top has a crack along the grain, about 20 cm. I have it for a year
< That should not happen. I am {agent}. Could you send a photo with something for the size beside it?
> I mailed it to you just now
< Thank you, I see it. That is a case for our workshop; they decide within two days whether it is repaired at your home or replaced.
> Is that covered?
< Yes, solid wood has five years with us. You get a mail from the workshop.
"""

BILLING = """
Invoice corrected
> Hello, my invoice has the wrong company name on it
< Hello, {agent} speaking. What should it be, and which invoice?
> Order {order}. It should say Studio Klaver BV
< Corrected and sent. The old one is void, please throw it away.
> Thanks, that was fast

Refund agreed
> I returned a chair two weeks ago and have no money back yet
< I am sorry you had to ask. I am {agent}. What is the order number?
> {order}
< It arrived on Monday, but nobody booked it. I have started the refund now: 189 euro, two to five working days.
> Ok thank you
< You get a mail as confirmation.

Question answered
> Can I pay in three parts?
< Yes, from 150 euro on, without interest. Choose "in three parts" at the checkout; the first part is due when it ships.
> And if I send something back?
< Then the open parts shrink. You never pay for what you returned. {agent}
> great

Solved
> I was charged twice!!
< That is annoying. {agent} here, I am looking. One of the two is only reserved, your bank releases it by tomorrow evening.
> are you sure
< Yes. Only one payment was booked with us, reference {order}. Should it still be there on Friday, write to me and I go after it.
> ok. thanks for explaining
"""

ORDERS = """
Delivery rescheduled
> My sofa comes tomorrow but I have to work. Can it be Saturday?
< Hi, {agent} here. Order number please?
> {order}
< Saturday between 9 and 13 works. Shall I book it?
> yes please
< Done, the carrier mails you the two-hour window on Friday.
> You saved my week

Question answered
> Where is my order {order}? It was supposed to come on Tuesday
< Hello, this is {agent}. I see it left the warehouse, and stands in the depot in your town since last night.
> So when?
< It is on the truck of today, stop 14 of 22. I expect it between 15 and 17.
> ok then I stay home. thanks

Refund agreed
> The box was wet and the shelf inside is warped
< That must not happen. I am {agent}. Would you like a new one, or your money back?
> Money back, I found another one by now
< Understood. The refund of 74 euro is on its way, and the carrier collects the shelf on Thursday.
> Thank you for making it easy

Replacement sent
> they delivered the wrong colour, I ordered sage and got navy
< Oh dear. {agent} here. I see it, our label was wrong. A sage one can leave tomorrow; they take the navy one along.
> do I need the packaging
< If you still have it, good. If not, they bring blankets.
> ok good. till tomorrow then

Question answered
> Can the delivery people carry it to the 4th floor? no lift
< They can, I only need to book a second carrier. It costs nothing for members, and you are one. {agent}
> Super
< Booked. Please see that the staircase is free.
"""

DUTCH = """
Solved
> Goedemorgen, de deur van mijn kast sluit niet goed meer
< Goedemorgen, u spreekt met {agent}. Hangt de deur wat lager dan de andere?
> Ja, een paar millimeter
< Dan kunt u het bovenste scharnier stellen: de achterste schroef een halve slag naar rechts.
> Het werkt! Dank u wel
< Graag gedaan, fijne dag nog.

Replacement sent
> Hoi, er zat maar één poot bij de lamp ipv drie
< Hallo, {agent} hier. Wat vervelend! Wat is het bestelnummer?
> {order}
< De twee andere poten gaan vandaag op de post, morgen heeft u ze.
> Top, bedankt!

Question answered
> Kan ik een bank ook in de winkel proberen?
< Zeker, in Utrecht en in Rotterdam staan ze allemaal. U spreekt met {agent}.
> En op zondag?
< Utrecht is op zondag open van 12 tot 17 uur. Neem een boek mee, u mag zo lang blijven zitten als u wilt.
> Haha, dat ga ik doen
"""

LEFT_BEHIND = [
    "Hello? Anybody there?",
    "I have a question about my order",
    "Hi, is somebody there at this hour?",
    "quick question about delivery costs",
    "Never mind, I found it",
    "hello",
]
LEFT_MESSAGES = [
    "You are closed, so this way: could you call me tomorrow about order TO-31884? It has not moved for a week.",
    "Please change the delivery address of my order to Keizersgracht 12. Thanks!",
    "Can I still cancel? I ordered the wrong size an hour ago.",
]
COMMENTS = {
    5: ["Friendly and quick!", "Best help I ever had in a chat.", "", "", "Thank you 😊", ""],
    4: ["Good, but I had to wait a little.", "", "", "Solved."],
    3: ["In the end it worked.", "", "Had to explain it twice."],
    2: ["I still do not know when it comes.", ""],
    1: ["Waited far too long.", "Was sent from one to the other."],
}
TRANSFER_NOTES = [
    "Needs somebody who can look into the invoice, I cannot see it.",
    "Technical question after all, I promised that a colleague knows.",
    "Wants to change the delivery, over to you.",
]
DECLINES = ["On the phone with the workshop", "Finishing another case first", ""]

BY_QUEUE: dict[str, list[Dialogue]] = {
    "Sales": _read(SALES),
    "Support": _read(SUPPORT),
    "Billing": _read(BILLING),
    "Orders & Delivery": _read(ORDERS),
    "Dutch-speaking Support": _read(DUTCH),
}


def dialogue_for(queue: Queue, dice: random.Random) -> Dialogue:
    return dice.choice(BY_QUEUE[queue.name])
