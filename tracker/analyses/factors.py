"""The factors that a cause may be tied to: what research and national experience say carries a school's
development. Seven names, in alphabetical order and without rank.

Source: Skolverket, *Faktorer för framgångsrik skolutveckling* (the names alone; the official wording
of what they hold is imported, never kept here).
"""

import enum


class SuccessFactor(enum.StrEnum):
    """Framgångsfaktor."""

    TRUST = "trust"
    HEALTH = "health"
    COMPENSATION = "compensation"
    LEADERSHIP = "leadership"
    PROFESSION = "profession"
    QUALITY_WORK = "quality_work"
    ROLES = "roles"

    @property
    def label(self) -> str:
        return {
            "trust": "Förtroendefullt klimat",
            "health": "Hälsofrämjande lärmiljö",
            "compensation": "Kompensatoriska insatser",
            "leadership": "Kompetent ledarskap",
            "profession": "Professionell utveckling",
            "quality_work": "Systematiskt kvalitetsarbete med undervisningen i fokus",
            "roles": "Tydlig roll- och ansvarsfördelning",
        }[self]
