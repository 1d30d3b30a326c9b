"""Writers of the corpus, one a module: each takes sheets and returns a workbook's bytes."""
