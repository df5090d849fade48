// Runs in every page of a preview, and only there: reloads what changed, shows problems, has a bar with switches.
// All that it shows lies in a shadow tree under a style sheet of its own, and all text goes in as text.
(() => {
  "use strict";
  const OWN = "/.digest/";
  const script = document.currentScript;
  let shown = script.dataset.preview || "";
  const waiting = script.dataset.waiting !== undefined;
  const framed = window.top !== window;
  const page = location.pathname;
  const state = document.documentElement.dataset;
  const kept = (name, value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(name) || "";
      value === "" ? sessionStorage.removeItem(name) : sessionStorage.setItem(name, value);
    } catch { /* storage may be forbidden */ }
    return "";
  };

  // Elements: made by name, filled with text, never with markup.
  const make = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...inside);
    return made;
  };

  // The scroll position outlives a reload.
  const place = kept(`scroll ${page}`);
  if (place) {
    kept(`scroll ${page}`, "");
    const [x, y] = place.split(" ").map(Number);
    const restore = () => window.scrollTo({ left: x, top: y, behavior: "instant" });
    history.scrollRestoration = "manual";
    restore();
    addEventListener("load", restore, { once: true });
  }
  // Once a page is being left nothing is heard any more, or the next news would leave it again, for elsewhere.
  let stream = null;
  const hush = () => { stream?.abort(); stream = null; };
  const leave = (go) => { hush(); go(); };
  const reload = () => {
    kept(`scroll ${page}`, `${scrollX} ${scrollY}`);
    leave(() => location.reload());
  };

  // A changed page is mended in place where only parts of its body without scripts differ from what was served, so
  // that nothing jumps or flashes; anything else is a reload, which is always right.
  const served = async () => new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const marked = (parsed) => parsed.querySelector("script[data-preview]")?.dataset.preview;
  const parts = (parsed) => [...parsed.body.children].filter((one) => one.id !== "digest-preview" && !one.src?.includes(OWN));
  const frame = (parsed) => [...parsed.querySelectorAll("script,link[rel~=stylesheet],style")]
    .filter((one) => one.type !== "application/ld+json" && one.dataset.preview === undefined).map((one) => one.outerHTML).join();
  let before = null;
  const mend = async (mark) => {
    const [old, fresh] = [before, await served()];
    if (!old || marked(old) !== shown || marked(fresh) !== mark || frame(old) !== frame(fresh)) return false;
    const [was, is, here] = [parts(old), parts(fresh), parts(document)];
    if (was.length !== is.length || was.length !== here.length) return false;
    const changed = is.map((one, at) => at).filter((at) => !was[at].isEqualNode(is[at]));
    if (changed.some((at) => is[at].querySelector("script,iframe,video,audio") || is[at].nodeName !== here[at].nodeName)) return false;
    for (const at of changed) here[at].replaceWith(document.importNode(is[at], true));
    document.title = fresh.title;
    document.documentElement.lang = fresh.documentElement.lang;
    [before, shown] = [fresh, mark];
    return true;
  };
  let turn = Promise.resolve();
  const renew = (mark) => {
    turn = turn.then(async () => {
      if (mark === shown || mark !== told.page) return;
      let mended = false;
      try { mended = await mend(mark); } catch { /* then it is reloaded */ }
      if (!mended && mark === told.page) reload();
      if (mended && assets().join() !== Object.keys(told.assets).join()) again();
    });
  };

  // Style sheets are swapped: the new one is loaded beside the old one, which then goes.
  const local = (url) => { const at = new URL(url, location.href); return at.origin === location.origin ? at.pathname : ""; };
  const assets = () => {
    const found = [...document.querySelectorAll('link[rel~="stylesheet"],script[src],img[src]')]
      .filter((one) => one !== script)
      .map((one) => local(one.href || one.src || ""));
    return [...new Set(found.filter((path) => path && !path.startsWith(OWN)))].slice(0, 200);
  };
  const swap = (path, mark) => {
    for (const old of document.querySelectorAll('link[rel~="stylesheet"]')) {
      if (local(old.href) !== path) continue;
      const fresh = old.cloneNode();
      fresh.href = `${path}?${mark}`;
      fresh.addEventListener("load", () => { old.remove(); scheme(); state.previewSwapped = mark; });
      fresh.addEventListener("error", () => fresh.remove());
      old.after(fresh);
    }
  };

  // The dark scheme: media conditions on the scheme are made always or never true.
  const scheme = () => {
    const wanted = kept("scheme");
    const rules = (list) => {
      for (const rule of list) {
        if (rule.media) {
          rule.told ??= rule.media.mediaText;
          const dark = rule.told.includes("prefers-color-scheme: dark");
          if (dark || rule.told.includes("prefers-color-scheme: light"))
            rule.media.mediaText = !wanted ? rule.told : dark === (wanted === "dark") ? "all" : "not all";
        }
        if (rule.cssRules) rules(rule.cssRules);
      }
    };
    for (const sheet of document.styleSheets) { try { rules(sheet.cssRules); } catch { /* another origin's */ } }
    document.documentElement.style.colorScheme = wanted;
  };

  // The bar and the overlay.
  const host = make("div", { id: "digest-preview" });
  const root = host.attachShadow({ mode: "open" });
  root.append(make("link", { rel: "stylesheet", href: `${OWN}preview.css` }));
  const status = make("p", { role: "status", class: "status" });
  const overlay = make("section", { role: "alertdialog", "aria-labelledby": "problems_title", tabindex: "-1", hidden: true });
  const bar = make("div", { role: "region", "aria-label": "Preview", class: "bar", hidden: framed });
  const edited = make("a", { class: "edited", hidden: true });
  const count = make("button", { type: "button", hidden: true, onclick: () => problems(told.problems, true) });
  const drafts = make("input", { type: "checkbox", onchange: () => send() });
  const asOf = make("input", { type: "text", size: "16", placeholder: "now", "aria-label": "As of", onchange: () => send() });
  const base = make("input", { type: "text", size: "10", placeholder: "/", "aria-label": "Base path", onchange: () => send(true) });
  const wrong = make("span", { role: "alert", class: "wrong" });
  const dark = make("button", {
    type: "button", "aria-pressed": "false",
    onclick: () => { kept("scheme", kept("scheme") === "dark" ? "" : "dark"); press(); scheme(); },
  }, "Dark");
  const press = () => dark.setAttribute("aria-pressed", String(kept("scheme") === "dark"));
  const feeds = [...document.querySelectorAll('link[rel~="alternate"][type*="rss"],link[rel~="alternate"][type*="atom"]')];
  const more = make("details", {}, make("summary", {}, "Preview"),
    make("div", { class: "switches" },
      make("label", {}, drafts, " drafts"),
      make("label", {}, "as of ", asOf),
      make("label", {}, "base path ", base),
      dark,
      make("a", { href: `${OWN}phone.html?page=${encodeURIComponent(page + location.search)}` }, "Phone"),
      ...feeds.slice(0, 1).map((one) => make("a", { href: `${OWN}feed.html?feed=${encodeURIComponent(local(one.href))}` }, "Feed")),
      wrong));
  more.open = kept("bar") === "open";
  more.addEventListener("toggle", () => kept("bar", more.open ? "open" : ""));
  bar.append(more, edited, count, status);
  root.append(overlay, bar);
  document.body.append(host);
  press();
  scheme();

  let told = {};
  const send = async (moved = false) => {
    const wanted = { drafts: drafts.checked, as_of: asOf.value.trim() };
    if (moved) wanted.base = base.value.trim().replace(/\/$/, "");
    const answer = await fetch(`${OWN}settings`, { method: "POST", body: JSON.stringify(wanted) });
    wrong.textContent = answer.ok ? "" : await answer.text();
  };

  const link = (url) => /^(?!javascript:|data:|vbscript:)[a-z][a-z0-9+.-]*:/i.test(url);
  const block = (one) => {
    const where = one.line ? `${one.path}:${one.line}:${one.column}` : one.path;
    const made = make("li", { class: one.severity });
    made.append(make("p", { class: "what" }, make("strong", {}, `${one.severity}: `), one.text));
    made.append(make("p", {}, link(one.editor) ? make("a", { href: one.editor }, where) : where, " ", make("code", {}, one.code)));
    if (one.excerpt) {
      const signs = [...one.excerpt];
      made.append(make("pre", { dir: "ltr" }, signs.slice(0, one.caret).join(""),
        make("mark", {}, signs.slice(one.caret, one.caret + one.width).join("") || " "), signs.slice(one.caret + one.width).join("")));
    }
    if (one.hint) made.append(make("p", { class: "hint" }, `→ ${one.hint}`));
    return made;
  };
  const hide = () => { overlay.hidden = true; overlay.replaceChildren(); };
  let seen = "";
  const problems = (list, asked = false) => {
    const text = JSON.stringify(list);
    if (text === seen && !asked) return;
    seen = text;
    const errors = list.filter((one) => one.severity === "error").length;
    const words = [errors && `${errors} error${errors > 1 ? "s" : ""}`,
      list.length > errors && `${list.length - errors} warning${list.length - errors > 1 ? "s" : ""}`].filter(Boolean).join(", ");
    count.hidden = !words;
    count.textContent = words;
    count.className = errors ? "error" : "warning";
    state.previewProblems = String(list.length);
    if (!list.length || (!errors && !asked)) return hide();
    overlay.replaceChildren(
      make("header", {}, make("h2", { id: "problems_title" }, errors && !waiting ? `${words}: this is the last good site` : words),
        make("button", { type: "button", onclick: hide }, "Hide")),
      make("ol", {}, ...list.map(block)));
    overlay.hidden = false;
    if (!framed) overlay.focus({ preventScroll: true });
  };
  overlay.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  // What the server tells.
  let marks = null;
  const hear = (news) => {
    const first = marks === null;
    told = news;
    status.textContent = state.previewPhase = news.phase || "";
    if (waiting && news.ready) return reload();
    if (rebased(news.base)) return;
    if (document.activeElement !== host || !more.open) {
      drafts.checked = news.drafts;
      asOf.value = news.as_of;
      base.value = news.base;
    }
    problems(news.problems || []);
    offer(news);
    for (const [path, mark] of Object.entries(news.assets)) {
      if (first || marks[path] === undefined || marks[path] === mark) continue;
      if (!path.endsWith(".css")) return reload();
      swap(path, mark);
    }
    marks = news.assets;
    if (shown && news.page !== shown) renew(news.page);
    else if (shown && !before) served().then((parsed) => { before ??= parsed; }, () => {});
    state.preview = "live";
  };
  // A page follows the base path, even if it was loaded again before it heard of the new one.
  const rebased = (base) => {
    const heard = state.previewBase === undefined ? kept("base") : `=${state.previewBase}`;
    const last = heard.slice(1);
    state.previewBase = base;
    kept("base", `=${base}`);
    if (!heard || last === base || (base && page.startsWith(`${base}/`)) || !page.startsWith(`${last}/`)) return false;
    leave(() => location.assign(base + page.slice(last.length) + location.search));
    return true;
  };
  const offer = (news) => {
    if (!kept("followed")) kept("followed", String(news.edit));
    const other = (news.edited || []).filter((path) => encodeURI(path) !== page && path !== decodeURI(page));
    const here = (news.edited || []).length > other.length;
    edited.hidden = here || !other.length;
    if (here) kept("followed", String(news.edit));
    if (edited.hidden) return;
    edited.href = encodeURI(other[0]).replaceAll("#", "%23").replaceAll("?", "%3F");
    edited.textContent = `Edited: ${other[0]}`;
    const edit = String(news.edit);
    if (news.follow && !framed && kept("followed") && kept("followed") !== edit) {
      kept("followed", edit);
      leave(() => location.assign(edited.href));
    }
  };

  // One stream a tab, and none for a tab that nobody sees: a browser has few connections to one server.
  const listen = async () => {
    if (stream || document.hidden) return;
    const mine = stream = new AbortController();
    let pause = 300;
    while (stream === mine && !document.hidden) {
      try {
        const answer = await fetch(`${OWN}live`, {
          method: "POST", signal: mine.signal, body: JSON.stringify({ page, assets: assets() }),
        });
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          pause = 300;
          const lines = (text + value).split("\n");
          text = lines.pop();
          if (lines.length) hear(JSON.parse(lines.at(-1)));
        }
      } catch { /* the server is gone, or the tab is leaving */ }
      if (stream !== mine) return;
      status.textContent = "The preview has ended.";
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, 3000);
    }
  };
  const again = () => { hush(); listen(); };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hush();
    else listen();
  });
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  listen();
})();
