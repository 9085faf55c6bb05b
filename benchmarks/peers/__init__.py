"""Plain servers that do the same work the way their documentation shows. README.md says which and how."""
