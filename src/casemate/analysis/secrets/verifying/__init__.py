"""Whether a secret that was found still opens something: asked of its issuer, and only when the user says so."""
