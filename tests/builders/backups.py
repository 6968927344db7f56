"""Backups of a test's databases, as a dump makes them: all documents of all collections, put back later."""

from typing import Any

import pymongo

from shared.settings import Settings

Backup = dict[tuple[str, str], list[Any]]


def dumped(settings: Settings) -> Backup:
    """Everything the installation's databases hold now."""
    with pymongo.MongoClient[Any](settings.mongo) as client:
        return {
            (database, collection): list(client[database][collection].find())
            for database in client.list_database_names()
            if database.startswith(f"{settings.database_prefix}_")
            for collection in client[database].list_collection_names()
        }


def restored(settings: Settings, backup: Backup) -> None:
    """Put the databases back to what they were."""
    with pymongo.MongoClient[Any](settings.mongo) as client:
        for database in client.list_database_names():
            if database.startswith(f"{settings.database_prefix}_"):
                for collection in client[database].list_collection_names():
                    client[database][collection].delete_many({})
        for (database, collection), documents in backup.items():
            if documents:
                client[database][collection].insert_many(documents)
