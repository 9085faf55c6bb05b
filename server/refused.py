"""What the command line says instead of doing what it was asked for."""


class Refused(Exception):
    """Something is not as it must be; the message, for a person, is printed and the program ends."""

    exit_code = 1
