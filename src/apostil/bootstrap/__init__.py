"""The only wiring: picks adapters, loads applications, starts workers, serves the pages.

Its modules are imported one by one, so that a worker, which needs only ``applications``, never
loads the web framework.
"""
