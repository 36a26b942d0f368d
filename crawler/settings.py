"""Settings of the Scrapy project, each with its reason. Commands lay the user's options over them."""

from crawler.items import tool_version

BOT_NAME = "threadset"
SPIDER_MODULES = ["crawler.spiders"]
USER_AGENT = f"threadset/{tool_version()}"

# Politeness ----------------------------------------------------------------------------------------------------------
DOWNLOAD_DELAY = 1.0  # seconds between two requests to a host
SITE_DELAYS: dict[str, float] = {}  # the same for single sites, where it is longer there
DOWNLOAD_DELAY_JITTER = 0.0  # a promise of one a second is kept by every gap, not on average
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # requests in flight at a site; so many pages are leased of it (`scheduler.py`)
CONCURRENT_REQUESTS = 0  # no limit over all: a site that is slow must not take the place of another
OBEY_ROBOTS = True  # ours: nothing is crawled where robots.txt cannot be read
LONGEST_PAUSE = (
    300.0  # seconds that a run waits for a site which asks to be left alone; its pages stay for the next run
)
ROBOTS_LIFETIME = 86_400.0  # seconds until a robots.txt is asked for again at the latest
ROBOTSTXT_OBEY = False  # Scrapy's own allows everything when robots.txt fails
DOWNLOAD_TIMEOUT = 60  # seconds for a whole page

PARSE_THREADS = 1  # pages are read in one thread beside the engine; 0: in the engine's own
PARSE_PROCESS_AFTER = 50  # pages after which a crawl without a delay reads in a process of its own; 0: never

# The frontier ---------------------------------------------------------------------------------------------------------
SCHEDULER = "crawler.scheduler.FrontierScheduler"
STATE_DIR = None  # folder of the dataset; without it the store is temporary, and feeds stream the pages
REFRESH = False  # begin a new sweep even where the last one is unfinished
PAGE_BUDGET = 0  # pages a run; 0: no limit
TIME_BUDGET = 0.0  # seconds a run; 0: no limit
MAX_ATTEMPTS = 3  # tries of a page in one run
BACKOFF = 2.0  # seconds before the second try, doubled for each further one, also across runs; an hour at the most
GROUP_PAGES = 32  # pages that are committed together at the most ...
GROUP_SECONDS = 0.25  # ... and the time that the first of them waits for it: at a page a second each is alone
ARCHIVE = True  # keep every answer as it came, in WARC files beside the store; feeds keep none
ARCHIVE_SIZE = 256 * 1024 * 1024  # bytes of such a file after which another is begun
ARCHIVE_KEEP_DAYS = None  # days after which pages go out of it when a run has ended; for ever
RECHECK = "all"  # pages that nothing speaks of: off, age (the younger the more often) or all of them again
SITES: dict[str, dict[str, object]] = {}  # sites of a job by name: places, subforums, includes, excludes
RUN_CONFIG: dict[str, object] = {}  # what the run was asked to do, for the table `runs`
SESSION_OF = "crawler.session.session_of"
EXTENSIONS = {
    "crawler.session.Session": 0,
    "crawler.budget.TimeBudget": 10,
    "scrapy.extensions.memusage.MemoryUsage": None,  # sends mail
    "scrapy.extensions.spiderstate.SpiderState": None,  # JOBDIR is not used
}

# Redirects and retries are pages of the frontier: each has its own turn, its own row in `fetches` and survives a kill.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
HTTPERROR_ALLOW_ALL = True  # page objects judge every answer
REFERER_ENABLED = False  # addresses of pages are nobody else's business
COOKIES_ENABLED = False  # a session cookie makes pages differ from visitor to visitor
COOKIES_FILE = None  # the user's own login
DOWNLOADER_STATS = False
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # passwords are the user's cookies
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # hosts are checked where pages are found
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.containment.Containment": 50,  # before robots.txt is asked for, and after every other
    "crawler.middlewares.robots.RobotsPolicy": 100,
    "crawler.middlewares.unpack.Unpack": 592,  # before Scrapy's own, which takes longer
    "crawler.middlewares.received.AsReceived": 595,  # behind those that decompress
    "crawler.middlewares.cookies.UserCookies": 700,
    "crawler.middlewares.turn.Turn": 990,  # near the network: what waits here has nothing else to wait for
    "crawler.middlewares.conditional.Conditional": 995,  # what is known of a page when its turn has come
}
SPIDER_MIDDLEWARES = {
    "crawler.middlewares.unit.UnitOfWork": 10,  # below 50, nearest the engine: it must see all that a callback yields
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # would drop pages in silence
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # copies meta; the frontier knows the depth
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # the last three have nothing to do here
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
}

# Pages go through these in order; the last one stores them in one transaction.
ITEM_PIPELINES = {
    "pipelines.validate.Validate": 100,
    "pipelines.deduplicate.Deduplicate": 200,
    "pipelines.store.StorePage": 900,
}
CONCURRENT_ITEMS = 1  # a page is one item: the default starts a hundred tasks a response

# Feeds: `scrapy crawl topic -a url=… -O posts.parquet`
FEED_EXPORTERS = {
    "parquet": "output.feeds.ParquetItemExporter",
    "jsonl": "output.feeds.JsonLinesItemExporter",
}
FEED_ROWS = "pipelines.feed.rows_of"
FEED_TABLE = "posts"
FEED_EXPORT_ENCODING = "utf-8"

# Containment ----------------------------------------------------------------------------------------------------------
PRIVATE_HOSTS: list[str] = []  # names that may mean a private address, beside literal ones that the user gave
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # bytes after decompression: a bomb ends here
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True  # a body shorter than announced is no page
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy's default is not to
TELNETCONSOLE_ENABLED = False  # a port that runs code
REMOTE_CONTROL_ENABLED = False  # likewise

LOG_FORMATTER = "crawler.logformatter.PlainLogFormatter"  # nothing that somebody wrote on a page
LOG_JSON = False  # a JSON object a line in the place of text
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 60.0
