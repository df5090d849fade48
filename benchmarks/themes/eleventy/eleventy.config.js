// What Eleventy needs to make the pages that all generators make here: lists cut into pages, and related posts.
const SIZE = 20;
const months =
  "January February March April May June July August September October November December".split(" ");
const two = (number) => String(number).padStart(2, "0");

// The articles of a list, cut into pages with the addresses of their neighbours.
function pages(title, root, articles) {
  const address = (number) => (number === 0 ? root : `${root}page/${number + 1}/`);
  const count = Math.ceil(articles.length / SIZE);
  return Array.from({ length: count }, (_, number) => ({
    title,
    address: address(number),
    number: number + 1,
    newer: number > 0 ? address(number - 1) : "",
    older: number + 1 < count ? address(number + 1) : "",
    several: count > 1,
    articles: articles.slice(number * SIZE, (number + 1) * SIZE),
  }));
}

// Articles by what ``keys`` finds in them, the newest first.
function grouped(articles, keys) {
  const found = new Map();
  for (const article of articles) {
    for (const key of keys(article)) {
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(article);
    }
  }
  return found;
}

export default function (config) {
  let tagged = new Map();
  const newest = (api) => api.getAllSorted().filter((one) => one.data.topic).reverse(); // no glob to match thrice
  const topics = (article) => [article.data.topic];
  const tags = (article) => article.data.tags;

  config.amendLibrary("md", (markdown) => markdown.set({ typographer: true }));
  config.addPassthroughCopy("assets");
  config.addCollection("newest", (api) => {
    const articles = newest(api);
    tagged = grouped(articles, tags);
    return articles;
  });
  config.addCollection("lists", (api) => {
    const articles = newest(api);
    const lists = pages("The Made-up Courier", "/", articles);
    for (const [topic, own] of grouped(articles, topics)) lists.push(...pages(topic, `/topics/${topic}/`, own));
    for (const [tag, own] of grouped(articles, tags)) lists.push(...pages(tag, `/tags/${tag}/`, own));
    return lists;
  });
  config.addCollection("feeds", (api) => {
    const articles = newest(api);
    const feeds = [{ title: "The Made-up Courier", root: "/", articles: articles.slice(0, SIZE) }];
    for (const [topic, own] of grouped(articles, topics)) {
      feeds.push({ title: topic, root: `/topics/${topic}/`, articles: own.slice(0, SIZE) });
    }
    return feeds;
  });

  // The articles that share the most tags with one, the newest first among equals.
  config.addFilter("related", (own, url, count) => {
    const shared = new Map();
    for (const tag of own) {
      for (const other of tagged.get(tag) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
    return [...shared]
      .filter(([other]) => other.url !== url)
      .sort(([one, ones], [two, twos]) => twos - ones || two.date - one.date)
      .slice(0, count)
      .map(([other]) => other);
  });
  config.addFilter("longDate", (date) => `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`);
  config.addFilter("clock", (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`);
  config.addFilter("iso", (date) => date.toISOString());
  config.addFilter("isoDay", (date) => date.toISOString().slice(0, 10));
  config.addFilter("rfc822", (date) => date.toUTCString());
  return { markdownTemplateEngine: false, htmlTemplateEngine: "njk" };
}
