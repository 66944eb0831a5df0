"""Where the pages about measures are registered; tracker/measures/routes*.py add theirs."""

from flask import Blueprint

bp = Blueprint("measures", __name__)
