"""What a verb raises that says no: the sentence is for the person who asked."""


class Refused(Exception):
    """Nothing was done; the message says why, and what to do."""
