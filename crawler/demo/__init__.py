"""The demo forum: an invented Invision Community site with known contents, served on loopback.

The model (`crawler.demo.model`) is the ground truth, `crawler.demo.render` makes its pages in the layouts of 4.0, 4.7
and 5.0, and `DemoServer` serves them. `build` is small, `build_many` large and plain, `build_whole` holds everything;
`advance` is what becomes of a forum some days later. Imported by the demo command and by tests only.
"""

from crawler.demo.model import Epoch, Forum, TrueEvent, advance, build, build_many, build_whole
from crawler.demo.server import DemoServer

__all__ = ["DemoServer", "Epoch", "Forum", "TrueEvent", "advance", "build", "build_many", "build_whole"]
