from flask import Blueprint

bp = Blueprint("analyses", __name__)
