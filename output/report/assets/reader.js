"use strict";
(() => {
  const all = (selector, at = document) => Array.from(at.querySelectorAll(selector));
  const one = (selector, at = document) => at.querySelector(selector);

  /* Light and dark: as the system says, until the reader says otherwise. */
  const root = document.documentElement;
  const button = one("button.theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("threadset-theme"); } catch { return null; } };
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours"); };
  if (["dark", "light"].includes(stored())) root.dataset.theme = stored();
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("threadset-theme", root.dataset.theme); } catch { /* not kept, then */ }
    label();
  });
  system.addEventListener("change", label);
  label();

  /* One view at a time: the front, or a thread. */
  const views = all("[data-view]");
  let view = null;
  function go() {
    const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    const next = (target && target.closest("[data-view]")) || (view && target && !target.matches("main") ? view : views[0]);
    if (next && next !== view) {
      for (const each of views) each.hidden = each !== next;
      if (view && !target) scrollTo(0, 0);
      view = next;
      clamp(view);
    }
    for (const each of all(".here")) each.classList.remove("here");
    if (!target || !target.closest("[data-view]")) return;
    for (let up = target.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (target.classList.contains("post")) { target.classList.add("here"); target.focus({ preventScroll: true }); }
    if (target.classList.contains("thread")) { target.focus({ preventScroll: true }); scrollTo(0, 0); return; }
    target.scrollIntoView();
  }

  /* Long quotes are folded until asked for. */
  function clamp(at) {
    for (const quote of all(".body > div > blockquote:not(.seen), .body > blockquote:not(.seen)", at)) {
      quote.classList.add("seen");
      if ((quote.textContent || "").length < 900) continue;
      quote.classList.add("clamped");
      const more = document.createElement("button");
      more.type = "button";
      more.className = "unclamp";
      more.textContent = "Show the whole quote";
      more.addEventListener("click", () => { quote.classList.remove("clamped"); more.remove(); });
      quote.addEventListener("focusin", () => { quote.classList.remove("clamped"); more.remove(); });
      quote.after(more);
    }
  }

  /* Find: by words and by author, within the thread that is shown. */
  const marks = window.CSS && CSS.highlights && window.Highlight ? new Highlight() : null;
  if (marks) CSS.highlights.set("found", marks);
  const folded = (text) => text.normalize("NFC").toLowerCase();
  class Finder {
    constructor(tools) {
      this.view = tools.closest(".thread");
      this.posts = all(".post", this.view);
      this.input = one(".find", tools);
      this.who = one(".who", tools);
      this.steps = one(".steps", tools);
      this.output = one(".found", tools);
      this.hits = [];
      this.at = -1;
      this.input.addEventListener("input", () => this.look());
      this.who.addEventListener("change", () => this.look());
      this.input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") { event.preventDefault(); this.step(event.shiftKey ? -1 : 1); }
        if (event.key === "Escape") { this.input.value = ""; this.who.value = ""; this.look(); this.input.blur(); }
      });
      one(".prev", tools).addEventListener("click", () => this.step(-1));
      one(".next", tools).addEventListener("click", () => this.step(1));
      one(".help", tools).addEventListener("click", help);
    }
    look() {
      const words = folded(this.input.value).split(/\s+/).filter(Boolean);
      const who = this.who.value;
      const asked = words.length > 0 || who !== "";
      this.hits = [];
      this.at = -1;
      for (const post of this.posts) {
        const author = post.dataset.author;
        if (post.text === undefined) post.text = folded(`${author} ${all(".body, .story", post).map((e) => e.textContent).join(" ")}`);
        const hit = asked && (who === "" || who === author) && words.every((word) => post.text.includes(word));
        post.hidden = asked && !hit;
        post.classList.remove("match");
        if (hit) this.hits.push(post);
      }
      for (const gap of all(".gap", this.view)) gap.hidden = asked;
      this.steps.hidden = this.hits.length < 2;
      this.output.textContent = asked ? `${this.hits.length} of ${this.posts.length} posts` : "";
      this.paint(words);
    }
    paint(words) {
      if (!marks) return;
      marks.clear();
      let left = 2000;
      for (const post of words.length ? this.hits : []) {
        const walk = document.createTreeWalker(post, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node && left > 0; node = walk.nextNode()) {
          const text = node.data.toLowerCase();
          if (text.length !== node.data.length) continue;
          for (const word of words) {
            for (let from = text.indexOf(word); from >= 0 && left > 0; from = text.indexOf(word, from + word.length)) {
              const range = new Range();
              range.setStart(node, from);
              range.setEnd(node, from + word.length);
              marks.add(range);
              left -= 1;
            }
          }
        }
      }
    }
    step(by) {
      if (!this.hits.length) return;
      this.at = (this.at + by + this.hits.length + (this.at < 0 && by < 0 ? 1 : 0)) % this.hits.length;
      this.posts.forEach((post) => post.classList.remove("match"));
      const post = this.hits[this.at];
      post.classList.add("match");
      post.scrollIntoView();
      this.output.textContent = `${this.at + 1} of ${this.hits.length}`;
    }
    /* A link leads to a post that the search hides: the search is over. */
    reveal(post) {
      if (post.hidden) { this.input.value = ""; this.who.value = ""; this.look(); }
    }
  }
  const dialog = one("dialog.keys");
  function help() { if (!dialog.open) dialog.showModal(); }
  const finders = new Map(all(".thread > .tools").map((tools) => [tools.closest(".thread"), new Finder(tools)]));

  for (const field of all(".find-thread")) {
    const lines = all(".threads > li", field.closest("section"));
    const output = one(".found", field.closest("p"));
    field.addEventListener("input", () => {
      const words = folded(field.value).split(/\s+/).filter(Boolean);
      let n = 0;
      for (const line of lines) {
        line.hidden = !words.every((word) => folded(line.textContent).includes(word));
        n += line.hidden ? 0 : 1;
      }
      output.textContent = words.length ? `${n} of ${lines.length}` : "";
    });
  }

  /* Keys. */
  function move(by) {
    const posts = view ? all(".post:not([hidden])", view) : [];
    if (!posts.length) return;
    const bar = one(".tools", view);
    const edge = (bar ? bar.getBoundingClientRect().bottom : 0) + 24;
    let now = posts.indexOf(document.activeElement);
    if (now < 0) now = posts.findLastIndex((post) => post.getBoundingClientRect().top <= edge);
    const post = posts[Math.max(0, Math.min(posts.length - 1, now + by))];
    for (const each of all(".here")) each.classList.remove("here");
    post.classList.add("here");
    post.focus({ preventScroll: true });
    post.scrollIntoView();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const finder = finders.get(view);
    if (event.key === "/") {
      const field = finder ? finder.input : one(".find-thread", view || document);
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    } else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "?") help();
    else if (event.key === "Escape" && finder) { finder.input.value = ""; finder.who.value = ""; finder.look(); }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#post-"]');
    const post = link && document.getElementById(link.hash.slice(1));
    const finder = post && finders.get(post.closest(".thread"));
    if (finder) finder.reveal(post);
    if (post && link.hash === location.hash) go();
  });
  window.addEventListener("hashchange", go);
  go();
})();
