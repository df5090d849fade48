# What Nikola needs to make the pages that all generators make here; added to the settings of its own new site.
BLOG_TITLE = "The Made-up Courier"
SITE_URL = BASE_URL = "https://courier.example/"
BLOG_DESCRIPTION = "News that never happened."
BLOG_AUTHOR = "The Made-up Courier"
THEME = "courier"
TIMEZONE = "UTC"
POSTS = (("posts/*.md", "", "post.tmpl"),)
PAGES = ()
NAVIGATION_LINKS = {"en": ()}
CATEGORY_PATH, CATEGORY_PREFIX, CATEGORY_ALLOW_HIERARCHIES = "topics", "", False
TAG_PATH = "tags"
CATEGORY_PAGES_ARE_INDEXES = TAG_PAGES_ARE_INDEXES = True
INDEX_DISPLAY_POST_COUNT = FEED_LENGTH = 20
INDEXES_PRETTY_PAGE_URL = ["page", "{number}", "{index_file}"]
RSS_FILENAME_BASE, GENERATE_ATOM, FEED_TEASERS = "feed", False, False
CREATE_MONTHLY_ARCHIVE = CREATE_SINGLE_ARCHIVE = False
ENABLE_AUTHOR_PAGES = False
DISABLED_PLUGINS = [
    "classify_archive",
    "classify_authors",
    "classify_sections",
    "classify_page_index",
    "render_galleries",
    "render_listings",
    "redirect",
    "gallery",
    "create_bundles",
]
MARKDOWN_EXTENSIONS = ["markdown.extensions.extra", "markdown.extensions.smarty"]
FILES_FOLDERS = {"files": ""}
USE_BUNDLES = False
SHOW_SOURCELINK = COPY_SOURCES = False
