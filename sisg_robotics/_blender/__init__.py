"""Blender in a process of its own: `process` is our end; everything else runs at the other one.

Blender keeps one scene for the whole process, leaks, and may crash. Here several live side by side, each
can be ended at any time, and a crash is an error with a sentence. The two ends exchange lines of JSON and
files in a temporary folder.
"""
