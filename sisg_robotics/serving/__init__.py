"""What shows a map to people and programs: a page in the browser, questions over HTTP."""
