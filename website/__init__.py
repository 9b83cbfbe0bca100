"""The documentation as a site: its pages, the Python interface, the course and the gallery with their pictures.

`make docs` builds it with MkDocs; the program itself knows nothing of it.
"""
