"""What is told of each code that an error of Gubi's carries, with the remedy of that very code. Pure.

A house test finds the codes where they are raised and holds each to a line of its own here.
"""

from collections.abc import Mapping

from deploy.gubi import kafka_remedies
from deploy.gubi.told import Told

_RESTORED = "restore it from the backup of the keys (docs/backup.md)"
_ONLY_NEW = "Only a new installation, whose store is empty, makes one: gubi prepare"

_KEYS = {
    "keyring:missing_or_damaged": Told(
        "{who} found no usable keyring.json in {keys}", f"{_RESTORED}, as no other opens what is stored. {_ONLY_NEW}"
    ),
    "keyring:current_key_missing": Told("keyring.json in {keys} lacks the key that it says wraps", _RESTORED),
    "keyring:key_destroyed": Told(
        "{who} met what is under a key that keyring.json in {keys} lacks",
        "put this installation's newest keyring.json there (docs/backup.md); what was under a key that was destroyed "
        "on purpose opens nowhere, and 'gubi doctor' tells which keys are in use",
    ),
    "keyring:key_is_current": Told(
        "The key that wraps is not destroyed", "have another wrap first, by 'gubi keys rotate'"
    ),
    "keyring:key_unknown": Told("The keyring in {keys} has no such key", "'gubi keys status' shows those that it has"),
    "vault:unopenable": Told(
        "Something that is stored does not open by the key it names",
        "run 'gubi doctor': where its row 'keys' is not well, put this installation's own keyring.json in {keys} "
        "(docs/backup.md); else the store was altered, and is restored from its backup",
    ),
    "audit_key:missing_or_damaged": Told(
        "{who} found no usable audit.key, or no audit.pub, in {keys}",
        "restore both from the backup of the keys (docs/backup.md), as the access log's checkpoints are signed by that "
        f"pair. {_ONLY_NEW}",
    ),
    "audit_key:not_ed25519": Told(
        "audit.key or audit.pub in {keys} is a key of another kind than checkpoints are signed by",
        "restore both from the backup of the keys (docs/backup.md)",
    ),
    "signing:missing_or_damaged": Told(
        "{who} found no usable signing.json in {keys}",
        f"{_RESTORED}, as records of destruction were signed by it. {_ONLY_NEW}",
    ),
    "signing:not_verified": Told(
        "The record is signed by no key of those in signing-keys.json",
        "give it whole, as it was handed out, and check it by the keys of the installation that gave it",
    ),
    "signing_keys:missing_or_damaged": Told(
        "{who} found no usable signing-keys.json, the public half of signing.json, in {keys}", _RESTORED
    ),
    "webhooks:missing_or_malformed": Told(
        "{who} found no usable webhooks.json in {keys}",
        "correct it, or restore it from the backup of the keys (docs/backup.md): wallet apps know the keys in it. For "
        "the wallet simulator alone, where there is none yet: gubi prepare",
    ),
    "webhooks:app_stands_twice": Told(
        "webhooks.json in {keys} has two endpoints of one wallet app", "leave one of them"
    ),
    "webhooks:no_endpoint": Told(
        "That wallet app has no endpoint in webhooks.json", "'gubi wallets endpoints' lists those that have one"
    ),
    "webhooks:too_many_keys": Told(
        "As many keys as may sign at once do so already",
        "wait until one has ended ('gubi wallets endpoints --json'), or end all the old ones now by --overlap 0",
    ),
    "webhook_keys:malformed": Told("webhook-keys.json in {keys} is damaged", _RESTORED),
    "sandbox:sample_root_missing": Told(
        "{who} is a sandbox (GUBI_SANDBOX), and the sample issuer's root is not in {trust_roots}",
        "put sample-root.pem there, which 'gubi prepare' and 'gubi samples make' do where there is none yet",
    ),
    "wallet_keys:away": Told(
        "{who} could not read the wallet apps' public keys", "see why the store does not answer: gubi doctor"
    ),
}

_ERASURES = {
    "erasure_log:not_applied": Told(
        "The store was restored from a backup and still holds what was destroyed since",
        "run 'gubi reapply-erasures', then start {who} again",
    ),
    "erasure_log:another": Told(
        "The store knows of erasures that the log at {log} does not hold",
        "put this installation's own log there, or set GUBI_ERASURE_LOG to where it is",
    ),
    "erasure_log:damaged": Told(
        "The erasure log at {log} was changed or damaged", "put a whole copy of it there (docs/backup.md)"
    ),
    "erasure_log:restoring": Told(
        "A restore was begun and is not over, so the store may be half of what it was",
        "run 'gubi restore store' again, then start {who}",
    ),
    "erasure_log:not_written": Told(
        "{who} could not write the erasure log at {log}",
        "set GUBI_ERASURE_LOG to a file that can be written, and that is kept",
    ),
    "audit:checkpoint_not_written": Told(
        "{who} could not write the access log's checkpoint to {checkpoints}",
        "make room there, or set GUBI_CHECKPOINTS to a folder that can be written, and that is kept",
    ),
}

_AT_WORK = {
    "gate:indeterminate": Told(
        "The store did not say whether a change at the gate was made",
        "see whether it has a primary ('gubi doctor'), then do it again, which changes nothing twice",
    ),
    "gate:unsettled": Told("Others changed the same submission meanwhile, again and again", "do it again"),
    "gate:vanished": Told(
        "A submission that was at the gate is not there any more",
        "let nothing but Gubi write to the store, and end a restore before services start; then do it again",
    ),
    "jail:stopped": Told("{who} was stopping while a document was read", "start it again; the document is read anew"),
    "jail:worker_not_ready": Told(
        "A reader of {who} did not start in time",
        "give the machine processors and memory that are free, or set GUBI_READERS lower",
    ),
    "jail:workers_keep_dying": Told(
        "The readers of {who} die before they take a document",
        "give it a GiB of memory for each of GUBI_READERS, and see the kernel's log for who ends them",
    ),
    "extraction:batch_unfinished": Told(
        "Reading took longer than one batch may", "set GUBI_BATCH lower, or run more of {who}; it goes on where it was"
    ),
    "extraction:read_elsewhere": Told(
        "Another process read the same submission meanwhile", "do it again; where {who} consumes, it does so by itself"
    ),
    "desk:rows_too_slow": Told(
        "Deciding rows of a batch took longer than its lease lets it",
        "see why the store is slow ('gubi doctor'); the batch goes on by itself",
    ),
    "desk:portion_missing": Told(
        "Rows of a selection run have not come to the desk yet",
        "see the row 'lag dashboard' of 'gubi doctor'; the batch goes on by itself when they have",
    ),
    "queue:contended": Told(
        "Other processes of the desk changed the same rows, again and again",
        "run fewer of dashboard where that goes on; it is done again by itself",
    ),
    "bug:nothing_succeeded_yet": Told(
        "{who} could handle nothing of what it took since it started",
        "see 'error_at' in its log, and roll back to the version before; nothing is lost",
    ),
    "programme:unknown": Told(
        "A submission is of a programme that the catalogue does not know",
        "put the catalogue back that knows it (GUBI_CATALOG), then 'gubi dead replay'",
    ),
    "vault:certificate_missing": Told(
        "A certificate that the gate names is not in the store", "restore the store from its backup (docs/backup.md)"
    ),
    "vault:facts_missing": Told(
        "What was read of a certificate is not in the store, and its original was redacted",
        "restore the store from its backup (docs/backup.md)",
    ),
    "probe_port:taken": Told(
        "{who} cannot answer probes where it should", "set GUBI_PROBE_PORT to a port that is free, or to 0 for none"
    ),
}

CODES: Mapping[str, Told] = {**_KEYS, **_ERASURES, **_AT_WORK}

STORE_AWAY = Told("{who} could not reach MongoDB", "run 'gubi stack up', or set GUBI_MONGO to one that runs")
STORE_REFUSES = Told(
    "MongoDB does not let {who} do that",
    "give its user in GUBI_MONGO the role readWrite on this installation's databases (GUBI_DATABASE_PREFIX)",
)
_LATE = Told("MongoDB did not answer {who} in time", "see its log and its disks for why it is slow, then do it again")
_UNCONFIRMED = Told(
    "Most of MongoDB's members did not confirm what {who} wrote",
    "start those that are away, and make room on their disks; doing it again changes nothing twice",
)
_NO_PRIMARY = Told(
    "MongoDB has no primary that takes what {who} writes ({failure})",
    "start the members that are away, as most must be there",
)
_STORE = {
    "executiontimeout": _LATE,
    "networktimeout": _LATE,
    "waitqueuetimeouterror": _LATE,
    "write_concern": _UNCONFIRMED,
    "writeconcernerror": _UNCONFIRMED,
    "wtimeouterror": _UNCONFIRMED,
    "notprimaryerror": _NO_PRIMARY,
}
_OTHERWISE = Told("{who} could not go on ({failure})", "see its log, and 'gubi doctor' for what is not well")


def told_of_code(code: str) -> Told:
    """Give what is told of a code, to be filled with `who` and with where things are."""
    about, _, rest = code.partition(":")
    if about in ("broker", "topics"):
        return kafka_remedies.told_of_name(rest)
    if about == "store":
        otherwise = _NO_PRIMARY if rest.startswith("code_") else STORE_AWAY
        return _STORE.get(rest, otherwise).filled(failure=rest)
    return CODES.get(code, _OTHERWISE).filled(failure=code)
