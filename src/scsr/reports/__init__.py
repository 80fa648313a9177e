"""Notebooks in, HTML out.

Rooms, ground first: ``display`` ``results`` ``parameters`` ``sanitise`` ``gate`` ``page`` ``config``
``freshness`` ``publish`` ``execute`` ``worker`` ``runner`` ``diff``; each imports only from those before it.
"""
