"""The whole of an analysis as plain data: what an adopted version keeps, and what every page, file and
brief reads."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.analyses.models import SituationAnalysis
    from tracker.analyses.problems import Problem


def snapshot_of(analysis: "SituationAnalysis") -> dict[str, Any]:
    """The analysis as it reads now, independent of later changes:

    unit (or "Huvudmannen"), year, the TEXTS of the analysis       str
    participants                                {name of a text: what the group is called}
    problems: [{id, text, form (label or None), causes, follows}]
    solved:   [{id, text, form, follows}]       those that are solved since last läsår
    causes:   [{id, text, location (label), own_work, evidence, prioritised, factor (label or None)}]
    follows:  None, or of one that goes on from an earlier: {development (label), state_now,
              before (its text then), origin (läsår, and the unit when it is another)}
    deepened: None, or what AnalysisDeepening.facts gives

    A version that was adopted before a key was thought of lacks it.
    """
    deepening = analysis.cycle.deepening
    return {
        "unit": analysis.cycle.owner.name,
        "year": analysis.cycle.school_year.label,
        **{name: getattr(analysis, name) for name in analysis.TEXTS},
        "participants": analysis.participants,
        "deepened": deepening.facts() if deepening else None,
        "problems": [
            {
                **_problem(analysis, problem),
                "causes": [{"id": cause.id, **cause.facts} for cause in problem.living_causes],
            }
            for problem in analysis.living_problems
        ],
        "solved": [_problem(analysis, problem) for problem in analysis.solved_problems],
    }


def _problem(analysis: "SituationAnalysis", problem: "Problem") -> dict[str, Any]:
    return {
        "id": problem.id,
        "text": problem.text,
        "form": problem.form.label if problem.form else None,
        "follows": _follows(analysis, problem),
    }


def _follows(analysis: "SituationAnalysis", problem: "Problem") -> dict[str, str] | None:
    from tracker.analyses.earlier import EarlierProblem

    earlier = problem.follows
    if earlier is None or problem.development is None:
        return None
    return {
        "development": problem.development.label,
        "state_now": problem.state_now,
        "before": EarlierProblem.read(earlier, analysis).text,
        "origin": origin_of(earlier, analysis),
    }


def origin_of(earlier: "Problem", analysis: "SituationAnalysis") -> str:
    """Where a problem comes from: its läsår, with its unit when that is another."""
    home = earlier.analysis.cycle
    elsewhere = home.unit is not None and home.unit_id != analysis.cycle.unit_id
    unit = home.unit.name if home.unit and elsewhere else ""
    return f"{unit} {home.school_year.label}".strip()
