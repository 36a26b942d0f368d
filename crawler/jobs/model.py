"""What a job file may say. `docs/examples/news.toml` shows every key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crawler.items import PageKind, PageRef
from crawler.pages import AddressError, parse_ref
from crawler.sites import Site, matches, place_of

LONGEST_DELAY = 3600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PLACE = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?(?::[1-9][0-9]{0,4})?")
_CONTACT = re.compile(r"mailto:[^\s@]+@[^\s@]+\.[^\s@]+|https?://[^\s/]+\.[^\s/]+")
_PATTERN = re.compile(r"/(?:topic|forum)/[^/\s]+")


def _named(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("it is no plain name; take letters, digits, '.', '_' and '-', 64 at the most")
    return text


def _place(text: str) -> str:
    host = text.lower().removeprefix("www.").rstrip(".")
    if not _PLACE.fullmatch(host):
        raise ValueError('it is no host; write the host alone, as in "old.example"')
    return host


def _identified(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it has control characters in it; write it on one line")
    if not _CONTACT.search(text):
        raise ValueError('it names no contact; write it as "mybot (+mailto:me@example.org)", or with a page of yours')
    return text


def _ref(text: str, kind: PageKind | None = None) -> PageRef:
    try:
        ref = parse_ref(text, is_seed=True)
    except AddressError as error:
        raise ValueError(f"{error.reason}; {error.fix}") from None
    if kind is not None and ref.kind != kind:
        found, other = {"topic": ("thread", "threads"), "forum": ("forum", "forums")}[ref.kind]
        raise ValueError(f"it names a {found}; put it into `{other}`")
    return ref


def _forum(text: str) -> str:
    return _ref(text, "forum").url


def _thread(text: str) -> str:
    return _ref(text, "topic").url


def _pattern(text: str) -> str:
    """An address becomes the pattern of its number."""
    if "://" in text:
        ref = _ref(text)
        return f"/{ref.kind}/{ref.item_id}-*"
    if not _PATTERN.fullmatch(text):
        raise ValueError("it is no pattern; write an address, or /topic/<number>-<slug> or /forum/… with * in it")
    return text if "-" in text or "*" in text else f"{text}-*"


def _arguments(words: list[str]) -> list[str]:
    if any("\0" in word for word in words) or not words[0].strip():
        raise ValueError('it is no command; write the program and its arguments, as in ["/usr/bin/mail-me", "failed"]')
    return words


Name = Annotated[str, AfterValidator(_named)]
Place = Annotated[str, AfterValidator(_place)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Delay = Annotated[float, Field(ge=0, le=LONGEST_DELAY, allow_inf_nan=False)]
Command = Annotated[list[str], Field(min_length=1), AfterValidator(_arguments)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class JobSite(_Part):
    """One forum of a job."""

    name: Place | None = None
    aliases: list[Place] = []
    forums: list[Annotated[str, AfterValidator(_forum)]] = []
    threads: list[Annotated[str, AfterValidator(_thread)]] = []
    subforums: bool = False
    includes: list[Pattern] = []
    excludes: list[Pattern] = []
    delay: Delay | None = None

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if not self.urls:
            raise ValueError("it names nothing to fetch; give it `forums` or `threads`")
        for ref in self.refs:
            pattern = next((pattern for pattern in self.excludes if matches(pattern, ref)), None)
            if pattern is not None:
                raise ValueError(f"{ref.url} is named and excluded by {pattern!r}; take one of the two out")
        if self.name is None and len(own := {place_of(url) for url in self.urls} - set(self.aliases)) > 1:
            hosts = ", ".join(sorted(map(str, own)))
            raise ValueError(
                f"its addresses are of several hosts ({hosts}); give it a `name`, or make it several sites"
            )
        return self

    @property
    def urls(self) -> list[str]:
        """The addresses of what it names."""
        return [*self.forums, *self.threads]

    @property
    def refs(self) -> list[PageRef]:
        """What it names; under the site of its address."""
        return [parse_ref(url, is_seed=True) for url in self.urls]

    @property
    def site(self) -> Site:
        """The site as the crawl knows it."""
        first = next((ref for ref in self.refs if place_of(ref.url) not in self.aliases), self.refs[0])
        places = dict.fromkeys([*self.aliases, *(place_of(url) or "" for url in self.urls)])
        name = self.name or first.site
        return Site(
            name=name,
            places=tuple(sorted({*places, *([name] if self.name else [])})),
            subforums=self.subforums,
            includes=tuple(self.includes),
            excludes=tuple(self.excludes),
        )


class Budget(_Part):
    """Where a run ends, though there is more to do; the next one goes on."""

    pages: int | None = Field(None, ge=1)
    minutes: float | None = Field(None, gt=0, allow_inf_nan=False)


class ArchivePart(_Part):
    """The raw pages."""

    enabled: bool = True
    keep_days: int | None = Field(None, ge=1)


class OutputPart(_Part):
    """The tables."""

    formats: list[Literal["parquet", "jsonl", "csv"]] = Field(["parquet", "jsonl"], min_length=1)
    partition: bool = True
    report: bool = False


class Hooks(_Part):
    """Commands to run at the end."""

    on_success: Command | None = None
    on_failure: Command | None = None
    success_codes: list[Annotated[int, Field(ge=0, le=255)]] = [0]
    timeout: float = Field(60.0, gt=0, le=3600, allow_inf_nan=False)


class Job(_Part):
    """A job file. Paths are absolute once it is loaded (`crawler.jobs.file`)."""

    name: Name
    out: Path = Field(strict=False)
    user_agent: Annotated[str, AfterValidator(_identified)]
    delay: Delay = 1.0
    recheck: Literal["off", "age", "all"] = "age"
    cookies: Path | None = Field(None, strict=False)
    private_hosts: list[Place] = []
    metrics: Path | None = Field(None, strict=False)
    log_json: bool = False
    site: list[JobSite] = Field(min_length=1)
    budget: Budget = Field(default_factory=lambda: Budget.model_validate({}))
    archive: ArchivePart = Field(default_factory=lambda: ArchivePart.model_validate({}))
    output: OutputPart = Field(default_factory=lambda: OutputPart.model_validate({}))
    hooks: Hooks = Field(default_factory=lambda: Hooks.model_validate({}))

    @model_validator(mode="after")
    def _sites_are_apart(self) -> Self:
        owners: dict[str, str] = {}
        for name, places in ((site.name, {site.name, *site.places}) for site in self.sites):
            for place in places:
                if owners.setdefault(place, name) != name:
                    raise ValueError(f"{place} belongs to the sites {owners[place]} and {name}; make them one site")
        if len({site.name for site in self.sites}) < len(self.site):
            raise ValueError("two sites have the same name; make them one [[site]], or give them names")
        return self

    @property
    def sites(self) -> list[Site]:
        """The sites as the crawl knows them."""
        return [part.site for part in self.site]

    @property
    def seeds(self) -> list[PageRef]:
        """What the job names, under its own names of sites."""
        return [
            PageRef(site=part.site.name, kind=ref.kind, item_id=ref.item_id, page=1, url=ref.url, is_seed=True)
            for part in self.site
            for ref in part.refs
        ]

    def delay_of(self, site: str) -> float:
        """Seconds between two requests to a site."""
        own = next((part.delay for part in self.site if part.site.name == site), None)
        return self.delay if own is None else own

    def as_config(self) -> dict[str, Any]:
        """For the column ``runs.config``: without what may be secret, such as the arguments of commands."""
        facts = self.model_dump(mode="json", exclude={"out", "cookies", "metrics", "hooks", "site", "user_agent"})
        sites = {
            part.site.name: part.model_dump(mode="json", exclude={"name"}, exclude_defaults=True) for part in self.site
        }
        facts["keep_days"] = self.archive.keep_days  # `prune` looks for it
        return {"command": "crawl", **facts, "cookies": self.cookies is not None, "sites": sites}
