"""One folder per channel, all alike: how customers reach us by it and how we answer."""
