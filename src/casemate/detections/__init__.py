"""One file = one detection, in folders by subject; pure."""
