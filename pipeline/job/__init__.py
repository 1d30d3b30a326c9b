"""The job: every stage, in order."""
