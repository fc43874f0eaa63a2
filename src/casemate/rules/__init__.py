"""One file is one rule, in folders by subject. Discovery walks this package; there is nothing to register."""
