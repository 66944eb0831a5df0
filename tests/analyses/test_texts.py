"""Every text that was saved is kept, with who wrote it, for those who write and for nobody else."""

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.analyses.conftest import URL
from tests.conftest import make_settings, new_database
from tracker import create_app
from tracker.extensions import db
from tracker.models import AnalysisText, CauseLocation, SituationAnalysis, TextPart


def kept(part):
    rows = db.session.query(AnalysisText).filter_by(part=part).order_by(AnalysisText.id)
    return [(row.by_name, row.content["text"]) for row in rows]


def test_each_text_with_who_wrote_it(cast, analysis):
    analysis.write({"results": "Jonas text"}, by=cast.jonas)
    analysis.write({"results": "Jonas text"}, by=cast.karin)  # nothing new
    db.session.flush()
    assert kept(TextPart.RESULTS) == [
        ("Karin Holm", "69 % nådde kravnivån (29 av 42)."),
        ("Jonas Ek", "Jonas text"),
    ]
    cause = analysis.causes[0]
    cause.write("Ny orsak", CauseLocation.SUPPORT, "Sett", False, by=cast.jonas)
    db.session.flush()
    row = db.session.query(AnalysisText).filter_by(cause_id=cause.id).all()[-1]
    assert row.content == {
        "text": "Ny orsak", "location": "Stöd och elevhälsa", "own_work": True, "evidence": "Sett",
        "prioritised": False, "factor": None,
    }  # fmt: skip


def test_the_page_says_who_changed_what_last(cast, as_, analysis):
    analysis.write({"results": "Jonas text"}, by=cast.jonas)
    analysis.causes[0].write("Samiras", CauseLocation.TEACHING, "", True, by=cast.samira)
    page = as_(cast.karin).page(URL)
    for name in ("Jonas Ek", "Samira Nilsson", "Karin Holm"):
        assert f"Senast ändrat av {name} 20 nov. 2026 09.00" in page.replace(
            "nov 2026", "nov. 2026"
        )


def test_the_versions_of_one_text(cast, as_, analysis):
    for number in range(25):
        analysis.write({"results": f"Lydelse nummer {number}."}, by=cast.jonas)
    karin = as_(cast.karin)
    assert "/tidigare-lydelser/results" in karin.page(URL + "/tidigare-lydelser")
    page = karin.page(URL + "/tidigare-lydelser/results")
    assert "26 lydelser" in page
    assert "Lydelse nummer 24." in page
    assert "Lydelse nummer 4." not in page
    assert "Lydelse nummer 4." in karin.page(URL + "/tidigare-lydelser/results?sida=2")


@pytest.mark.parametrize("name", ["erik", "lena", "samira", "sofia", "tove"])
@pytest.mark.parametrize("path", ["", "/results"])
def test_readers_do_not_see_how_the_text_came_about(cast, as_, analysis, name, path):
    analysis.share(by=cast.karin)
    analysis.adopt(by=cast.karin)
    as_(getattr(cast, name)).page(URL + "/tidigare-lydelser" + path, 403)
    assert "Senast ändrat av" not in as_(getattr(cast, name)).page(URL)


def test_another_analysis_texts_are_not_found_here(cast, as_, analysis):
    other = SituationAnalysis.start(cast.cycle(cast.lyktvret), by=cast.karin)
    problem = other.add_problem("Barnen får lite talutrymme.", None, by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    karin.page(f"{URL}/tidigare-lydelser/problem-{problem.id}", 404)
    karin.page(f"{URL}/tidigare-lydelser/finns-inte", 404)


def test_what_was_removed_takes_its_texts_along(cast, analysis):
    problem = analysis.problems[0]
    problem.remove(by=cast.karin)
    db.session.flush()
    assert {row.part for row in db.session.query(AnalysisText)} >= {
        TextPart.PROBLEM,
        TextPart.CAUSE,
    }
    assert db.session.query(AnalysisText).filter_by(problem_id=problem.id).count() == 0


def test_what_stood_before_texts_were_kept_is_the_first_version(database_kind, tmp_path):
    """A database of the version before, with an analysis in it."""
    at = "2026-11-20 08:00:00+00:00"
    with new_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            upgrade(revision="0008")
            for statement in (
                f"INSERT INTO organizer (id, name, created_at, version) VALUES (1, 'A', '{at}', 1)",
                "INSERT INTO school_year (id, organizer_id, start_year, dialogue1_from, dialogue1_to,"
                " dialogue2_from, dialogue2_to, version) VALUES (1, 1, 2026, '2026-09-14',"
                " '2026-10-16', '2027-04-26', '2027-06-04', 1)",
                "INSERT INTO quality_cycle (id, organizer_id, school_year_id) VALUES (1, 1, 1)",
                "INSERT INTO situation_analysis (id, organizer_id, cycle_id, state, basis, results,"
                " staff_participation, learner_participation, guardian_participation, started_at,"
                " changed_at, version) VALUES (1, 1, 1, 'draft', 'Prov', '', '', '', '',"
                f" '{at}', '{at}', 3)",
                "INSERT INTO problem (id, organizer_id, analysis_id, position, text, state_now, version)"
                " VALUES (7, 1, 1, 1, 'Läsningen', '', 1)",
                "INSERT INTO cause (id, organizer_id, problem_id, text, location, evidence, prioritised,"
                " version) VALUES (8, 1, 7, 'Var för sig', 'teaching', 'Sett', true, 1)",
            ):
                db.session.execute(sa.text(statement))
            db.session.commit()
            upgrade()
            found = {
                (row.part.value, row.problem_id, row.cause_id, row.content["text"], row.by_name)
                for row in db.session.query(AnalysisText)
            }
            assert found == {
                ("basis", None, None, "Prov", ""),
                ("problem", 7, None, "Läsningen", ""),
                ("cause", None, 8, "Var för sig", ""),
            }
            db.session.remove()
            downgrade(revision="0008")
            db.session.remove()
            db.engine.dispose()
