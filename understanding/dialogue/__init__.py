"""What is said in answer: to what was asked, to a draft that waits, to what is open in the chat."""
