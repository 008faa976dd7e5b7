"""The app for gunicorn and the flask command."""

from server.app import create_app

app = create_app()
