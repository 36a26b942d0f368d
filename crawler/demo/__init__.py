"""The demo forum: an invented Invision Community 4.7 site with known contents, served on loopback.

The model (`crawler.demo.model`) is the ground truth, `crawler.demo.render` makes its pages, and `DemoServer` serves
them. Imported by the demo command and by tests only.
"""

from crawler.demo.model import Forum, build, build_many, build_whole
from crawler.demo.server import DemoServer

__all__ = ["DemoServer", "Forum", "build", "build_many", "build_whole"]
