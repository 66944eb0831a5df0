"""What the dialogansvarig is told about a proposed time before she takes it."""

from dataclasses import dataclass
from typing import Self

from tracker import clock
from tracker.dialogues.diary import Diary, digest_of
from tracker.models import TimeProposal


@dataclass(frozen=True, slots=True)
class AboutProposal:
    """As beside a time that is typed; see `Diary`."""

    concerns: list[str]
    seen: str = ""
    """What the button carries of the doubts among them; empty when there are none. See `digest_of`."""

    @classmethod
    def of(cls, proposal: TimeProposal, diary: Diary) -> Self:
        """`diary` holds the proposed day. Of a time that has passed nothing is said: it is not to be had."""
        if proposal.starts_at <= clock.now():
            return cls([])
        dialogue, time = proposal.dialogue, (proposal.starts_at, proposal.ends_at)
        doubts = diary.doubts_at(dialogue, *time)
        return cls(diary.concerns_at(dialogue, *time), digest_of(*time, doubts) if doubts else "")
