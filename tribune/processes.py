"""Metrics of several processes: each keeps its own in memory, and every few seconds in a file for the others.

The library's own way maps its files into memory: a full disk would kill the process that writes.
"""

import atexit
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from tribune.files import as_its_folder

EVERY = 5  # seconds between two times of writing ours and looking for dead processes
DEAD = 60  # seconds without writing after which a process is taken for dead

log = logging.getLogger(__name__)

# Numbers by the name of a sample and its labels, as they stand in a file.
Counts = Counter[tuple[str, tuple[tuple[str, str], ...]]]


class Together(Collector):
    """What all processes that share a folder have counted."""

    def __init__(self, instance: str, registry: CollectorRegistry) -> None:
        self._folder = Path(instance) / "metrics"
        self._file = self._folder / f"{token_hex(8)}.json"
        self._registry = registry
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._started = False
        self._since = time.time()
        self._written: Counts = Counter()
        self._more: Counts = Counter()  # taken over from the dead, less what others count already

    def start(self) -> None:
        """Write regularly from a thread, until the process ends or `stop`; if none can be had, a later call tries."""
        if self._started:
            return
        with self._lock:
            if self._started:
                return
            try:
                threading.Thread(target=self._work, name="metrics", daemon=True).start()
            except RuntimeError as fault:  # the machine, or whoever shares it out, allows no more threads
                log.warning("what is counted is not shared (%s): the next request tries again", fault)
                return
            self._started = True
        atexit.register(self.stop)

    def stop(self) -> None:
        """Write for the last time."""
        if self._started and not self._over.is_set():
            self._over.set()
            with suppress(OSError):
                self.write()

    def _work(self) -> None:
        failed = False
        while not self._over.is_set():
            try:
                self.write()
                self.take_over()
                failed = False
            except OSError as error:
                if not failed:
                    log.warning("what is counted cannot be written (%s): it waits", type(error).__name__)
                failed = True
            self._over.wait(EVERY)

    def write(self) -> Counts:
        """Write this process's numbers for the others, and return them. Raises OSError."""
        with self._lock:
            counts = self._mine()
            self._folder.mkdir(mode=0o700, exist_ok=True)
            as_its_folder(self._folder)
            partial = self._file.with_suffix(".part")
            partial.write_text(json.dumps({"since": self._since, "counts": list(counts.items())}))
            as_its_folder(partial)
            partial.replace(self._file)
            self._written = counts
        return counts

    def _mine(self) -> Counts:
        """Return what this process must report: if others took its file over while it slept, only what came since."""
        if not self._file.exists():
            self._more.subtract(self._written)
            self._written = Counter()
        counts = self._own()
        counts.update(self._more)
        return counts

    def _own(self) -> Counts:
        return Counter(
            {
                (sample.name, tuple(sorted(sample.labels.items()))): sample.value
                for family in self._registry.collect()
                for sample in family.samples
                if not sample.name.endswith("_created")
            }
        )

    def take_over(self) -> None:
        """Take over the numbers of dead processes: a sum that falls would look like a restart."""
        latest = self._file.stat().st_mtime
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another of us was first
                if latest - file.stat().st_mtime <= DEAD:
                    continue
                if file.suffix == ".part":  # killed while it wrote; its last whole file stands beside it
                    file.unlink()
                elif file.suffix == ".json":
                    taken = file.rename(file.with_suffix(".taken"))
                    since, counts = _read(taken)
                    with self._lock:
                        self._more.update(counts)
                        self._since = min(since, self._since)
                    self.write()
                    taken.unlink()

    def total(self) -> tuple[float, Counts]:
        """Return since when (epoch seconds), and the sums; ours are written first, so that no kill can lower them."""
        try:
            counts = Counter(self.write())
        except OSError:  # a full disk: take what is in memory
            with self._lock:
                counts = self._mine()
        since = self._since
        for file in self._folder.glob("*.json"):
            with suppress(FileNotFoundError):  # somebody is taking it over
                if file != self._file:
                    began, theirs = _read(file)
                    since = min(since, began)
                    counts.update(theirs)
        return since, counts

    def collect(self) -> Iterator[Metric]:
        """Yield the sums, in the families of our own metrics."""
        _, counts = self.total()
        for family in self._registry.collect():
            summed = Metric(family.name, family.documentation, family.type)
            names = {f"{family.name}{end}" for end in ("_total", "_bucket", "_count", "_sum")}
            for (name, labels), number in counts.items():
                if name in names:
                    summed.add_sample(name, dict(labels), number)
            yield summed


def _read(file: Path) -> tuple[float, Counts]:
    """Read the file of a process; empty if power was lost half-way. Raises FileNotFoundError."""
    try:
        told = json.loads(file.read_text())
    except ValueError:
        return time.time(), Counter()
    numbers = {(name, tuple(map(tuple, labels))): number for (name, labels), number in told["counts"]}
    return told["since"], Counter(numbers)
