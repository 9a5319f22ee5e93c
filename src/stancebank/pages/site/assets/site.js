// The script of a site: switches of layers, selection of records, and a search in files that lie beside the pages.
"use strict";

(() => {
  const root = document.body.dataset.root;
  const text = document.querySelector(".doc .text");
  if (text) reading(text);
  if (document.getElementById("hits")) searching();
  const wanted = new URLSearchParams(location.search).get("find");
  if (wanted && text) mark(text, cut(wanted));

  // A document: its layers and records.
  function reading(text) {
    const switches = document.querySelector(".switches");
    const chosen = document.querySelector(".chosen");
    switches.hidden = false;
    switches.addEventListener("change", (event) => {
      text.classList.toggle("off-" + event.target.dataset.layer, !event.target.checked);
    });
    const segments = new Map();
    for (const segment of text.querySelectorAll("[data-k]")) {
      for (const key of segment.dataset.k.split(" ")) {
        if (!segments.has(key)) segments.set(key, []);
        segments.get(key).push(segment);
      }
    }
    let last = null;
    let back = null;

    function clear() {
      for (const each of document.querySelectorAll(".sel, .lnk, .now")) each.classList.remove("sel", "lnk", "now");
      chosen.hidden = true;
      last = null;
    }

    function paint(keys, name) {
      for (const key of (keys || "").split(" ")) {
        for (const segment of segments.get(key) || []) segment.classList.add(name);
      }
    }

    function select(key, inText) {
      const shown = document.getElementById(key);
      if (!shown) return;
      clear();
      const record = shown.closest("li");
      last = key;
      shown.classList.add("now");
      record.classList.add("now");
      paint(shown === record ? record.dataset.w : record.dataset.s, "lnk");
      paint(shown === record ? record.dataset.s : key, "sel");
      chosen.textContent = shown === record ? record.textContent.replace(/\s+/g, " ").trim()
        : shown.textContent + " - " + record.textContent.replace(/\s+/g, " ").trim();
      chosen.dir = "auto";
      chosen.hidden = false;
      const first = (segments.get((shown === record ? record.dataset.s : key).split(" ")[0]) || [])[0];
      if (inText && first) {
        first.tabIndex = -1;
        first.focus({ preventScroll: true });
        first.scrollIntoView({ block: "center" });
      } else if (getComputedStyle(document.querySelector(".lists")).position === "sticky") {
        shown.scrollIntoView({ block: "nearest" });
      }
    }

    text.addEventListener("click", (event) => {
      const badge = event.target.closest("a.badge");
      const segment = event.target.closest("[data-k]");
      if (badge) {
        event.preventDefault();
        back = badge;
        select(badge.hash.slice(1), false);
      } else if (segment && getSelection().isCollapsed) {
        const keys = segment.dataset.k.split(" ").filter((key) => !text.classList.contains("off-" + key[0]));
        if (keys.length) select(keys[(keys.indexOf(last) + 1) % keys.length], false);
      } else {
        clear();
      }
    });
    document.querySelector(".lists").addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#t-']");
      const own = link && (link.closest(".mentions") ? link.id : link.closest("li").id);
      if (own) {
        event.preventDefault();
        back = link;
        select(own, true);
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || last === null) return;
      clear();
      if (back) back.focus();
    });
    const follow = () => {
      const asked = decodeURIComponent(location.hash.slice(1));
      if (/^[a-z]\./.test(asked)) select(asked, true);
    };
    addEventListener("hashchange", follow);
    follow();
  }

  // Mark words in a text without changing the page.
  function mark(text, words) {
    if (!window.Highlight || !words.length) return;
    const ranges = [];
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const small = node.data.toLowerCase();
      for (const word of words) {
        for (let at = small.indexOf(word); at >= 0; at = small.indexOf(word, at + word.length)) {
          if (at + word.length > node.data.length) break;
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + word.length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
    if (ranges.length && !location.hash) ranges[0].startContainer.parentElement.scrollIntoView({ block: "center" });
  }

  // The terms of a question, by the rules by which the site's terms were made.
  function cut(question) {
    const unspaced = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff"
      + "\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
    const run = new RegExp(`[${unspaced}]+|(?:(?![${unspaced}])[\\p{L}\\p{N}])+`, "gu");
    const found = [];
    for (const part of question.split(/\s+/)) {
      const label = part.startsWith("#") ? "#" : "";
      const plain = part.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
      for (const word of plain.match(run) || []) {
        const letters = Array.from(word);
        if (new RegExp(`^[${unspaced}]`, "u").test(word) && letters.length > 1) {
          for (let at = 0; at + 1 < letters.length; at += 1) found.push(label + letters[at] + letters[at + 1]);
        } else {
          found.push(label + letters.slice(0, 64).join(""));
        }
      }
    }
    return found;
  }

  // The search: each file hands its content to stancebankFile.
  function searching() {
    const files = new Map();
    const waiting = new Map();
    const hits = document.getElementById("hits");
    const found = document.getElementById("found");
    const further = document.getElementById("further");
    const STEP = 30;

    window.stancebankFile = (name, content) => {
      files.set(name, content);
    };

    function load(name) {
      if (!waiting.has(name)) {
        waiting.set(name, new Promise((done, failed) => {
          const script = document.createElement("script");
          script.src = `${root}search/${name}.js`;
          script.onload = () => done(files.get(name));
          script.onerror = () => failed(new Error(name));
          document.head.append(script);
        }));
      }
      return waiting.get(name);
    }

    // Code points are the order of the terms, and code units that of JavaScript.
    function before(one, other) {
      const a = Array.from(one, (c) => c.codePointAt(0));
      const b = Array.from(other, (c) => c.codePointAt(0));
      for (let at = 0; at < Math.min(a.length, b.length); at += 1) if (a[at] !== b[at]) return a[at] < b[at];
      return a.length < b.length;
    }

    async function matches(word, firsts) {
      const scores = new Map();
      const last = word + "\u{10ffff}";
      for (let file = 0; file < firsts.length; file += 1) {
        const next = firsts[file + 1];
        if (!before(firsts[file], last) || (next !== undefined && before(next, word))) continue;
        for (const [term, distances] of await load(`terms-${file}`)) {
          if (!term.startsWith(word)) continue;
          let item = 0;
          for (const distance of distances) {
            item += distance;
            scores.set(item, Math.max(scores.get(item) || 0, term === word ? 2 : 1));
          }
        }
      }
      return scores;
    }

    async function answer(question) {
      const words = cut(question);
      if (!words.length) return [];
      const index = await load("index");
      let all = null;
      for (const word of words) {
        const scores = await matches(word, index.firsts);
        if (all === null) all = scores;
        else for (const [item, score] of all) {
          if (scores.has(item)) all.set(item, score + scores.get(item));
          else all.delete(item);
        }
      }
      return [...all].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([item]) => item);
    }

    async function show(items, from, question) {
      const { items: size } = await load("index");
      for (const item of items.slice(from, from + STEP)) {
        const [kind, page, title, note] = (await load(`items-${Math.floor(item / size)}`))[item % size];
        const line = document.createElement("li");
        const link = document.createElement("a");
        const name = document.createElement("bdi");
        const more = document.createElement("small");
        link.href = root + page + (kind === "document" ? "?find=" + encodeURIComponent(question) : "");
        name.textContent = title;
        more.textContent = ` ${kind}, ${note}`;
        link.append(name);
        line.append(link, more);
        hits.append(line);
      }
      further.hidden = from + STEP >= items.length;
      further.onclick = () => show(items, from + STEP, question);
    }

    const question = (new URLSearchParams(location.search).get("q") || "").slice(0, 200);
    document.getElementById("q").value = question;
    if (!question.trim()) {
      found.textContent = "Type words into the field above.";
      return;
    }
    answer(question).then(async (items) => {
      await show(items, 0, question);
      found.textContent = items.length === 1 ? "1 hit" : `${items.length.toLocaleString("en")} hits`;
    }).catch(() => {
      found.textContent = "A file of the search cannot be read.";
    });
  }
})();
