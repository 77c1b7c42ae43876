"""Strangers' bytes, read within limits: markup, pictures, PDF, and the process that may be ended.

``limits`` holds every limit with its reason. What may not end, or is native code over a stranger's
bytes, runs in ``child`` under the watch of ``isolated``: it holds no secret and reaches nothing.
"""
