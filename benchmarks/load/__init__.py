"""How soon the whole bot acknowledges what people do, while it tracks hundreds of models.

    .venv/bin/python -m benchmarks.load [--seconds 60] [--rate 50] [--tracked 500]

The real `rodin-bot run`, with the real discord.py and slack-bolt, lives between local stand-ins for Discord and Slack
and the Rodin simulator, each in a process of its own. People do a mixture of things at an even rate, whether earlier
ones were answered or not. Time is taken by the stand-ins: from sending an interaction to its acknowledgement.

In the same run the same people do the same at the same rate with the barest app that the same SDKs allow
(`benchmarks.load.bare`), which acknowledges and does nothing else: the difference is what the bot itself costs.
"""
