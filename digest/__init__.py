"""digest turns a folder of articles and summaries into a fast, complete, static news site.

The package imports nothing here, so that a command pays only for the modules it uses.
"""

__version__ = "0.1.0"
