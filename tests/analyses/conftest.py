"""An analysis of Sävkullaskolan to work on."""

import pytest

from tests.cast import Cast
from tracker.extensions import db
from tracker.models import CauseLocation, SchoolForm, SituationAnalysis

URL = "/enheter/savkullaskolan/2026-27/nulagesanalys"


@pytest.fixture
def analysis(cast: Cast) -> SituationAnalysis:
    """A draft with all that adoption needs: two problems, three causes, one of them outside."""
    analysis = SituationAnalysis.start(cast.cycle(cast.savkulla), by=cast.karin)
    analysis.write(
        {
            "basis": "12 lektionsbesök i oktober.\n\n- prov i maj\n- enkät i juni",
            "results": "69 % nådde kravnivån (29 av 42).",
            "staff_participation": "Arbetslagen skrev var sin orsak.",
        },
        by=cast.karin,
    )
    reading = analysis.add_problem(
        "Var tredje elev förstår inte faktatexter.", SchoolForm.COMPULSORY, by=cast.karin
    )
    reading.add_cause(
        "Vi visar sällan hur man tar sig an en svår text.",
        CauseLocation.TEACHING,
        "Läraren visade en strategi vid 2 av 12 besök.",
        by=cast.karin,
    )
    reading.add_cause(
        "Många elever läser inte hemma.",
        CauseLocation.OUTSIDE,
        "",
        by=cast.karin,
        prioritised=False,
    )
    breaks = analysis.add_problem("Åk 4–6 är otrygga på rasten.", None, by=cast.karin)
    breaks.add_cause(
        "Det finns inget att göra bortom fotbollsplanen.",
        CauseLocation.ENVIRONMENT,
        "Enkät och kartvandring med elevrådet.",
        by=cast.karin,
    )
    db.session.commit()
    return analysis
