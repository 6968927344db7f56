"""Kafka, with its defaults turned round: nothing acknowledged is lost, nothing bad stops its neighbours.

`Bus` is what a service uses: `@bus.on(Event)` hands it validated batches, `await bus.say(events)` publishes and waits
for every confirmation. How a message can fail stands in `shared.errors`; what is then done stands in
`shared.kafka.delivery`.
"""

from shared.kafka.bus import Bus
from shared.kafka.pulse import Consuming
from shared.kafka.topics import dead_letter_topic, ensure_topics, topic_name

__all__ = ["Bus", "Consuming", "dead_letter_topic", "ensure_topics", "topic_name"]
