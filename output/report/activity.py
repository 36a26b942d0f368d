"""When posts were written, how long threads are, and how much is quoted: words, and charts where they say more."""

from __future__ import annotations

from collections import Counter
from datetime import date

from output.report import charts
from output.report.bins import Bin, Timeline, Unit, median, ranges, timeline, week
from output.report.blocks import Cell, Figure, Table, counted, row
from output.report.figures import Articles, Figures, Posts
from output.report.names import isolated
from output.report.words import WEEKDAYS, count, day, listing, share, span

ENOUGH_FOR_TIME = 20
"""Posts from which on a chart of time says more than their first and last."""

ENOUGH_FOR_WEEK = 50
"""Posts from which on the hours of a week show a pattern."""

LEAST_BARS = 3
"""A chart with fewer bars is a sentence."""

AGENCIES_SHOWN = 12

NUMBERS = "The numbers"


def activity(found: Figures) -> list[Figure]:
    """The figures in their order; those about nothing are left out."""
    made = [posts_over_time(found.posts), hours_of_the_week(found.posts), thread_sizes(found), quotes_a_post(found)]
    return [one for one in [*made, articles(found.articles)] if one is not None]


def label(one: Bin, unit: Unit) -> str:
    """A bin in words: ``3 May 2024``, ``week of 29 April 2024``, ``May 2024``, ``2024``."""
    start = one.start
    names = {
        "hour": f"{day(start)}, {start:%H:%M}",
        "day": day(start),
        "week": f"week of {day(start)}",
        "month": f"{start:%B} {start.year}",
        "quarter": f"quarter {(start.month + 2) // 3} of {start.year}",
        "year": f"{start.year}",
    }
    return names.get(unit.name, f"from {start.year}")


def worth_drawing(counts: list[int]) -> bool:
    """Whether enough bars are more than nothing."""
    return sum(number > 0 for number in counts) >= LEAST_BARS


def time_table(line: Timeline, columns: list[str], series: list[list[int]]) -> Table:
    """The numbers of a chart of time; spans in which nothing happened are left out."""
    rows = [
        row(label(one, line.unit), *numbers)
        for one, *numbers in zip(line.bins, *series, strict=True)
        if any(numbers)
    ]  # fmt: skip
    left_out = len(line.bins) - len(rows)
    note = f"{count(left_out, line.unit.name)} without any {'is' if left_out == 1 else 'are'} left out."
    return Table(NUMBERS, [line.unit.name, *columns], rows, note=note if left_out else None)


def posts_over_time(posts: Posts) -> Figure:
    """Posts by the time that suits their span."""
    heading = "Posts over time"
    if posts.first_at is None or posts.last_at is None:
        return Figure(heading, ["No post tells when it was written."])
    words = [f"{count(posts.by_hour.total(), 'post')} from {span(posts.first_at, posts.last_at)}."]
    if posts.undated:
        words.append(f"{count(posts.undated, 'post')} without a time {_are(posts.undated)} left out.")
    line = timeline(posts.by_hour)
    counts = line.count(posts.by_hour) if line else []
    if line is None or posts.by_hour.total() < ENOUGH_FOR_TIME or not worth_drawing(counts):
        return Figure(heading, words)
    labels = [label(one, line.unit) for one in line.bins]
    most = max(range(len(counts)), key=counts.__getitem__)
    words.append(f"Each bar is a {line.unit.name}; the tallest, {labels[most]}, has {count(counts[most], 'post')}.")
    series = [charts.Series("posts", 1, counts)]
    name = f"Bar chart of posts by {line.unit.name}. {' '.join(words)}"
    wide, narrow = (charts.over_time(line, series, labels, width, name) for width in (charts.WIDE, charts.NARROW))
    return Figure(heading, words, wide, narrow, tables=[time_table(line, ["posts"], [counts])])


def hours_of_the_week(posts: Posts) -> Figure | None:
    """Posts by weekday and hour, in UTC."""
    heading, total = "Hours of the week", posts.by_hour.total()
    if total < ENOUGH_FOR_WEEK:
        return None
    grid = week(posts.by_hour)
    by_day = [sum(numbers) for numbers in grid]
    by_hour = [sum(numbers[hour] for numbers in grid) for hour in range(24)]
    best_day = max(range(7), key=by_day.__getitem__)
    best_hour = max(range(24), key=by_hour.__getitem__)
    busiest = f"The busiest day is {WEEKDAYS[best_day]} ({share(by_day[best_day], total)} of the posts)"
    busiest += f", the busiest hour {best_hour:02}:00 to {best_hour + 1:02}:00 ({share(by_hour[best_hour], total)})."
    words = ["All times are UTC, not those of the members.", busiest]
    rows = [row(WEEKDAYS[rank], *numbers) for rank, numbers in enumerate(grid)]
    table = Table(NUMBERS, ["UTC", *(f"{hour:02}" for hour in range(24))], rows)
    name = f"Heat map of posts by weekday and hour. {busiest}"
    wide, narrow = (charts.heat(grid, width, name) for width in (charts.WIDE, charts.NARROW))
    return Figure(heading, words, wide, narrow, tables=[table])


def thread_sizes(found: Figures) -> Figure | None:
    """Posts a thread."""
    sizes = Counter({size: number for size, number in found.threads.sizes.items() if size > 0})
    if not sizes:
        return None
    heading = "Posts a thread"
    if sizes.total() < 5:
        each = [f"{size:,}" for size in sorted(sizes.elements(), reverse=True)]
        what = "One thread, of" if len(each) == 1 else f"{len(each)} threads, of"
        return Figure(heading, [f"{what} {listing(each)} {'post' if each == ['1'] else 'posts'}."], half=True)
    half = count(median(sizes), "post")
    words = f"Half of the {sizes.total():,} threads have at most {half}; the longest has {max(sizes):,}."
    return _distribution(heading, [words], sizes, ("posts in a thread", "threads"), color=1)


def quotes_a_post(found: Figures) -> Figure | None:
    """Quotes a post."""
    counts, total = found.posts.quotes, found.posts.quotes.total()
    quoting = total - counts[0]
    if not total:
        return None
    heading = "Quotes a post"
    if not quoting:
        return Figure(heading, ["No post quotes another."], half=True)
    words = f"{quoting:,} of {count(total, 'post')} {'quotes' if quoting == 1 else 'quote'} ({share(quoting, total)})"
    words += f"; none holds more than {max(counts):,}, nested ones included."
    return _distribution(heading, [words], counts, ("quotes in a post", "posts"), color=3)


def _distribution(heading: str, words: list[str], counts: Counter[int], names: tuple[str, str], color: int) -> Figure:
    found = ranges(counts)
    table = Table(NUMBERS, names, [row(one.label, one.count) for one in found])
    if not worth_drawing([one.count for one in found]):
        return Figure(heading, words, tables=[table], half=True)
    name = f"Bar chart: {names[1]} by {names[0]}. {' '.join(words)}"
    chart = charts.bars([(one.label, one.count) for one in found], names[1], name, color)
    return Figure(heading, words, chart, tables=[table], half=True)


def articles(found: Articles) -> Figure | None:
    """News articles among the first posts, and who supplied them."""
    if not found.total:
        return None
    one = found.total == 1
    words = [
        f"{count(found.total, 'first post')} {'was read as a news article' if one else 'were read as news articles'}"
    ]
    if one:
        words[0] += ", which names its authors." if found.with_byline else ", which names no author."
    else:
        signed = "all" if found.with_byline == found.total else f"{found.with_byline:,}"
        words[0] += f"; {signed} of them {'names its' if found.with_byline == 1 else 'name their'} authors."
    if found.first_on and found.last_on:
        first, last = _day(found.first_on), _day(found.last_on)
        words.append(f"Published {f'on {first}' if first == last else f'from {first} to {last}'}.")
    unnamed = found.total - found.agencies.total()
    if len(found.agencies) < 2:
        more = f" ({count(found.agencies.total(), 'article')})" if not one else ""
        words += [f"Agency: {isolated(name)}{more}." for name in found.agencies]
        return Figure("Articles", words)
    ranked = sorted(found.agencies.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [[Cell(name), *counted(number, found.total)] for name, number in ranked[:AGENCIES_SHOWN]]
    rest = sum(number for _, number in ranked[AGENCIES_SHOWN:])
    notes = [f"{len(ranked) - AGENCIES_SHOWN:,} more agencies have {count(rest, 'article')}."] if rest else []
    notes += [f"{count(unnamed, 'article')} {'names' if unnamed == 1 else 'name'} no agency."] if unnamed else []
    columns = ["agency, as written", "articles", "share"]
    return Figure(
        "Articles", words, tables=[Table("Articles by agency", columns, shown, open=True, note=" ".join(notes))]
    )


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:  # a table that is not ours
        return isolated(text)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
