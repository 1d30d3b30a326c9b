"""The workspace: folder, settings, lock, whole files, errors, runs."""
