"""Authority at the desk."""

from frontline.company.authority.pages import looking, matrix, people, policies

PAGES = (*matrix.PAGES, *people.PAGES, *policies.PAGES, *looking.PAGES)
