"""Exporters and publishers. It is code: datasets land in `data/` by default."""
