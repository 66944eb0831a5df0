from flask import Blueprint

bp = Blueprint("cycle", __name__)
