"""The closed registry of audit actions: one Swedish sentence for each, and the keys it needs.

A sentence is written as it reads after the person's name. Adding an action means adding one line
here; `record` refuses an event whose data do not fit its sentence exactly.
"""

import enum
from collections.abc import Mapping
from string import Formatter
from typing import Any

from tracker.web import swedish

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
    PERIOD_CHANGED = "period_changed"
    PERIOD_REMOVED = "period_removed"
    PERIOD_RESTORED = "period_restored"
    PHASE_SET = "phase_set"
    # analyses
    ANALYSIS_STARTED = "analysis_started"
    ANALYSIS_CHANGED = "analysis_changed"
    ANALYSIS_DEEPENED = "analysis_deepened"
    DEEPENING_CHANGED = "deepening_changed"
    DEEPENING_SUPPORT = "deepening_support"
    DEEPENING_ENDED = "deepening_ended"
    PROBLEM_ADDED = "problem_added"
    PROBLEM_TAKEN_OVER = "problem_taken_over"
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
    DEVELOPMENT_AREA_RESTORED = "development_area_restored"
    MEASURE_PROPOSED = "measure_proposed"
    MEASURE_CHANGED = "measure_changed"
    MEASURE_DECIDED = "measure_decided"
    MEASURE_REDECIDED = "measure_redecided"
    MEASURE_CONCERNS = "measure_concerns"
    MEASURE_INHERITED = "measure_inherited"
    MEASURE_STARTED = "measure_started"
    MEASURE_LOGGED = "measure_logged"
    MEASURE_LOG_CORRECTED = "measure_log_corrected"
    MEASURE_LOG_REMOVED = "measure_log_removed"
    MEASURE_LOG_RESTORED = "measure_log_restored"
    MEASURE_COMPLETED = "measure_completed"
    MEASURE_CANCELLED = "measure_cancelled"
    MEASURE_RESUMED = "measure_resumed"
    MEASURE_REMOVED = "measure_removed"
    MEASURE_RESTORED = "measure_restored"
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
    DIALOGUE_LOST_TIME = "dialogue_lost_time"
    DIALOGUES_JOINED = "dialogues_joined"
    DIALOGUE_SPLIT = "dialogue_split"
    DIALOGUE_PARTED = "dialogue_parted"
    DIALOGUE_UNIT_LEFT = "dialogue_unit_left"
    TOPIC_CHOSEN = "topic_chosen"
    TOPIC_CHANGED = "topic_changed"
    TOPIC_ADDED = "topic_added"
    TOPIC_REMOVED = "topic_removed"
    TOPIC_RESTORED = "topic_restored"
    TIME_PROPOSED = "time_proposed"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_DECLINED = "proposal_declined"
    # preparation of a dialogue
    NO_TOPICS = "no_topics"
    TOPICS_RECONSIDERED = "topics_reconsidered"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    ANSWER_CHANGED = "answer_changed"
    QUESTION_WITHDRAWN = "question_withdrawn"
    QUESTION_RESTORED = "question_restored"

    # in the room and afterwards
    NOTE_WRITTEN = "note_written"
    AGREED = "agreed"
    AGREEMENT_CHANGED = "agreement_changed"
    AGREEMENT_REMOVED = "agreement_removed"
    AGREEMENT_RESTORED = "agreement_restored"
    AGREEMENT_FOLLOWED = "agreement_followed"
    AGREEMENT_POSTPONED = "agreement_postponed"
    AGREEMENT_BECAME_MEASURE = "agreement_became_measure"
    DIALOGUE_HELD = "dialogue_held"
    DIALOGUE_NOT_HELD = "dialogue_not_held"
    NOTES_APPROVED = "notes_approved"
    APPROVAL_LAPSED = "approval_lapsed"
    NOTES_LOCKED = "notes_locked"
    NOTES_REMARKED = "notes_remarked"

    # check-ins
    CHECK_IN_HELD = "check_in_held"
    CHECK_IN_CORRECTED = "check_in_corrected"
    OBSTACLES_SETTLED = "obstacles_settled"
    SUPPORT_ASKED = "support_asked"
    SUPPORT_WITHDRAWN = "support_withdrawn"
    SUPPORT_ANSWERED = "support_answered"
    SUPPORT_SETTLED = "support_settled"
    CHECK_IN_DAYS_SET = "check_in_days_set"

    # the huvudman's support
    SUPPORT_REPHRASED = "support_rephrased"
    SUPPORT_RESTORED = "support_restored"
    SUPPORT_OFFERED = "support_offered"
    SUPPORT_OFFER_CHANGED = "support_offer_changed"
    SUPPORT_OFFER_RETIRED = "support_offer_retired"
    SUPPORT_OFFER_RESTORED = "support_offer_restored"
    SUPPORT_LEVEL_SET = "support_level_set"
    SUPPORT_LEVEL_KEPT = "support_level_kept"
    SUPPORT_LEVEL_CORRECTED = "support_level_corrected"
    SUPPORT_LEVEL_FOLLOWED = "support_level_followed"
    FEEDBACK_GIVEN = "feedback_given"
    FEEDBACK_CHANGED = "feedback_changed"
    FEEDBACK_REWRITTEN = "feedback_rewritten"
    FEEDBACK_HANDED_ON = "feedback_handed_on"
    FEEDBACK_ANSWERED = "feedback_answered"
    FEEDBACK_ANSWER_REVISED = "feedback_answer_revised"
    FEEDBACK_FOLLOWED_UP = "feedback_followed_up"
    FEEDBACK_OUTCOME_REVISED = "feedback_outcome_revised"

    # calendars
    CALENDAR_ADDRESS_MADE = "calendar_address_made"
    CALENDAR_ADDRESS_REMOVED = "calendar_address_removed"

    # reminders
    REMINDER_RULES_SET = "reminder_rules_set"
    REMINDER_SENT_AGAIN = "reminder_sent_again"
    CALENDAR_SENT_AGAIN = "calendar_sent_again"
    MAIL_RHYTHM_SET = "mail_rhythm_set"

    # handover
    HANDOVER_WRITTEN = "handover_written"
    HANDOVER_TAKEN_BACK = "handover_taken_back"
    HANDOVER_RESTORED = "handover_restored"

    # the national quality dialogue
    NATIONAL_BEGUN = "national_begun"
    NATIONAL_WRITTEN = "national_written"
    NATIONAL_PLACED = "national_placed"
    NATIONAL_MOVED = "national_moved"
    NATIONAL_CHANGED = "national_changed"
    NATIONAL_CANCELLED = "national_cancelled"
    NATIONAL_NOTED = "national_noted"

    # good examples
    EXAMPLE_PUBLISHED = "example_published"
    EXAMPLE_CHANGED = "example_changed"
    EXAMPLE_WITHDRAWN = "example_withdrawn"
    EXAMPLE_AGAIN = "example_again"
    # the huvudman's own lap, and the board's questions
    GOAL_ADDED = "goal_added"
    GOAL_CHANGED = "goal_changed"
    GOAL_SIGNS_CHANGED = "goal_signs_changed"
    GOAL_REMOVED = "goal_removed"
    GOAL_RESTORED = "goal_restored"
    GOALS_TAKEN_OVER = "goals_taken_over"
    BOARD_ASKED = "board_asked"
    BOARD_REPHRASED = "board_rephrased"
    BOARD_BUILT_ON_ANOTHER = "board_built_on_another"
    BOARD_WITHDREW = "board_withdrew"
    BOARD_ASKED_AGAIN = "board_asked_again"
    BOARD_ANSWERED = "board_answered"
    BOARD_ANSWER_REVISED = "board_answer_revised"

    # the teams and their goals
    TEAM_CREATED = "team_created"
    TEAM_CHANGED = "team_changed"
    TEAM_RETIRED = "team_retired"
    TEAM_RESTORED = "team_restored"
    TEAM_JOINED = "team_joined"
    TEAM_MEMBER_CHANGED = "team_member_changed"
    TEAM_MEMBER_REMOVED = "team_member_removed"
    TEAM_DRAFTED = "team_drafted"
    TEAM_ANALYSIS_WRITTEN = "team_analysis_written"
    TEAM_GOALS_SHARED = "team_goals_shared"
    TEAM_GOAL_ADDED = "team_goal_added"
    TEAM_GOAL_CHANGED = "team_goal_changed"
    TEAM_GOAL_REMOVED = "team_goal_removed"
    TEAM_GOAL_RESTORED = "team_goal_restored"
    TEAM_GOAL_TAKEN_ON = "team_goal_taken_on"
    TEAM_GOAL_EVALUATED = "team_goal_evaluated"
    TEAM_EVALUATION_CORRECTED = "team_evaluation_corrected"

    @property
    def keys(self) -> frozenset[str]:
        """The names of the data that the sentence needs."""
        return _KEYS[self]

    def sentence(self, actor: str, data: Mapping[str, Any]) -> str:
        return swedish.sentence(f"{actor} {_SENTENCES[self].format_map(data)}")


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
    Action.PERIOD_CHANGED: "ändrade {before} till {period} ({dates}) i läsåret {year}",
    Action.PERIOD_REMOVED: "tog bort {period} ({dates}) ur läsåret {year}",
    Action.PERIOD_RESTORED: "ångrade att {period} ({dates}) togs bort ur läsåret {year}",
    Action.PHASE_SET: "satte fasen till {phase}: {note}",
    Action.ANALYSIS_STARTED: "började på nulägesanalysen för {unit} {year}",
    Action.ANALYSIS_CHANGED: "skrev i nulägesanalysen för {unit} {year}",
    Action.ANALYSIS_DEEPENED: "bestämde att nulägesanalysen för {unit} {year} ska fördjupas: {reason}",
    Action.DEEPENING_CHANGED: "ändrade varför nulägesanalysen för {unit} {year} ska fördjupas: {reason}",
    Action.DEEPENING_SUPPORT: "skrev om stödet i den fördjupade nulägesanalysen för {unit} {year}",
    Action.DEEPENING_ENDED: "tog tillbaka att nulägesanalysen för {unit} {year} ska fördjupas",
    Action.PROBLEM_TAKEN_OVER: "tog ställning till problemet ”{problem}” från {origin}: {development}",
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
    Action.DEVELOPMENT_AREA_RESTORED: "ångrade att utvecklingsområdet ”{area}” togs bort",
    Action.MEASURE_PROPOSED: "föreslog åtgärden ”{measure}”",
    Action.MEASURE_CHANGED: "ändrade åtgärden ”{measure}”",
    Action.MEASURE_DECIDED: "beslutade åtgärden ”{measure}”",
    Action.MEASURE_CONCERNS: "ändrade vilka enheter åtgärden ”{measure}” gäller: {whom}",
    Action.MEASURE_REDECIDED: "ändrade beslutet om åtgärden ”{measure}”. Före ändringen: {before}",
    Action.MEASURE_INHERITED: "lade in åtgärden ”{measure}” från {year}",
    Action.MEASURE_STARTED: "startade åtgärden ”{measure}”",
    Action.MEASURE_LOGGED: "skrev i loggen för åtgärden ”{measure}”",
    Action.MEASURE_LOG_CORRECTED: "rättade i loggen för åtgärden ”{measure}”. Före ändringen: {before}",
    Action.MEASURE_LOG_REMOVED: "tog bort ur loggen för åtgärden ”{measure}”: {before}",
    Action.MEASURE_LOG_RESTORED: "ångrade en borttagning ur loggen för åtgärden ”{measure}”",
    Action.MEASURE_COMPLETED: "avslutade åtgärden ”{measure}” som genomförd",
    Action.MEASURE_CANCELLED: "avbröt åtgärden ”{measure}”: {reason}",
    Action.MEASURE_RESUMED: "tog upp åtgärden ”{measure}” igen",
    Action.MEASURE_REMOVED: "tog bort förslaget ”{measure}”",
    Action.MEASURE_RESTORED: "ångrade att förslaget ”{measure}” togs bort",
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
    Action.DIALOGUE_LOST_TIME: "tog bort tiden för {dialogue} med {about}, {before}: {reason}",
    Action.DIALOGUES_JOINED: "slog ihop {dialogue} till en för {about}",
    Action.DIALOGUE_SPLIT: "gav {unit} en egen {dialogue}",
    Action.DIALOGUE_PARTED: "delade {dialogue}: {unit} fick en egen, {about} behöll den",
    Action.DIALOGUE_UNIT_LEFT: "tog bort {unit} ur {dialogue}: enheten avslutas",
    Action.TOPIC_CHOSEN: "valde området ”{topic}” till {dialogue}",
    Action.TOPIC_CHANGED: "ändrade området ”{topic}” i {dialogue}",
    Action.TOPIC_ADDED: "lade till området ”{topic}” i {dialogue}",
    Action.TOPIC_REMOVED: "tog bort området ”{topic}” ur {dialogue}",
    Action.TOPIC_RESTORED: "ångrade att området ”{topic}” togs bort ur {dialogue}",
    Action.TIME_PROPOSED: "föreslog en ny tid för {dialogue}: {when}",
    Action.PROPOSAL_ACCEPTED: "godtog förslaget om ny tid för {dialogue}: {when}",
    Action.PROPOSAL_DECLINED: "behöll tiden för {dialogue}",
    # preparation of a dialogue
    Action.NO_TOPICS: "angav att huvudmannen inte har några egna områden i {dialogue}",
    Action.TOPICS_RECONSIDERED: "tog tillbaka att huvudmannen inte har några egna områden i {dialogue}",
    Action.QUESTION_ASKED: "ställde en fråga inför {dialogue}: ”{question}”",
    Action.QUESTION_ANSWERED: "besvarade frågan ”{question}” inför {dialogue}",
    Action.ANSWER_CHANGED: "ändrade svaret på frågan ”{question}” inför {dialogue}",
    Action.QUESTION_WITHDRAWN: "tog tillbaka frågan ”{question}” inför {dialogue}",
    Action.QUESTION_RESTORED: "ställde på nytt frågan ”{question}” inför {dialogue}",
    # in the room and afterwards
    Action.NOTE_WRITTEN: "skrev om ”{point}” i minnesanteckningarna från {dialogue}",
    Action.AGREED: "skrev upp en överenskommelse i {dialogue}",
    Action.AGREEMENT_CHANGED: "ändrade en överenskommelse i {dialogue}",
    Action.AGREEMENT_REMOVED: "tog bort en överenskommelse ur {dialogue}",
    Action.AGREEMENT_RESTORED: "ångrade att en överenskommelse togs bort ur {dialogue}",
    Action.AGREEMENT_FOLLOWED: "följde upp en överenskommelse från {dialogue}: {state}",
    Action.AGREEMENT_POSTPONED: "gav en överenskommelse från {dialogue} en ny dag: {when}",
    Action.AGREEMENT_BECAME_MEASURE: "gjorde en överenskommelse från {dialogue} till förslag på åtgärd",
    Action.DIALOGUE_HELD: "markerade {dialogue} med {about} som genomförd",
    Action.DIALOGUE_NOT_HELD: "ångrade att {dialogue} med {about} är genomförd",
    Action.NOTES_APPROVED: "godkände minnesanteckningarna från {dialogue}",
    Action.APPROVAL_LAPSED: "ändrade i minnesanteckningarna från {dialogue} efter ett godkännande, som inte gäller längre",
    Action.NOTES_LOCKED: "var den sista att godkänna: minnesanteckningarna från {dialogue} är låsta",
    Action.NOTES_REMARKED: "lade till en anmärkning till minnesanteckningarna från {dialogue}",
    # check-ins
    Action.CHECK_IN_HELD: "stämde av läget för {units_named} den {on}",
    Action.CHECK_IN_CORRECTED: "ändrade avstämningen för {units_named} den {on}",
    Action.OBSTACLES_SETTLED: "markerade att hindren för {units_named} från avstämningen den {on} är lösta",
    Action.SUPPORT_ASKED: "frågade om stöd för {units_named}",
    Action.SUPPORT_WITHDRAWN: "tog tillbaka frågan om stöd för {units_named}",
    Action.SUPPORT_ANSWERED: "svarade på frågan om stöd för {units_named} från den {on}",
    Action.SUPPORT_SETTLED: "skrev vad det blev av stödet för {units_named} från den {on}",
    Action.CHECK_IN_DAYS_SET: "ändrade hur ofta {unit} stämmer av: {interval}",
    # the huvudman's support
    Action.SUPPORT_REPHRASED: "ändrade frågan om stöd för {units_named} från den {on}",
    Action.SUPPORT_RESTORED: "ångrade att frågan om stöd för {units_named} togs tillbaka",
    Action.SUPPORT_OFFERED: "lade till ”{offer}” i stödkatalogen",
    Action.SUPPORT_OFFER_CHANGED: "ändrade ”{offer}” i stödkatalogen",
    Action.SUPPORT_OFFER_RETIRED: "lade undan ”{offer}” ur stödkatalogen",
    Action.SUPPORT_OFFER_RESTORED: "tog tillbaka ”{offer}” till stödkatalogen",
    Action.SUPPORT_LEVEL_SET: "beslutade om {level} för {unit}: {reason}",
    Action.SUPPORT_LEVEL_KEPT: "följde upp och beslutade om fortsatt {level} för {unit}: {reason}",
    Action.SUPPORT_LEVEL_FOLLOWED: "lät {level} följa med från {origin} till {unit}: {reason}",
    Action.SUPPORT_LEVEL_CORRECTED: "rättade beslutet om stöd för {unit}. Före ändringen: {before}",
    Action.FEEDBACK_GIVEN: "lämnade rektorernas synpunkter på {about}",
    # Told so until Historik kept what it said before; the events are there still.
    Action.FEEDBACK_CHANGED: "ändrade rektorernas synpunkter på {about}",
    Action.FEEDBACK_REWRITTEN: "ändrade rektorernas synpunkter på {about}. Före ändringen: {before}",
    Action.FEEDBACK_HANDED_ON: "lämnade synpunkterna på {about} till {person}",
    Action.FEEDBACK_ANSWERED: "svarade på rektorernas synpunkter på {about}",
    Action.FEEDBACK_ANSWER_REVISED: "ändrade svaret på rektorernas synpunkter på {about}. Före ändringen: {before}",
    Action.FEEDBACK_FOLLOWED_UP: "följde upp rektorernas synpunkter på {about}",
    Action.FEEDBACK_OUTCOME_REVISED: "ändrade vad det blev av rektorernas synpunkter på {about}. Före ändringen: {before}",
    # calendars
    Action.CALENDAR_ADDRESS_MADE: "skapade en hemlig kalenderadress; den som fanns före slutade gälla",
    Action.CALENDAR_ADDRESS_REMOVED: "tog bort sin hemliga kalenderadress",
    # reminders
    Action.REMINDER_RULES_SET: "ändrade när påminnelser går ut. {rules}",
    Action.REMINDER_SENT_AGAIN: "lät skicka påminnelsen om {about} till {person} en gång till",
    Action.CALENDAR_SENT_AGAIN: "lät skicka kalenderinbjudan till {about} till {person} igen",
    Action.MAIL_RHYTHM_SET: "valde att få påminnelser {rhythm}",
    # handover
    Action.HANDOVER_WRITTEN: "skrev en hälsning till den som tar över {unit}",
    Action.HANDOVER_TAKEN_BACK: "tog tillbaka sin hälsning till den som tar över {unit}",
    Action.HANDOVER_RESTORED: "ångrade att hälsningen till den som tar över {unit} togs tillbaka",
    # the national quality dialogue
    Action.NATIONAL_BEGUN: "lade upp den nationella kvalitetsdialogen {year}",
    Action.NATIONAL_WRITTEN: "skrev om den nationella kvalitetsdialogen {year}",
    Action.NATIONAL_PLACED: "bestämde tid för {step} i den nationella kvalitetsdialogen {year}: {when}",
    Action.NATIONAL_MOVED: "flyttade {step} i den nationella kvalitetsdialogen {year} från {before} till {after}: {reason}",
    Action.NATIONAL_CHANGED: "ändrade sluttid, plats eller deltagare för {step} i den nationella kvalitetsdialogen {year}",
    Action.NATIONAL_CANCELLED: "ställde in {step} i den nationella kvalitetsdialogen {year}, {before}: {reason}",
    Action.NATIONAL_NOTED: "antecknade från {step} i den nationella kvalitetsdialogen {year}",
    # good examples
    Action.EXAMPLE_PUBLISHED: "publicerade åtgärden ”{measure}” som gott exempel",
    Action.EXAMPLE_CHANGED: "ändrade det goda exemplet ”{measure}”. Före ändringen: {before}",
    Action.EXAMPLE_WITHDRAWN: "drog tillbaka det goda exemplet ”{measure}”",
    Action.EXAMPLE_AGAIN: "publicerade det goda exemplet ”{measure}” igen",
    # the teams and their goals
    Action.TEAM_CREATED: "lade upp laget {team}",
    Action.TEAM_CHANGED: "ändrade namn eller slag på laget {team}, som hette {before}",
    Action.TEAM_RETIRED: "lade undan laget {team}",
    Action.TEAM_RESTORED: "tog tillbaka laget {team}",
    Action.TEAM_JOINED: "lade till {person} i laget {team} från {on}",
    Action.TEAM_MEMBER_CHANGED: "ändrade när {person} hör till laget {team}: {dates}",
    Action.TEAM_MEMBER_REMOVED: "tog bort {person} ur laget {team}",
    Action.TEAM_DRAFTED: "skrev i utkastet till lagets mål för {team} {year}",
    Action.TEAM_ANALYSIS_WRITTEN: "skrev lagets korta analys för {team} {year}. Före ändringen: {before}",
    Action.TEAM_GOALS_SHARED: "delade lagets mål för {team} {year}",
    Action.TEAM_GOAL_ADDED: "lade till målet ”{goal}” för {team} {year}",
    Action.TEAM_GOAL_CHANGED: "ändrade målet ”{goal}” för {team} {year}. Före ändringen: {before}",
    Action.TEAM_GOAL_REMOVED: "tog bort målet ”{goal}” för {team} {year}",
    Action.TEAM_GOAL_RESTORED: "ångrade att målet ”{goal}” för {team} {year} togs bort",
    Action.TEAM_GOAL_TAKEN_ON: "tog med målet ”{goal}” för {team} {year} till {later}",
    Action.TEAM_GOAL_EVALUATED: "utvärderade målet ”{goal}” för {team} {year}: {decision}",
    Action.TEAM_EVALUATION_CORRECTED: "rättade utvärderingen av målet ”{goal}” för {team} {year}. Före ändringen: {before}",
    # the huvudman's own lap, and the board's questions
    Action.GOAL_ADDED: "lade till huvudmannens mål ”{goal}” för {year}",
    Action.GOAL_CHANGED: "ändrade huvudmannens mål för {year}. Före ändringen: ”{before}”",
    Action.GOAL_SIGNS_CHANGED: "ändrade ”Så märker vi att vi närmar oss målet” för huvudmannens mål ”{goal}” {year}. Före ändringen: {before}",
    Action.GOAL_REMOVED: "tog bort huvudmannens mål ”{goal}” för {year}",
    Action.GOAL_RESTORED: "tog tillbaka huvudmannens mål ”{goal}” för {year}",
    Action.GOALS_TAKEN_OVER: "tog med huvudmannens mål från {before} till {year}",
    Action.BOARD_ASKED: "ställde nämndens fråga ”{question}”",
    Action.BOARD_REPHRASED: "ändrade nämndens fråga. Före ändringen: ”{before}”",
    Action.BOARD_BUILT_ON_ANOTHER: "ändrade vad nämndens fråga ”{question}” bygger vidare på. Före ändringen: {before}",
    Action.BOARD_WITHDREW: "tog bort nämndens fråga ”{question}”",
    Action.BOARD_ASKED_AGAIN: "tog tillbaka nämndens fråga ”{question}”",
    Action.BOARD_ANSWERED: "svarade på nämndens fråga ”{question}”",
    Action.BOARD_ANSWER_REVISED: "ändrade svaret på nämndens fråga ”{question}”. Före ändringen: ”{before}”",
}

_KEYS = {
    action: frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)
    for action, sentence in _SENTENCES.items()
}
