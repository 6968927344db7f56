"""The sum of the demo as a table."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table


def table(result: Mapping[str, Any]) -> Table:
    """Give the demo's result as a table, each number with what it counts."""
    words = {
        "submitted": "제출, received in all",
        "eligible": "적격",
        "ineligible": "부적격",
        "review": "확인필요, for a person to look at",
        "unreadable": "읽을 수 없음, told to the citizen at once",
        "supplement": "보완 중",
        "expired": "기간 만료",
        "taken_back": "회수, before anybody looked",
        "withdrawn": "취하",
        "parked": "보류 (failed messages)",
        "in_flight": "처리 중",
        "viewed": "열람, a mark beside the class",
        "decided": "결정, a mark beside the class",
        "take_backs_refused": "asked back after it was viewed",
        "notified": "notices the wallets received",
        "notices_doubled": "webhook ids accepted twice",
        "human_actions": "all that officials had to do",
    }
    found = Table("", "count", "", title=f"The demo on the stack '{result['stack']}', {result['seconds']} s")
    for name, word in words.items():
        found.add_row(name, str(result[name]), word)
    return found
