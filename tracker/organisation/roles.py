"""The roles people hold, and what each may do. `docs/architecture.md` shows the same as a table."""

import enum


class Scope(enum.StrEnum):
    """What a role is held for."""

    UNIT = "unit"
    AREA = "area"
    ORGANIZER = "organizer"


class Permission(enum.StrEnum):
    """What a person may do with a unit, or with the organizer. Each route demands one."""

    READ = "read"
    """Adopted texts, decided measures, assessed effects."""
    FOLLOW = "follow"
    """Also what is shared but not adopted: the analysis, the dialogues and their briefs."""
    WRITE = "write"
    """Also drafts; write the analysis, measures, log and assessments."""
    ADOPT = "adopt"
    """Adopt (fastställa) the analysis, decide measures."""
    LEAD = "lead"
    """Place, move and cancel the dialogues; add the organizer's topics."""
    CONVERSE = "converse"
    """Take part in what the two sides say to each other: write the notes of the dialogues, agree,
    approve, check in. For those who meet, and nobody else."""
    MANAGE = "manage"
    """Units, people, roles, the läsår, the outbox. Reads no unit's drafts."""
    OVERSEE = "oversee"
    """All areas of the organizer in one view."""
    SUPPORT = "support"
    """Decide how much support a unit gets."""
    CATALOGUE = "catalogue"
    """Keep the catalogue of the organizer's support."""
    TEAMS = "teams"
    """The goals that the unit's teams have shared. Writing one's own team's goes by belonging to it."""
    ASK = "ask"
    """Ask the organizer's questions of the board (Nämndens frågor)."""


class Role(enum.StrEnum):
    PRINCIPAL = "principal"
    DEPUTY = "deputy"
    DIALOGUE_LEAD = "dialogue_lead"
    QUALITY_DEVELOPER = "quality_developer"
    ORGANIZER_LEAD = "organizer_lead"
    STAFF = "staff"
    BOARD = "board"
    SYSTEM_ADMIN = "system_admin"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def scopes(self) -> frozenset[Scope]:
        """What the role can be held for."""
        return _SCOPES[self]

    @property
    def grants(self) -> frozenset[Permission]:
        """What the role gives within its scope, delegation and vacancy apart."""
        return _GRANTS[self]

    def on_own_lap(self, *, everywhere: bool) -> frozenset[Permission]:
        """What the role gives with the organizer's own lap; `everywhere`: it is held for the whole
        organizer."""
        given = _READ | (self.grants & {Permission.FOLLOW})
        return given | _ON_OWN_LAP.get(self, frozenset()) if everywhere else given


LEADERS = (Role.PRINCIPAL, Role.DEPUTY)
"""Those who lead a unit; a unit without any of them today is vacant."""

AT_THE_ORGANIZER = (Role.DIALOGUE_LEAD, Role.QUALITY_DEVELOPER, Role.ORGANIZER_LEAD)
"""Those who work with several units for the organizer, when they hold it for an area or the whole of it."""

_LABELS = {
    Role.PRINCIPAL: "Rektor",
    Role.DEPUTY: "Biträdande rektor",
    Role.DIALOGUE_LEAD: "Dialogansvarig",
    Role.QUALITY_DEVELOPER: "Kvalitetsutvecklare",
    Role.ORGANIZER_LEAD: "Skolchef",
    Role.STAFF: "Personal",
    Role.BOARD: "Nämnd eller styrelse",
    Role.SYSTEM_ADMIN: "Systemförvaltare",
}

_ANYWHERE = frozenset(Scope)
_UNIT = frozenset({Scope.UNIT})
_ORGANIZER = frozenset({Scope.ORGANIZER})

_SCOPES = {
    Role.PRINCIPAL: _UNIT,
    Role.DEPUTY: _UNIT,
    Role.DIALOGUE_LEAD: _ANYWHERE,
    Role.QUALITY_DEVELOPER: _ANYWHERE,
    Role.ORGANIZER_LEAD: _ORGANIZER,
    Role.STAFF: _UNIT,
    Role.BOARD: _ORGANIZER,
    Role.SYSTEM_ADMIN: _ORGANIZER,
}

_READ = frozenset({Permission.READ})
_FOLLOW = _READ | {Permission.FOLLOW, Permission.TEAMS}

_GRANTS = {
    Role.PRINCIPAL: _FOLLOW | {Permission.WRITE, Permission.ADOPT, Permission.CONVERSE},
    Role.DEPUTY: _FOLLOW | {Permission.WRITE, Permission.CONVERSE},
    Role.DIALOGUE_LEAD: _FOLLOW | {Permission.LEAD, Permission.CONVERSE, Permission.SUPPORT},
    Role.QUALITY_DEVELOPER: _FOLLOW,
    Role.ORGANIZER_LEAD: _FOLLOW | {Permission.OVERSEE, Permission.SUPPORT, Permission.CATALOGUE},
    Role.STAFF: _READ | {Permission.TEAMS},
    Role.BOARD: _READ | {Permission.ASK},
    Role.SYSTEM_ADMIN: _READ | {Permission.MANAGE, Permission.CATALOGUE},
}

_ON_OWN_LAP = {
    Role.ORGANIZER_LEAD: frozenset({Permission.WRITE, Permission.ADOPT}),
    Role.DIALOGUE_LEAD: frozenset({Permission.WRITE}),
}
