"""Reports that readers hand over: what the pages say on one subject, as one document in PDF, DOCX or HTML.

`gathering` reads, `contents` tells it in blocks (`parts`), and a module for each format writes those.
"""
