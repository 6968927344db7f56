"""The desk's screens, one module of routes for each; templates in Korean, our own styles, and one small script.

Every page works without the script. Every POST is a form with a CSRF token, so whatever a person can do, a program can.
"""

from fastapi import FastAPI

from services.dashboard.pages import (
    batches,
    differing,
    exports,
    imports,
    overview,
    questions,
    queue,
    reveals,
    runs,
    signin,
    submission,
    troubles,
    untold,
)


def attach(app: FastAPI) -> None:
    """Add every route and every error page."""
    screens = (
        signin,
        queue,
        submission,
        batches,
        questions,
        runs,
        differing,
        imports,
        exports,
        reveals,
        overview,
        untold,
    )
    for screen in screens:
        app.include_router(screen.router)
    troubles.attach(app)
