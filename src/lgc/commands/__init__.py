"""What the application answers on the command line, without window, card or store.

What lives here: ``read`` says what was understood of a file, ``check`` what is wrong in it,
``keys`` each key of each screen; ``understanding`` recognises what a file is, ``answers`` reads
recorded answers of the DMP. Nothing here touches network, store or screen. Who may come in:
``__main__`` and the tests.
"""
