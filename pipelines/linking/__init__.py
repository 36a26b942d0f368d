"""Finding the post that a quote is of, by author and words, where the markup does not name it.

``text`` makes words comparable, ``thread`` knows the posts and who may be meant by a name, ``citation`` reads what old
imports left as text, ``index`` finds the posts worth comparing in a thread of any length, ``rules`` holds the rules
that decide, one a function, ``search`` asks them for each quote, and ``compare`` holds a quote against its post.
`pipelines.quotes` puts them together.
"""
