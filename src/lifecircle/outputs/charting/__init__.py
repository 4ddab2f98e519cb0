"""Figures: what :mod:`lifecircle.outputs.charts` draws, part by part."""
