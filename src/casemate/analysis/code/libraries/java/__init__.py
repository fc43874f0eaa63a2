"""Libraries of Java. A name is the class with its package; a constructor is called by the name of its class."""
