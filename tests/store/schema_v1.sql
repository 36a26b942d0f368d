CREATE TABLE "fetches" (
  "fetch_id" INTEGER PRIMARY KEY,
  "run_id" INTEGER NOT NULL,
  "site" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "final_url" TEXT,
  "fetched_at" INTEGER NOT NULL,
  "status" INTEGER,
  "bytes" INTEGER,
  "elapsed_ms" INTEGER,
  "page_kind" TEXT NOT NULL,
  "layout" TEXT,
  "thread_id" INTEGER,
  "page" INTEGER,
  "n_posts" INTEGER,
  "outcome" TEXT NOT NULL,
  "error" TEXT,
  "body_sha256" TEXT,
  "warc_file" TEXT,
  "warc_offset" INTEGER
) STRICT;
CREATE TABLE "runs" (
  "run_id" INTEGER PRIMARY KEY,
  "sites" TEXT NOT NULL,
  "started_at" INTEGER NOT NULL,
  "finished_at" INTEGER,
  "outcome" TEXT,
  "tool_version" TEXT NOT NULL,
  "schema_version" INTEGER NOT NULL,
  "config" TEXT NOT NULL,
  "robots_sha256" TEXT,
  "user_agent" TEXT NOT NULL,
  "authenticated" INTEGER NOT NULL,
  "n_requests" INTEGER NOT NULL,
  "n_pages" INTEGER NOT NULL,
  "n_posts" INTEGER NOT NULL,
  "n_new" INTEGER NOT NULL,
  "n_changed" INTEGER NOT NULL,
  "n_missing" INTEGER NOT NULL
) STRICT;
CREATE TABLE "meta" (
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY ("key")
) STRICT, WITHOUT ROWID;
CREATE TABLE "frontier" (
  "site" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "item_id" INTEGER NOT NULL,
  "page" INTEGER NOT NULL,
  "url" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "sweep" INTEGER NOT NULL,
  "is_seed" INTEGER NOT NULL,
  "depth" INTEGER NOT NULL,
  "lease_run" INTEGER,
  "attempts" INTEGER NOT NULL,
  "hops" INTEGER NOT NULL,
  "not_before" INTEGER NOT NULL,
  "outcome" TEXT,
  "outcome_run" INTEGER,
  "error" TEXT,
  PRIMARY KEY ("site", "kind", "item_id", "page")
) STRICT, WITHOUT ROWID;
CREATE TABLE "pages_seen" (
  "fetch_id" INTEGER PRIMARY KEY,
  "kind" TEXT NOT NULL,
  "site" TEXT NOT NULL,
  "content_class" TEXT,
  "item_id" INTEGER NOT NULL,
  "page" INTEGER NOT NULL,
  "facts" TEXT NOT NULL
) STRICT;
CREATE TABLE "listings_seen" (
  "fetch_id" INTEGER NOT NULL,
  "row_index" INTEGER NOT NULL,
  "site" TEXT NOT NULL,
  "forum_id" INTEGER NOT NULL,
  "thread_id" INTEGER NOT NULL,
  "facts" TEXT NOT NULL,
  PRIMARY KEY ("fetch_id", "row_index")
) STRICT, WITHOUT ROWID;
CREATE TABLE "sightings" (
  "fetch_id" INTEGER NOT NULL,
  "row_index" INTEGER NOT NULL,
  "post_id" INTEGER NOT NULL,
  "state_hash" BLOB NOT NULL,
  "content_hash" BLOB NOT NULL,
  PRIMARY KEY ("fetch_id", "row_index")
) STRICT, WITHOUT ROWID;
CREATE TABLE "post_states" (
  "state_hash" BLOB NOT NULL,
  "facts" TEXT NOT NULL,
  PRIMARY KEY ("state_hash")
) STRICT, WITHOUT ROWID;
CREATE TABLE "contents" (
  "content_hash" BLOB NOT NULL,
  "parser_version" INTEGER NOT NULL,
  "html" TEXT,
  "text" TEXT,
  "full_text" TEXT,
  "text_hash" BLOB NOT NULL,
  "quotes" TEXT NOT NULL,
  "links" TEXT NOT NULL,
  PRIMARY KEY ("content_hash")
) STRICT, WITHOUT ROWID;
CREATE TABLE "aliases" (
  "site" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "old_id" INTEGER NOT NULL,
  "new_id" INTEGER NOT NULL,
  "seen_at" INTEGER NOT NULL,
  PRIMARY KEY ("site", "kind", "old_id")
) STRICT, WITHOUT ROWID;
CREATE TABLE "robots_seen" (
  "origin" TEXT NOT NULL,
  "sha256" TEXT NOT NULL,
  "first_seen_at" INTEGER NOT NULL,
  "body" BLOB NOT NULL,
  PRIMARY KEY ("origin", "sha256")
) STRICT, WITHOUT ROWID;
CREATE INDEX frontier_todo ON frontier (depth DESC, kind, item_id, page) WHERE state = 'todo';
CREATE INDEX frontier_due ON frontier (not_before) WHERE state = 'todo';
CREATE INDEX frontier_open ON frontier (state) WHERE state <> 'done';
CREATE INDEX pages_item ON pages_seen (site, kind, item_id);
CREATE INDEX listings_thread ON listings_seen (site, thread_id);
CREATE INDEX sightings_post ON sightings (post_id);
PRAGMA application_id = 1414026053;
INSERT INTO meta VALUES ('schema_version', '1');
