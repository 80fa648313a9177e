"""Notebooks in, HTML out.

Rooms, ground first: ``languages`` ``display`` ``results`` ``parameters`` ``sanitise`` ``gate`` ``page`` ``config`` ``freshness``
``publish`` ``kernels`` ``tidy`` ``execute`` ``worker`` ``pool`` ``claims`` ``index`` ``runner`` ``talk``; ``diff`` stands alone
on ``display``, and ``answers`` and ``provenance`` serve the notebooks. Each imports only from those before it.
"""
