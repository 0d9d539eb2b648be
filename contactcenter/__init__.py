"""How the contact centre is wired: settings, routes, the live connection. No contact-centre rule lives here."""
