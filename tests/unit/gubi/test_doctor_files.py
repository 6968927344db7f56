"""Who else may read the keys, as the doctor sees it."""

import os

import pytest

from deploy.gubi.doctor.at_files import open_to_more

US, OUR_GROUP, ROOT, ANOTHER = 10001, 10001, 0, 100


@pytest.mark.parametrize(
    ("mode", "owner", "group", "expected"),
    [
        pytest.param(0o600, US, OUR_GROUP, False, id="ours alone"),
        pytest.param(0o640, US, OUR_GROUP, True, id="ours, and our group may"),
        pytest.param(0o604, US, OUR_GROUP, True, id="ours, and everybody may"),
        pytest.param(0o440, ROOT, OUR_GROUP, False, id="mounted by Kubernetes for the pod"),
        pytest.param(0o444, ROOT, OUR_GROUP, True, id="mounted for everybody"),
        pytest.param(0o440, ROOT, ANOTHER, True, id="another group's"),
    ],
)
def test_a_secret_mounted_for_the_pod_is_read_by_nobody_else(
    mode: int, owner: int, group: int, *, expected: bool
) -> None:
    file = os.stat_result((0o100000 | mode, 0, 0, 1, owner, group, 0, 0, 0, 0))
    assert open_to_more(file, US, OUR_GROUP) is expected
