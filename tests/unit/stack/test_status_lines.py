"""What `gubi stack status` prints."""

from deploy.stack import Server, ServerStatus, Stack, lines

BROKER = Server("kafka-1", "Apache Kafka", "4.3.1", (19092, 19093), pid=4711, born="boot/1")
STORE = Server("mongo", "MongoDB", "8.0", (27117,), container="0123456789abcdef")
STACK = Stack("jvm", 1, "127.0.0.1:19092", "mongodb://user:hunter2@127.0.0.1", (BROKER, STORE))


def test_nothing_up_says_how_to_start():
    assert lines(None, []) == ["No stack is up. To start one: gubi stack up"]


def test_each_server_has_a_line_with_its_port_what_runs_and_how_it_is():
    head, broker, store = lines(STACK, [ServerStatus(BROKER), ServerStatus(STORE)])

    assert head == "jvm  kafka 127.0.0.1:19092"
    assert broker.split() == ["kafka-1", "19092", "pid", "4711", "Apache", "Kafka", "4.3.1", "serves"]
    assert store.split() == ["mongo", "27117", "container", "0123456789ab", "MongoDB", "8.0", "serves"]


def test_a_server_in_trouble_is_named_with_the_remedy():
    said = lines(STACK, [ServerStatus(BROKER, "its process has ended"), ServerStatus(STORE)])

    assert said[1].endswith("its process has ended")
    assert said[-1] == "Not serving: kafka-1. To start it again: gubi stack up"


def test_a_password_in_the_store_url_is_never_printed():
    assert "hunter2" not in "\n".join(lines(STACK, [ServerStatus(BROKER), ServerStatus(STORE)]))
