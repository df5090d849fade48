# What Jekyll needs to make the pages that all generators make here: lists cut into pages, feeds, related posts.
module Courier
  SIZE = 20

  # Gives every article the five that share the most tags with it, and adds the pages of all lists.
  class Lists < Jekyll::Generator
    def generate(site)
      articles = site.posts.docs.reverse
      tagged = grouped(articles) { |one| one.data["tags"] }
      relate(articles, tagged, site.config["related"])
      list(site, site.config["title"], "", articles)
      feed(site, site.config["title"], "", articles)
      grouped(articles) { |one| [one.data["topic"]] }.each do |topic, own|
        list(site, topic, "topics/#{topic}/", own)
        feed(site, topic, "topics/#{topic}/", own)
      end
      tagged.each { |tag, own| list(site, tag, "tags/#{tag}/", own) }
    end

    def grouped(articles)
      found = Hash.new { |hash, key| hash[key] = [] }
      articles.each { |one| yield(one).each { |key| found[key] << one } }
      found
    end

    def relate(articles, tagged, count)
      return if count.zero?

      places = articles.each_with_index.to_h { |one, place| [one.path, place] }
      numbers = tagged.transform_values { |own| own.map { |one| places[one.path] } }
      articles.each_with_index do |article, place|
        shared = article.data["tags"].flat_map { |tag| numbers[tag] }.tally
        shared.delete(place)
        best = shared.min_by(count) { |other, shares| [-shares, other] }
        article.data["related"] = best.map { |other, _| articles[other] }
      end
    end

    def list(site, title, root, articles)
      count = (articles.size / SIZE.to_f).ceil
      count.times do |number|
        data = { "layout" => "list", "title" => title, "number" => number + 1, "several" => count > 1,
                 "articles" => articles[number * SIZE, SIZE] }
        data["newer"] = "/" + address(root, number - 1) if number.positive?
        data["older"] = "/" + address(root, number + 1) if number + 1 < count
        add(site, address(root, number), "index.html", data)
      end
    end

    def feed(site, title, root, articles)
      add(site, root, "feed.xml", { "layout" => "feed", "title" => title, "root" => root,
                                    "articles" => articles.first(SIZE) })
    end

    def address(root, number)
      number.zero? ? root : "#{root}page/#{number + 1}/"
    end

    def add(site, folder, name, data)
      page = Jekyll::PageWithoutAFile.new(site, site.source, folder, name)
      page.data.merge!(data)
      site.pages << page
    end
  end
end
