"""The Scrapy project: schema, page objects, spiders, store, middlewares, commands and the demo forum."""
