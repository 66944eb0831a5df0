"""What a check-in refuses."""


class CheckInError(Exception):
    """A check-in that cannot be saved; the message says what to do. `field` is the one it is about."""

    def __init__(self, message: str, field: str = "situation") -> None:
        super().__init__(message)
        self.field = field
