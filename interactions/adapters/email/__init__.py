"""Email: several doors, one path. Stored first, byte for byte, then read, then filed; no bug on the way loses a mail."""
