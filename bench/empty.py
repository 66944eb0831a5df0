"""The measure of everything: one Flask view that does nothing, behind the same server."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def nothing() -> str:
    return "ok\n"
