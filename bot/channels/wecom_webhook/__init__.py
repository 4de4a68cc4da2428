"""WeCom's group webhook (消息推送, formerly 群机器人): a way into one group that hears nothing."""
