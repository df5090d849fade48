"""Related posts by the tags that articles share, the newest first among equals: the smallest plugin that gives them."""

from __future__ import annotations

from collections import Counter, defaultdict

from pelican import signals
from pelican.generators import ArticlesGenerator


def relate(generator: ArticlesGenerator) -> None:
    """Give every article its ``related`` list."""
    count = generator.settings["RELATED"]
    if not count:
        return
    tagged: defaultdict[str, list[int]] = defaultdict(list)
    for number, article in enumerate(generator.articles):
        for tag in getattr(article, "tags", ()):
            tagged[tag.name].append(number)
    for number, article in enumerate(generator.articles):
        shared = Counter(one for tag in getattr(article, "tags", ()) for one in tagged[tag.name])
        del shared[number]
        best = sorted(shared, key=lambda one: (-shared[one], one))[:count]
        article.related = [generator.articles[one] for one in best]


def register() -> None:
    """Let Pelican call ``relate`` when all articles are read."""
    signals.article_generator_finalized.connect(relate)
