"""The WeCom AI bot (智能机器人): the one way to hear a WeCom group."""
