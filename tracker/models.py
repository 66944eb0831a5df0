"""The index of the data model, by domain. Import models from here."""

from tracker.analyses.factors import SuccessFactor
from tracker.analyses.models import (
    AdoptedAnalysis,
    AnalysisReopening,
    AnalysisState,
    AnalysisWriter,
    SituationAnalysis,
)
from tracker.analyses.problems import Cause, CauseLocation, Problem, ProblemDevelopment
from tracker.audit.models import AuditEvent, AuditEventUnit
from tracker.auth.models import (
    FailedSignIn,
    LinkPurpose,
    MailRhythm,
    OneTimeLink,
    SignInSession,
    User,
)
from tracker.calendars.models import CalendarEntry, CalendarFeed
from tracker.checkins.models import CheckIn, CheckInMeasure, CheckInUnit
from tracker.checkins.states import SupportState
from tracker.checkins.support import SupportRequest
from tracker.cycle.models import CalendarPeriod, PhaseSetting, QualityCycle, SchoolYear
from tracker.dialogues.agreements import Agreement
from tracker.dialogues.models import DialogueUnit, QualityDialogue
from tracker.dialogues.moves import DialogueMove, TimeProposal
from tracker.dialogues.notes import DialogueApproval, DialogueNote, DialogueRemark
from tracker.dialogues.questions import PreparationQuestion
from tracker.dialogues.states import (
    AgreementState,
    DialogueKind,
    DialogueState,
    MoveKind,
    Side,
)
from tracker.dialogues.topics import DialogueTopic
from tracker.evaluation.models import CarriedOut, Decision, EffectAssessment, Judgement, Term
from tracker.examples.models import GoodExample
from tracker.measures.areas import DevelopmentArea
from tracker.measures.log import MeasureLogEntry
from tracker.measures.models import Measure
from tracker.measures.parts import MeasureUnit
from tracker.measures.states import MeasureBasis, MeasureState
from tracker.national.models import NationalDialogue, NationalMeeting, NationalStep
from tracker.notifications.models import (
    MailKind,
    MailState,
    OutgoingMail,
    Reminder,
    ReminderKind,
    ReminderState,
)
from tracker.notifications.rules import ReminderRule
from tracker.organisation.assignments import RoleAssignment
from tracker.organisation.models import (
    Area,
    Organizer,
    SchoolForm,
    SchoolUnit,
    UnitAddress,
    UnitForm,
    UnitKind,
    UnitSuccession,
)
from tracker.organisation.roles import Permission, Role, Scope
from tracker.search.models import SearchEntry

__all__ = [
    "AdoptedAnalysis",
    "Agreement",
    "AgreementState",
    "AnalysisReopening",
    "AnalysisState",
    "AnalysisWriter",
    "Area",
    "AuditEvent",
    "AuditEventUnit",
    "CalendarEntry",
    "CalendarFeed",
    "CalendarPeriod",
    "CarriedOut",
    "Cause",
    "CauseLocation",
    "CheckIn",
    "CheckInMeasure",
    "CheckInUnit",
    "Decision",
    "DevelopmentArea",
    "DialogueApproval",
    "DialogueKind",
    "DialogueMove",
    "DialogueNote",
    "DialogueRemark",
    "DialogueState",
    "DialogueTopic",
    "DialogueUnit",
    "EffectAssessment",
    "FailedSignIn",
    "GoodExample",
    "Judgement",
    "LinkPurpose",
    "MailKind",
    "MailRhythm",
    "MailState",
    "Measure",
    "MeasureBasis",
    "MeasureLogEntry",
    "MeasureState",
    "MeasureUnit",
    "MoveKind",
    "NationalDialogue",
    "NationalMeeting",
    "NationalStep",
    "OneTimeLink",
    "Organizer",
    "OutgoingMail",
    "Permission",
    "PhaseSetting",
    "PreparationQuestion",
    "Problem",
    "ProblemDevelopment",
    "QualityCycle",
    "QualityDialogue",
    "Reminder",
    "ReminderKind",
    "ReminderRule",
    "ReminderState",
    "Role",
    "RoleAssignment",
    "SchoolForm",
    "SchoolUnit",
    "SchoolYear",
    "Scope",
    "SearchEntry",
    "Side",
    "SignInSession",
    "SituationAnalysis",
    "SuccessFactor",
    "SupportRequest",
    "SupportState",
    "Term",
    "TimeProposal",
    "UnitAddress",
    "UnitForm",
    "UnitKind",
    "UnitSuccession",
    "User",
]
