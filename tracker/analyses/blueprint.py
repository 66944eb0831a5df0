"""Where the pages about the analysis are registered; tracker/analyses/routes*.py add theirs."""

from flask import Blueprint

bp = Blueprint("analyses", __name__, url_prefix="/enheter/<slug>/<year>")
