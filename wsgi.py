"""What gunicorn and the flask command load."""

from tracker import create_app

app = create_app()
