"""Running content over a system: discovery, selection, running, suppression, baseline, fingerprints, fixes."""
