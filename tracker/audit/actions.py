"""The closed registry of audit actions: one Swedish sentence for each, and the keys it needs.

A sentence is written as it reads after the person's name. Adding an action means adding one line
here; `record` refuses an event whose data do not fit its sentence exactly.
"""

import enum
from collections.abc import Mapping
from string import Formatter
from typing import Any

SYSTEM_NAME = "Varvet"


class Action(enum.StrEnum):
    # auth
    PASSWORD_CHOSEN = "password_chosen"
    USER_INVITED = "user_invited"
    USER_CHANGED = "user_changed"
    ACCOUNT_CLOSED = "account_closed"
    # organisation
    ORGANIZER_CREATED = "organizer_created"
    REMINDERS_SET = "reminders_set"
    AREA_CREATED = "area_created"
    AREA_RENAMED = "area_renamed"
    AREA_REMOVED = "area_removed"
    UNIT_CREATED = "unit_created"
    UNIT_RENAMED = "unit_renamed"
    UNIT_CHANGED = "unit_changed"
    UNIT_MOVED = "unit_moved"
    UNIT_LEFT_AREA = "unit_left_area"
    UNIT_CLOSED = "unit_closed"
    UNIT_REOPENED = "unit_reopened"
    UNIT_SUCCEEDED = "unit_succeeded"
    UNITS_IMPORTED = "units_imported"
    ROLE_GIVEN = "role_given"
    ROLE_CHANGED = "role_changed"
    ROLE_ENDED = "role_ended"
    # cycle
    YEAR_OPENED = "year_opened"
    YEAR_CHANGED = "year_changed"
    PERIOD_ADDED = "period_added"
    PERIOD_REMOVED = "period_removed"
    PHASE_SET = "phase_set"
    # analyses
    ANALYSIS_STARTED = "analysis_started"
    ANALYSIS_CHANGED = "analysis_changed"
    PROBLEM_ADDED = "problem_added"
    PROBLEM_CHANGED = "problem_changed"
    PROBLEM_REMOVED = "problem_removed"
    PROBLEM_RETIRED = "problem_retired"
    PROBLEM_RESTORED = "problem_restored"
    CAUSE_ADDED = "cause_added"
    CAUSE_CHANGED = "cause_changed"
    CAUSE_RETIRED = "cause_retired"
    CAUSE_RESTORED = "cause_restored"
    ANALYSIS_SHARED = "analysis_shared"
    ANALYSIS_ADOPTED = "analysis_adopted"
    ANALYSIS_REOPENED = "analysis_reopened"
    WRITER_INVITED = "writer_invited"
    WRITER_REMOVED = "writer_removed"
    # measures
    DEVELOPMENT_AREA_ADDED = "development_area_added"
    DEVELOPMENT_AREA_CHANGED = "development_area_changed"
    DEVELOPMENT_AREA_REMOVED = "development_area_removed"
    MEASURE_PROPOSED = "measure_proposed"
    MEASURE_CHANGED = "measure_changed"
    MEASURE_DECIDED = "measure_decided"
    MEASURE_REDECIDED = "measure_redecided"
    MEASURE_INHERITED = "measure_inherited"
    MEASURE_STARTED = "measure_started"
    MEASURE_LOGGED = "measure_logged"
    MEASURE_COMPLETED = "measure_completed"
    MEASURE_CANCELLED = "measure_cancelled"
    MEASURE_RESUMED = "measure_resumed"
    MEASURE_REMOVED = "measure_removed"
    MEASURE_CONTINUED = "measure_continued"
    MEASURE_MOVED = "measure_moved"
    # evaluation
    EFFECT_ASSESSED = "effect_assessed"
    EFFECT_REVISED = "effect_revised"
    EFFECT_POSTPONED = "effect_postponed"
    # dialogues
    DIALOGUE_CREATED = "dialogue_created"
    DIALOGUE_PLACED = "dialogue_placed"
    DIALOGUE_MOVED = "dialogue_moved"
    DIALOGUE_CHANGED = "dialogue_changed"
    DIALOGUE_CANCELLED = "dialogue_cancelled"
    DIALOGUE_RESUMED = "dialogue_resumed"
    DIALOGUES_JOINED = "dialogues_joined"
    DIALOGUE_SPLIT = "dialogue_split"
    DIALOGUE_UNIT_LEFT = "dialogue_unit_left"
    TOPIC_CHOSEN = "topic_chosen"
    TOPIC_CHANGED = "topic_changed"
    TOPIC_ADDED = "topic_added"
    TOPIC_REMOVED = "topic_removed"
    TIME_PROPOSED = "time_proposed"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_DECLINED = "proposal_declined"
    # preparation of a dialogue

    # in the room and afterwards

    # check-ins

    # calendars

    # reminders
    REMINDER_RULES_SET = "reminder_rules_set"
    REMINDER_SENT_AGAIN = "reminder_sent_again"
    MAIL_RHYTHM_SET = "mail_rhythm_set"

    # the national quality dialogue

    @property
    def keys(self) -> frozenset[str]:
        """The names of the data that the sentence needs."""
        return _KEYS[self]

    def sentence(self, actor: str, data: Mapping[str, Any]) -> str:
        text = f"{actor} {_SENTENCES[self].format_map(data)}"
        return text if text.endswith((".", "!", "?", "…")) else f"{text}."


_SENTENCES = {
    Action.PASSWORD_CHOSEN: "valde ett nytt lösenord",
    Action.USER_INVITED: "bjöd in {person}",
    Action.USER_CHANGED: "ändrade uppgifterna om {person}",
    Action.ACCOUNT_CLOSED: "stängde kontot för {person}",
    Action.ORGANIZER_CREATED: "lade upp huvudmannen {organizer}",
    Action.REMINDERS_SET: "ändrade påminnelserna: före dialog {dialogue} dagar, efter effektdatum {effect} dagar",
    Action.AREA_CREATED: "lade till området ”{area}”",
    Action.AREA_RENAMED: "bytte namn på området ”{before}” till ”{after}”",
    Action.AREA_REMOVED: "tog bort området ”{area}”",
    Action.UNIT_CREATED: "lade till enheten {unit}",
    Action.UNIT_RENAMED: "bytte namn på enheten {before} till {after}",
    Action.UNIT_CHANGED: "ändrade uppgifterna om {unit}",
    Action.UNIT_MOVED: "flyttade {unit} till {area}",
    Action.UNIT_LEFT_AREA: "tog ut {unit} ur området ”{area}”",
    Action.UNIT_REOPENED: "öppnade enheten {unit} igen",
    Action.UNIT_CLOSED: "avslutade enheten {unit} den {on}",
    Action.UNIT_SUCCEEDED: "angav att {successor} tar över efter {predecessor} från {on}",
    Action.UNITS_IMPORTED: "läste in enheter ur {file}: {created} nya, {changed} ändrade",
    Action.ROLE_GIVEN: "gav {person} rollen {role} för {place}",
    Action.ROLE_CHANGED: "ändrade rollen {role} för {person} vid {place}",
    Action.ROLE_ENDED: "avslutade rollen {role} för {person} vid {place}, sista dag {on}",
    Action.YEAR_OPENED: "lade upp läsåret {year}",
    Action.YEAR_CHANGED: "ändrade dialogernas perioder för läsåret {year}",
    Action.PERIOD_ADDED: "lade till {period} ({dates}) i läsåret {year}",
    Action.PERIOD_REMOVED: "tog bort {period} ({dates}) ur läsåret {year}",
    Action.PHASE_SET: "satte fasen till {phase}: {note}",
    Action.ANALYSIS_STARTED: "började på nulägesanalysen för {unit} {year}",
    Action.ANALYSIS_CHANGED: "skrev i nulägesanalysen för {unit} {year}",
    Action.PROBLEM_ADDED: "lade till ett problem i nulägesanalysen: ”{problem}”",
    Action.PROBLEM_CHANGED: "ändrade problemet ”{problem}” i nulägesanalysen",
    Action.PROBLEM_REMOVED: "tog bort problemet ”{problem}” ur nulägesanalysen",
    Action.PROBLEM_RETIRED: "lade undan problemet ”{problem}” i nulägesanalysen",
    Action.PROBLEM_RESTORED: "tog tillbaka problemet ”{problem}” i nulägesanalysen",
    Action.CAUSE_ADDED: "lade till orsaken ”{cause}”",
    Action.CAUSE_CHANGED: "ändrade orsaken ”{cause}”",
    Action.CAUSE_RETIRED: "lade undan orsaken ”{cause}”",
    Action.CAUSE_RESTORED: "tog tillbaka orsaken ”{cause}”",
    Action.ANALYSIS_SHARED: "delade nulägesanalysen för {unit} {year} med dialogansvarig",
    Action.ANALYSIS_ADOPTED: "fastställde nulägesanalysen för {unit} {year}, version {number}",
    Action.ANALYSIS_REOPENED: "öppnade nulägesanalysen för {unit} {year} igen: {reason}",
    Action.WRITER_INVITED: "bjöd in {person} att skriva i nulägesanalysen",
    Action.WRITER_REMOVED: "tog bort {person} som skribent i nulägesanalysen",
    Action.DEVELOPMENT_AREA_ADDED: "lade till utvecklingsområdet ”{area}”",
    Action.DEVELOPMENT_AREA_CHANGED: "ändrade utvecklingsområdet ”{area}”",
    Action.DEVELOPMENT_AREA_REMOVED: "tog bort utvecklingsområdet ”{area}”",
    Action.MEASURE_PROPOSED: "föreslog åtgärden ”{measure}”",
    Action.MEASURE_CHANGED: "ändrade åtgärden ”{measure}”",
    Action.MEASURE_DECIDED: "beslutade åtgärden ”{measure}”",
    Action.MEASURE_REDECIDED: "ändrade beslutet om åtgärden ”{measure}”. Före ändringen: {before}",
    Action.MEASURE_INHERITED: "lade in åtgärden ”{measure}” från {year}",
    Action.MEASURE_STARTED: "startade åtgärden ”{measure}”",
    Action.MEASURE_LOGGED: "skrev i loggen för åtgärden ”{measure}”",
    Action.MEASURE_COMPLETED: "avslutade åtgärden ”{measure}” som genomförd",
    Action.MEASURE_CANCELLED: "avbröt åtgärden ”{measure}”: {reason}",
    Action.MEASURE_RESUMED: "tog upp åtgärden ”{measure}” igen",
    Action.MEASURE_REMOVED: "tog bort förslaget ”{measure}”",
    Action.MEASURE_CONTINUED: "skrev en ny version av åtgärden ”{measure}”",
    Action.MEASURE_MOVED: "förde över åtgärden ”{measure}” från {origin} till {successor}",
    Action.EFFECT_ASSESSED: "bedömde effekten av ”{measure}”: {judgement}",
    Action.EFFECT_REVISED: "ändrade bedömningen av ”{measure}”: {judgement}",
    Action.EFFECT_POSTPONED: "flyttade fram bedömningen av ”{measure}” till {on}",
    Action.DIALOGUE_CREATED: "lade upp {dialogue} för {about}",
    Action.DIALOGUE_PLACED: "bestämde tid för {dialogue} med {about}: {when}",
    Action.DIALOGUE_MOVED: "flyttade {dialogue} med {about} från {before} till {after}: {reason}",
    Action.DIALOGUE_CHANGED: "ändrade sluttid, plats eller deltagare för {dialogue} med {about}",
    Action.DIALOGUE_CANCELLED: "ställde in {dialogue} med {about}: {reason}",
    Action.DIALOGUE_RESUMED: "tog upp {dialogue} med {about} igen: {when}",
    Action.DIALOGUES_JOINED: "slog ihop {dialogue} till en för {about}",
    Action.DIALOGUE_SPLIT: "gav {unit} en egen {dialogue}",
    Action.DIALOGUE_UNIT_LEFT: "tog bort {unit} ur {dialogue}: enheten avslutas",
    Action.TOPIC_CHOSEN: "valde området ”{topic}” till {dialogue}",
    Action.TOPIC_CHANGED: "ändrade området ”{topic}” i {dialogue}",
    Action.TOPIC_ADDED: "lade till området ”{topic}” i {dialogue}",
    Action.TOPIC_REMOVED: "tog bort området ”{topic}” ur {dialogue}",
    Action.TIME_PROPOSED: "föreslog en ny tid för {dialogue}: {when}",
    Action.PROPOSAL_ACCEPTED: "godtog förslaget om ny tid för {dialogue}: {when}",
    Action.PROPOSAL_DECLINED: "behöll tiden för {dialogue}",
    # preparation of a dialogue
    # in the room and afterwards
    # check-ins
    # calendars
    # reminders
    Action.REMINDER_RULES_SET: "ändrade när påminnelser går ut. {rules}",
    Action.REMINDER_SENT_AGAIN: "lät skicka påminnelsen om {about} till {person} en gång till",
    Action.MAIL_RHYTHM_SET: "valde att få påminnelser {rhythm}",
    # the national quality dialogue
}

_KEYS = {
    action: frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)
    for action, sentence in _SENTENCES.items()
}
