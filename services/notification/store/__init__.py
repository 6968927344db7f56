"""Which app sent a submission, every delivery, and how each endpoint fares, in MongoDB.

A delivery's `state` is `waiting` (whose app is not known yet), `due`, `delivered`, `exhausted` or `not_tellable`. While
it is due it has a `due_at`: when to try it next or, while somebody tries it, when their lease ends and another process
may.
"""

from services.notification.store.endpoints import Endpoints
from services.notification.store.notices import Notices
from services.notification.store.queue import Queue

__all__ = ["Endpoints", "Notices", "Queue"]
