"""What describes a run: its name, tags, properties and configuration."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, cast

from runtide.client.json_values import configuration
from runtide.client.pairs import property_texts, tag_texts
from runtide.client.run_core import RunCore
from runtide.client.writer import now_us
from runtide.core import names
from runtide.core.events import ConfigSet, PropertiesAdded, RunDescribed, TagsChanged
from runtide.errors import Conflict, ServerUnavailable

_log = logging.getLogger("runtide")


class MetadataMethods(RunCore):
    """Names, tags, properties and configuration of a run."""

    @property
    def name(self) -> str:
        """The run's display name."""
        return cast("str", self._detail("name"))

    @name.setter
    def name(self, name: str) -> None:
        self._describe(name=names.metric_name(name))

    @property
    def display_name(self) -> str:
        """The run's display name; the same as `name`."""
        return self.name

    @display_name.setter
    def display_name(self, name: str) -> None:
        self.name = name

    @property
    def description(self) -> str | None:
        """What the run is about."""
        return cast("str | None", self._detail("description"))

    @description.setter
    def description(self, text: str) -> None:
        self._describe(description=names.valid_text(text, what="description"))

    @property
    def number(self) -> int:
        """The run's number within its experiment, counting from 1."""
        return cast("int", self._detail("number"))

    @property
    def type(self) -> str | None:
        """What kind of run this is; None for one that a script started by itself."""
        return cast("str | None", self._detail("run_type"))

    @property
    def tags(self) -> dict[str, str | None]:
        """The run's tags; the same as `get_tags()`."""
        return self.get_tags()

    @property
    def properties(self) -> dict[str, str]:
        """The run's properties; the same as `get_properties()`."""
        return self.get_properties()

    @property
    def config(self) -> dict[str, Any]:
        """The run's configuration, as JSON values."""
        return cast("dict[str, Any]", self.refreshed()["config"])

    def tag(self, key: str, value: object = None) -> None:
        """Set one tag. Others stay; a value that is no text becomes its text."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Set tags. Others stay; a value that is no text becomes its text, None stays None.

        Raises:
            UsageError: It is no dict, or a key or value is too long.
        """
        texts = tag_texts(tags)
        if texts:
            self._record(TagsChanged(ts_us=now_us(), set=texts))

    def remove_tags(self, tags: Iterable[str]) -> None:
        """Remove tags; those that the run does not have are ignored."""
        listed = [tags] if isinstance(tags, str) else list(tags)
        removed = [names.metric_name(key) for key in listed]
        if removed:
            self._record(TagsChanged(ts_us=now_us(), remove=removed))

    def get_tags(self) -> dict[str, str | None]:
        """Return the run's tags, with everything set before the call."""
        return cast("dict[str, str | None]", self.refreshed()["tags"])

    def add_properties(self, properties: Mapping[str, object]) -> None:
        """Add properties. A property keeps its first value for ever.

        Raises:
            Conflict: A property has another value already; nothing was added.
            UsageError: It is no dict, or a key or value is too long.
        """
        texts = property_texts(properties)
        if not texts:
            return
        known = self._known_properties()
        for key, value in texts.items():
            if known.get(key, value) != value:
                message = (
                    f"property {key!r} is {known[key]!r} for ever, got {value!r}: "
                    f"use a tag for what changes"
                )
                raise Conflict(message)
        known.update(texts)
        self._record(PropertiesAdded(ts_us=now_us(), set=texts))

    def get_properties(self) -> dict[str, str]:
        """Return the run's properties, with everything added before the call."""
        return cast("dict[str, str]", self.refreshed()["properties"])

    def set_config(self, config: object) -> None:
        """Merge configuration values by key into those that the run has.

        Args:
            config: A dict, a dataclass, or an object with attributes such as parsed arguments.

        Raises:
            UsageError: It is none of these, or is too large.
        """
        values = configuration(config)
        if values:
            self._record(ConfigSet(ts_us=now_us(), set=values))

    def _describe(self, *, name: str | None = None, description: str | None = None) -> None:
        self._record(RunDescribed(ts_us=now_us(), name=name, description=description))
        if name is not None:
            self._details["name"] = name
        if description is not None:
            self._details["description"] = description

    def _known_properties(self) -> dict[str, str]:
        """Return the run's properties, as far as this process knows or can learn them."""
        if self._properties is None:
            try:
                self._properties = dict(self.get_properties())
            except ServerUnavailable as exc:
                # The first value wins in the record too; only the message is missing then.
                _log.warning("runtide: properties are added without a look at others: %s", exc)
                self._properties = {}
        return self._properties
