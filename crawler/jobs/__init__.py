"""Scheduled jobs: their files, what is in their scope, what a run reports, and whether its yield can be true."""

from crawler.jobs.file import JobError, load_job
from crawler.jobs.model import Job, JobSite

__all__ = ["Job", "JobError", "JobSite", "load_job"]
