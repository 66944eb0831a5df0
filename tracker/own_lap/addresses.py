"""Which pages of a unit's lap are the huvudman's too, and where: `/huvudmannen/2026-27/nulagesanalys` is the same
view as `/enheter/<slug>/2026-27/nulagesanalys`, with OWN for the slug."""

from flask import Flask

from tracker.organisation.owner import OWN

OF_A_UNIT, OF_THE_ORGANIZER = "/enheter/<slug>", "/huvudmannen"

SHARED = frozenset(
    {
        "start.unit",
        "start.year",
        "analyses.show",
        "analyses.start",
        "analyses.write",
        "analyses.participation",
        "analyses.share",
        "analyses.adopt",
        "analyses.reopen",
        "analyses.writers",
        "analyses.remove_writer",
        "analyses.word",
        "analyses.pdf",
        "analyses.version",
        "analyses.version_word",
        "analyses.version_pdf",
        "analyses.compare_versions",
        "analyses.add_problem",
        "analyses.problem",
        "analyses.remove_problem",
        "analyses.retire_problem",
        "analyses.restore_problem",
        "analyses.take_over",
        "analyses.add_cause",
        "analyses.cause",
        "analyses.retire_cause",
        "analyses.restore_cause",
        "analyses.texts",
        "analyses.text",
        "measures.index",
        "measures.new",
        "measures.new_area",
        "measures.area",
        "measures.remove_area",
        "evaluation.index",
        "evaluation.next_year",
        "reports.plan",
        "reports.plan_word",
        "reports.plan_pdf",
    }
)
"""By endpoint. What is about a unit alone is not here: dialogues, check-ins, support, the deepened analysis."""


def init_app(app: Flask) -> None:
    """Give each of them its second address; call it when all pages are registered."""
    for rule in list(app.url_map.iter_rules()):
        if rule.endpoint in SHARED:
            app.add_url_rule(
                rule.rule.replace(OF_A_UNIT, OF_THE_ORGANIZER, 1),
                endpoint=rule.endpoint,
                defaults={"slug": OWN},
                methods=(rule.methods or set()) - {"HEAD", "OPTIONS"},
            )
