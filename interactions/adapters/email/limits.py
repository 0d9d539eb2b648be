"""How much of one mail is read: together they bound the time and memory that any 25 MB of bytes can cost."""

RAW_BYTES = 50 * 1024 * 1024  # above it only the header is read
HEAD_BYTES = 8_000_000  # of all headers of a mail or part
HEADER_BYTES = 32 * 1024  # of one header's value
SAME_HEADER = 20  # of one name
PARTS = 1000
DEPTH = 20  # parts within parts
BOUNDARIES = 20_000  # places that look like one, in one mail
TEXT_BYTES = 2_000_000  # of one text part
TEXT_CHARS = 500_000  # of the text that is shown
HTML_CHARS = 1_000_000  # of all formatted parts together
HTML_TAGS = 60_000
HTML_ENTITIES = 100_000
HTML_DEPTH = 80
ADDRESSES = 500  # of one header
REFERENCES = 100
GUESSES = 6  # charsets guessed in one mail, at some 50 ms each
FORWARDED = 5  # messages within the message whose text is shown
TNEF_BYTES = 500_000_000  # objects in a winmail.dat times its size: tnefparse copies the rest for each
TNEF_STEPS = 20_000  # properties, values and receivers in it
BOUNCE_BYTES = 200_000  # of a bounce that flufl.bounce is given
QUOTE_LINES = 2_000  # where a quotation is looked for
NAME_CHARS = 120
