"""The addresses of the teams and their goals, one line each. What they answer is in the modules named."""

from flask import Blueprint

from tracker.teams import routes_evaluations as evaluations
from tracker.teams import routes_goals as goals
from tracker.teams import routes_teams as teams

bp = Blueprint("teams", __name__)

READ, FORM, SEND = ["GET"], ["GET", "POST"], ["POST"]
NUMBER = "int(max=2147483647)"
TEAMS = "/enheter/<slug>/lag"
TEAM = f"{TEAMS}/<{NUMBER}:team_id>"
MEMBERS = f"{TEAM}/medlemmar"
MEMBER = f"{MEMBERS}/<{NUMBER}:member_id>"
YEAR = "/enheter/<slug>/<year>/lag"
HERE = f"{YEAR}/<{NUMBER}:team_id>"
GOAL = f"{HERE}/mal/<{NUMBER}:goal_id>"

for address, view, methods in (
    (TEAMS, teams.manage, READ),
    (f"{TEAMS}/nytt", teams.new_team, FORM),
    (TEAM, teams.team, FORM),
    (f"{TEAM}/lagg-undan", teams.retire, SEND),
    (f"{TEAM}/ta-tillbaka", teams.restore, SEND),
    (MEMBERS, teams.add_members, FORM),
    (MEMBER, teams.member, FORM),
    (f"{MEMBER}/ta-bort", teams.remove_member, SEND),
    (YEAR, goals.index, READ),
    (HERE, goals.show, READ),
    (f"{HERE}/analys", goals.analysis, FORM),
    (f"{HERE}/dela", goals.share, SEND),
    (f"{HERE}/mal/nytt", goals.new_goal, FORM),
    (GOAL, goals.goal, FORM),
    (f"{GOAL}/ta-bort", goals.remove_goal, SEND),
    (f"{HERE}/ta-med/<{NUMBER}:goal_id>", goals.take_over, SEND),
    (f"{GOAL}/utvardera", evaluations.evaluate, FORM),
    (f"{GOAL}/utvarderingar/<{NUMBER}:number>", evaluations.correct, FORM),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
