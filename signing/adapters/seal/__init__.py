"""The sealed PDF: made, and opened again (DOCUMENT, the pipeline). Only the rooms of this package import pyhanko.

They are slow to load, so nobody imports them before there is a PDF to seal or to open.
"""
