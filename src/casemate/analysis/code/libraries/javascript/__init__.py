"""Libraries of Node.js. A module is named as it is imported, without `node:`; its default export is the module."""
