"""Every kind of reminder, in the order in which a mail speaks of them."""

from typing import Any

from tracker.models import ReminderKind
from tracker.notifications.kinds.agreements import DueAgreements
from tracker.notifications.kinds.approvals import WaitingApprovals
from tracker.notifications.kinds.asked import BoardAsks, SupportAskedFor, SupportSpokenOf
from tracker.notifications.kinds.base import Kind
from tracker.notifications.kinds.check_ins import DueCheckIns
from tracker.notifications.kinds.dialogues import BeforeDialogues
from tracker.notifications.kinds.effects import DueEffects
from tracker.notifications.kinds.measure_ends import EndingMeasures
from tracker.notifications.kinds.national import BeforeNationalMeetings
from tracker.notifications.kinds.team_evaluations import TeamEvaluations
from tracker.notifications.kinds.week import TheWeek

WEEK = TheWeek()

KINDS: dict[ReminderKind, Kind[Any]] = {
    kind.kind: kind
    for kind in (
        BeforeDialogues(),
        WEEK,
        BeforeNationalMeetings(),
        SupportAskedFor(),
        SupportSpokenOf(),
        BoardAsks(),
        WaitingApprovals(),
        DueAgreements(),
        DueCheckIns(),
        DueEffects(),
        EndingMeasures(),
        TeamEvaluations(),
    )
}
