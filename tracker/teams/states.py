"""What a team may decide about a goal, and why something cannot be done with it."""

import enum


class GoalDecision(enum.StrEnum):
    """Vad gör ni nu?"""

    CONTINUE = "continue"
    ADJUST = "adjust"
    END = "end"

    @property
    def label(self) -> str:
        return {"continue": "Fortsätta", "adjust": "Justera", "end": "Avsluta"}[self]


class GoalInUse(Exception):
    """The goal has been evaluated, or goes on in a later läsår."""


class GoalEnded(Exception):
    """The goal is over: there is nothing to evaluate."""


class GoalGone(Exception):
    """Somebody has removed the goal meanwhile."""


class SomebodyEvaluated(Exception):
    """There is a later evaluation than the one that the form was shown with."""


class AlreadyTaken(Exception):
    """The goal goes on in a later läsår already."""
