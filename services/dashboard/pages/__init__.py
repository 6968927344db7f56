"""The desk's screens, one module of routes for each; templates in Korean, their English, our own styles, small scripts.

Every page works without the script. Every POST is a form with a CSRF token, so whatever a person can do, a program can.
"""

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from services.dashboard.pages import (
    batches,
    claiming,
    correcting,
    differing,
    drafting,
    exports,
    failing,
    finding,
    imports,
    keys,
    live,
    overview,
    poster,
    programmes,
    questions,
    queue,
    reveals,
    runs,
    searches,
    settling,
    signin,
    speaking,
    submission,
    supplementing,
    troubles,
    unmasking,
)
from services.dashboard.pages.guard import act_of, admitted
from services.dashboard.pages.language import Speaks

_SCREENS = (
    signin,
    speaking,
    keys,
    queue,
    finding,
    claiming,
    searches,
    live,
    submission,
    unmasking,
    correcting,
    settling,
    supplementing,
    batches,
    questions,
    runs,
    differing,
    drafting,
    imports,
    exports,
    reveals,
    overview,
    failing,
    programmes,
    poster,
)


def routes() -> list[APIRoute]:
    """Give every route of every screen."""
    return [route for screen in _SCREENS for route in screen.router.routes if isinstance(route, APIRoute)]


def attach(app: FastAPI) -> None:
    """Add every route and every error page, in the language of whoever asks.

    Raises `ValueError` where a route does not declare its act.
    """
    undeclared = [route.path for route in routes() if act_of(route.endpoint) is None]
    if undeclared:
        raise ValueError(f"no act is declared for {', '.join(undeclared)}: say which by @needs")
    for screen in _SCREENS:
        app.include_router(screen.router, dependencies=[Depends(admitted)])
    app.add_middleware(Speaks)
    troubles.attach(app)
