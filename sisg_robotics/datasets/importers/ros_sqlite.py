"""The .db3 files of ROS 2 bags: SQLite databases.

topics                    id, name, type, serialization_format
messages                  id, topic_id, timestamp (received, ns), data

Both must be plain tables with plain columns, so that reading them computes nothing that a file says. What is
packed by rosbag2 (compression_mode: message) is unpacked. A bag whose recording was not closed has a journal
beside it, without which it lacks its last messages; it is refused.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from ...errors import BadFile
from .ros_storage import LATEST_NS, MAX_MESSAGE_BYTES, START_BYTES, Entry, Place, Topic, check_length, plain

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
MAX_TOPICS = 100_000
ROW_BYTES = 8
"""No row takes less."""
TABLES = {
    "topics": ("id", "name", "type", "serialization_format"),
    "messages": ("id", "topic_id", "timestamp", "data"),
}


class SqliteFile:
    """A .db3 file of ROS 2 messages."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self, whole: Collection[str]) -> Iterator[Entry]:
        """Every message, in no order; those of the types `whole` with all their bytes."""
        with self._opened() as connection:
            topics = self._topics(connection)
            ids = ",".join(str(key) for key, topic in topics.items() if topic.type in whole)
            size, most = self.path.stat().st_size, MAX_MESSAGE_BYTES
            rows = connection.execute(
                "SELECT id, topic_id, timestamp, length(data), CASE WHEN typeof(data) != 'blob' THEN NULL "
                f"WHEN length(data) > {min(size, most)} THEN x'' WHEN topic_id IN ({ids}) THEN data "
                f"ELSE substr(data, 1, {START_BYTES}) END FROM messages NOT INDEXED"
            )
            total = 0
            for row, topic, received_ns, length, data in rows:
                timed = isinstance(received_ns, int) and 0 <= received_ns < LATEST_NS
                if not (isinstance(row, int) and isinstance(data, bytes) and timed and topic in topics):
                    problem = f"has a message (row {row}) without a number, a topic, a time or bytes"
                    raise BadFile(self.path, problem, "Record it anew.")
                check_length(self.path, length, "a message")
                total += length + ROW_BYTES  # pages that lead back to others would go on without end
                if total > size:
                    raise BadFile(self.path, "promises more bytes than it has", "Record it anew.")
                yield Entry(topics[topic], received_ns, Place(-1, row, length), data)

    def read(self, place: Place) -> bytes:
        """The message there."""
        with self._opened() as connection:
            row = connection.execute("SELECT data FROM messages WHERE id = ?", (place.at,)).fetchone()
        if row is None or not isinstance(row[0], bytes) or len(row[0]) != place.length:
            raise BadFile(self.path, "has changed since it was opened", "Import it again.")
        return plain(self.path, row[0])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database, only read; its journal is not looked for, which would write into the folder."""
        self._check_size()
        uri = f"file:{quote(os.fsencode(self.path.absolute()))}?mode=ro&immutable=1"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.execute("PRAGMA cell_size_check = ON")
                yield connection
        except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError) as error:
            problem = f"is not a readable database ({error})"
            raise BadFile(self.path, problem, "Copy the whole file, or record it anew.") from error

    def _check_size(self) -> None:
        """SQLite does not miss what was cut off until it wants to read it."""
        with self.path.open("rb") as file:
            head = file.read(HEADER_BYTES)
        if len(head) < HEADER_BYTES or not head.startswith(MAGIC):
            raise BadFile(self.path, "is no SQLite database", "Give the .db3 file of a bag.")
        page, size = int.from_bytes(head[16:18], "big"), self.path.stat().st_size
        pages = int.from_bytes(head[28:32], "big")
        if size % (65536 if page == 1 else max(1, page)) or pages * page > size:
            raise BadFile(self.path, f"is cut off after {size} bytes", "Copy the whole file.")

    def _topics(self, connection: sqlite3.Connection) -> dict[int, Topic]:
        """The topics by their ids, when the tables are what they should be."""
        for ending in ("-wal", "-journal"):
            journal = self.path.with_name(self.path.name + ending)
            if journal.is_file() and journal.stat().st_size:
                remedy = f"Run: sqlite3 {self.path.name} 'PRAGMA wal_checkpoint(TRUNCATE)'"
                raise BadFile(self.path, f"was not closed: {journal.name} holds its last messages", remedy)
        for table, columns in TABLES.items():
            made = connection.execute(
                "SELECT type, sql FROM sqlite_master WHERE name = ?", (table,)
            ).fetchall()
            if [kind for kind, _ in made] != ["table"] or "virtual" in str(made[0][1])[:40].lower():
                raise BadFile(self.path, f"has no table of {table}, so it is no bag", "Give a bag.")
            hidden = {row[1]: row[6] for row in connection.execute(f"PRAGMA table_xinfo({table})")}
            if any(hidden.get(column, 1) for column in columns):
                problem = f"has a table of {table} without plain columns {', '.join(columns)}"
                raise BadFile(self.path, problem, "Give a bag.")
        rows = connection.execute(
            f"SELECT id, name, type, serialization_format FROM topics LIMIT {MAX_TOPICS}"
        )
        topics = {}
        for row in rows:
            if not isinstance(row[0], int) or not all(isinstance(text, str) for text in row[1:]):
                raise BadFile(self.path, f"has a topic {str(row)[:80]}", "Topics have a name and a type.")
            topics[row[0]] = Topic(*row[1:])
        return topics
