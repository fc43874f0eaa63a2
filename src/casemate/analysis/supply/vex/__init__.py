"""VEX: what the makers of a system say of weaknesses in its parts. Read from OpenVEX and CycloneDX documents."""
