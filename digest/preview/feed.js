// Shows a feed of this site as a reader would: who, what, when, and the text without its scripts and forms. Addresses
// on the published site lead to the preview, where what is not published yet can be seen.
(() => {
  "use strict";
  const OWN = "/.digest/";
  const FORMATS = { "feed.xml": "RSS", "atom.xml": "Atom", "feed.json": "JSON" };
  const main = document.querySelector("main");
  const make = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const at = new URL(new URLSearchParams(location.search).get("feed") || "/feed.xml", location.origin);
  const folder = at.pathname.slice(0, at.pathname.lastIndexOf("/") + 1);
  for (const [name, words] of Object.entries(FORMATS)) {
    const link = make("a", words, { href: `?feed=${encodeURIComponent(folder + name)}` });
    if (folder + name === at.pathname) link.setAttribute("aria-current", "page");
    document.querySelector("nav").append(link);
  }

  const child = (one, ...names) => {
    for (const name of names)
      for (const found of one.children) if (found.nodeName === name) return found;
    return null;
  };
  const text = (one, ...names) => child(one, ...names)?.textContent.trim() || "";
  const address = (one) => text(one, "link") || [...one.children].find((l) => l.nodeName === "link" && (l.getAttribute("rel") || "alternate") === "alternate")?.getAttribute("href") || "";
  const safe = (url) => (/^https?:/i.test(url) ? url : "");
  const day = (date) => {
    const moment = new Date(date);
    return Number.isNaN(moment.getTime()) ? date : moment.toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
  };

  const here = (url, site) => {
    try {
      const [to, from] = [new URL(url), new URL(site)];
      return to.origin === from.origin ? location.origin + to.pathname + to.search + to.hash : url;
    } catch {
      return url;
    }
  };
  const framed = (one, site) => {
    const parsed = new DOMParser().parseFromString(one.html, "text/html");
    for (const [name, key] of [["img[src]", "src"], ["a[href]", "href"]])
      for (const found of parsed.querySelectorAll(name)) found.setAttribute(key, here(found.getAttribute(key), site));
    parsed.body.className = "text";
    parsed.head.append(make("link", "", { rel: "stylesheet", href: `${OWN}own.css` }), make("base", "", { target: "_blank" }));
    const frame = make("iframe", "", { sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox" });
    frame.title = one.title || "Text";
    const fit = () => { frame.style.height = `${frame.contentDocument.body.offsetHeight}px`; };
    frame.addEventListener("load", () => new ResizeObserver(fit).observe(frame.contentDocument.body));
    frame.srcdoc = parsed.documentElement.outerHTML;
    return frame;
  };
  const show = (feed, entries) => {
    main.replaceChildren(make("h1", feed.title), make("p", feed.description),
      make("p", `${entries.length} ${entries.length === 1 ? "entry" : "entries"}, ${at.pathname}`, { class: "meta" }));
    for (const one of entries) {
      const made = document.createElement("article");
      const heading = make("h2", "");
      heading.append(safe(one.url) ? make("a", one.title, { href: here(one.url, feed.url), rel: "noreferrer" }) : one.title);
      made.append(heading, make("p", [day(one.date), one.author, one.topics].filter(Boolean).join(" · "), { class: "meta" }), framed(one, feed.url));
      main.append(made);
    }
  };
  const xml = (data) => {
    const parsed = new DOMParser().parseFromString(data, "application/xml");
    if (parsed.querySelector("parsererror")) throw new Error("this is no well-formed XML");
    const feed = parsed.querySelector("channel") || parsed.documentElement;
    const entries = [...parsed.querySelectorAll("item, entry")].map((one) => ({
      title: text(one, "title"), url: address(one), date: text(one, "pubDate", "published", "updated"),
      author: text(one, "dc:creator", "author"), topics: [...one.children].filter((c) => c.nodeName === "category")
        .map((c) => c.getAttribute("term") || c.textContent).join(", "),
      html: text(one, "content:encoded", "content", "description", "summary"),
    }));
    return [{ title: text(feed, "title"), description: text(feed, "description", "subtitle"), url: address(feed) }, entries];
  };
  const json = (data) => {
    const feed = JSON.parse(data);
    return [{ title: feed.title, description: feed.description || "", url: feed.home_page_url || "" }, feed.items.map((one) => ({
      title: one.title || "", url: one.url || one.external_url || "", date: one.date_published || "", author: (one.authors || []).map((a) => a.name).join(", "),
      topics: (one.tags || []).join(", "), html: one.content_html || one.summary || "",
    }))];
  };
  const read = async () => {
    try {
      if (at.origin !== location.origin) throw new Error("this is a feed of another site");
      const answer = await fetch(at.pathname);
      if (!answer.ok) throw new Error(`the feed has the status ${answer.status}`);
      const data = await answer.text();
      show(...(at.pathname.endsWith(".json") ? json(data) : xml(data)));
    } catch (error) {
      main.replaceChildren(make("h1", "This feed can’t be read"), make("p", error.message));
    }
  };

  // The feed is read again whenever its bytes change.
  const listen = async () => {
    let shown = null;
    for (;;) {
      try {
        const answer = await fetch(`${OWN}live`, { method: "POST", body: JSON.stringify({ page: at.pathname }) });
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          const lines = (rest + value).split("\n");
          rest = lines.pop();
          if (!lines.length) continue;
          const { page, base } = JSON.parse(lines.at(-1));
          document.querySelector("nav a").href = `${base}/`;
          if (page !== shown) await read();
          shown = page;
        }
      } catch { /* the server is gone for now */ }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  at.origin === location.origin ? listen() : read();
})();
