"""One document on screen: header, body in place, print, export, share."""
