"""The blueprint of the administrator's pages; their views are in the routes modules."""

from flask import Blueprint

bp = Blueprint("organisation", __name__, url_prefix="/organisation")
