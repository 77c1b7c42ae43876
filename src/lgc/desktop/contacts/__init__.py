"""The contacts of the practice on screen: list, card, dialog; found in the directory too."""
