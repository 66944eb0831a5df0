"""The phases of the läsår as a row of steps, the present one marked."""

from dataclasses import dataclass

from tracker.cycle.calendar import Phase


@dataclass(frozen=True, slots=True)
class Step:
    """A phase of the läsår, as `ui.stepper` shows it."""

    label: str
    when: str
    state: str
    note: str = ""


def stepper(now_in: Phase | None, *, over: bool = False) -> list[Step]:
    """The five phases with the present one marked; None: the läsår has not begun."""
    phases = list(Phase)
    here = len(phases) if over else phases.index(now_in) if now_in is not None else -1
    states = [
        "done" if n < here else "current" if n == here else "ahead" for n in range(len(phases))
    ]
    return [
        Step(phase.label, phase.when, state) for phase, state in zip(phases, states, strict=True)
    ]
