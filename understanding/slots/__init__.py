"""The slots of each intent, from the words and the things found in them."""
