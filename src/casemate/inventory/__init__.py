"""The linked whole: declared resources become a typed `Inventory`. One package a cloud, one module a subject."""
