"""Intake: from the inbox to an arrival; the archive; quarantine."""
