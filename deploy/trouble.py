"""A failure that is known: one finished sentence for a person, saying what is wrong and what to do about it."""


class Trouble(Exception):
    """Ends a command with its sentence, on standard error, and exit code 1; never with a traceback."""

    def __init__(self, sentence: str) -> None:
        """Take the sentence."""
        self.sentence = sentence
        super().__init__(sentence)
