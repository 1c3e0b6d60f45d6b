"""HTML pages from templates; each page is one file that loads nothing."""
