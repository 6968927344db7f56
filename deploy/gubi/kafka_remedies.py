"""What is told of each way Kafka fails: by its error's class, or that class's name in one of our codes. Pure."""

from typing import Any

from aiokafka import errors

from deploy.gubi.told import Told

AWAY = Told("{who} could not reach Kafka", "run 'gubi stack up', or set GUBI_KAFKA to one that runs")
_OTHERWISE = Told("Kafka failed {who} ({failure})", "see 'gubi doctor' and the brokers' own log, then do it again")

_KINDS: tuple[tuple[Told, tuple[type[BaseException], ...]], ...] = (
    (
        AWAY,
        (
            TimeoutError,
            errors.Cancelled,
            errors.KafkaConnectionError,
            errors.KafkaTimeoutError,
            errors.KafkaUnavailableError,
            errors.MetadataEmptyBrokerList,
            errors.NoBrokersAvailable,
            errors.NodeNotReadyError,
            errors.RequestTimedOutError,
            errors.StaleMetadata,
        ),
    ),
    (
        Told(
            "Kafka knows {who} and does not let it do that ({failure})",
            "allow its principal to read and write the topics and groups that begin with GUBI_TOPIC_PREFIX, and "
            "whoever runs 'gubi topics apply' to create and alter them (kafka-acls.sh)",
        ),
        (
            errors.ClusterAuthorizationFailedError,
            errors.GroupAuthorizationFailedError,
            errors.TopicAuthorizationFailedError,
            errors.TransactionalIdAuthorizationFailed,
        ),
    ),
    (
        Told(
            "Kafka asks {who} to sign in, which Gubi does not do ({failure})",
            "set GUBI_KAFKA to a listener that asks for none, and that nobody but Gubi's own network reaches",
        ),
        (
            errors.AuthenticationFailedError,
            errors.AuthenticationMethodNotSupported,
            errors.IllegalSaslStateError,
            errors.SaslAuthenticationFailed,
            errors.SecurityDisabled,
            errors.UnsupportedSaslMechanismError,
        ),
    ),
    (
        Told(
            "Kafka takes no message as large as {who} sent ({failure})",
            "put the topic's max.message.bytes back to 1 MiB, which is the broker's default",
        ),
        (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError, errors.RecordTooLargeError),
    ),
    (
        Told(
            "Kafka has no topic of the name that {who} uses ({failure})",
            "run 'gubi topics apply', under the GUBI_TOPIC_PREFIX that the services have",
        ),
        (errors.InvalidTopicError, errors.UnknownTopicOrPartitionError),
    ),
    (
        Told(
            "Too few brokers are there to keep what {who} says ({failure})",
            "start the brokers that are away and make room on their disks; 'gubi doctor' names the topics",
        ),
        (
            errors.BrokerNotAvailableError,
            errors.KafkaStorageError,
            errors.LeaderNotAvailableError,
            errors.NotEnoughReplicasAfterAppendError,
            errors.NotEnoughReplicasError,
            errors.NotLeaderForPartitionError,
            errors.ReplicaNotAvailableError,
        ),
    ),
    (
        Told(
            "Kafka takes nothing more from the producer of {who} ({failure})",
            "start {who} again, as a new process has a new producer; nothing is lost",
        ),
        (
            errors.DuplicateSequenceNumber,
            errors.InvalidProducerEpoch,
            errors.InvalidProducerIdMapping,
            errors.OutOfOrderSequenceNumber,
            errors.ProducerClosed,
            errors.ProducerFenced,
            errors.UnknownProducerId,
        ),
    ),
    (
        Told(
            "Another took the place of {who} in its group ({failure})",
            "do it again; where two processes bear one GUBI_REPLICA, give each its own",
        ),
        (
            errors.CommitFailedError,
            errors.IllegalGenerationError,
            errors.RebalanceInProgressError,
            errors.UnknownMemberIdError,
        ),
    ),
    (
        Told(
            "Kafka refuses the session of {who} ({failure})",
            "set GUBI_SESSION_TIMEOUT_MS between the brokers' group.min.session.timeout.ms and their "
            "group.max.session.timeout.ms",
        ),
        (errors.InvalidSessionTimeoutError,),
    ),
    (
        Told("Kafka refused to make the topics ({failure})", "see GUBI_REPLICATION and GUBI_PARTITIONS"),
        (
            errors.InvalidConfigurationError,
            errors.InvalidPartitionsError,
            errors.InvalidReplicationAssignmentError,
            errors.InvalidReplicationFactorError,
            errors.PolicyViolationError,
        ),
    ),
    (
        Told("Kafka is of a version that {who} cannot speak with ({failure})", "run Apache Kafka 4"),
        (
            errors.IncompatibleBrokerVersion,
            errors.UnrecognizedBrokerVersion,
            errors.UnsupportedForMessageFormatError,
            errors.UnsupportedVersionError,
        ),
    ),
)
_BY_NAME: dict[str, Any] = {name.lower(): kind for name, kind in vars(errors).items() if isinstance(kind, type)} | {
    "timeouterror": TimeoutError
}


def told_of_kind(kind: type[BaseException]) -> Told:
    """Give what is told of an error of this class, to be filled with `who`."""
    found = next((told for told, kinds in _KINDS if issubclass(kind, kinds)), _OTHERWISE)
    return found.filled(failure=kind.__name__)


def told_of_name(name: str) -> Told:
    """Give what is told of the class of this name in lower case, as `broker:` and `topics:` have it."""
    kind = _BY_NAME.get(name)
    return told_of_kind(kind) if kind else _OTHERWISE.filled(failure=name)
