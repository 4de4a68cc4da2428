"""What WeCom and WeChat share: the sealed envelope, the XML in it, and a REST side with one token."""
