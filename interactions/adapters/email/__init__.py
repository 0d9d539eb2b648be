"""Email: several doors, one path. Stored first, byte for byte, then read and filed; no bug on the way loses a mail."""
