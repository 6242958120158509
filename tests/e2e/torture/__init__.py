"""The kill harness: the bot killed again and again while people go on asking, and the ledgers compared afterwards.

`python -m tests.e2e.torture --minutes 10 --seed 7` runs it (`make torture`); docs/torture.md says what it does.

- `plan` throws the dice: what each life is, what people do meanwhile, what goes wrong, and where the bot is killed.
- `world` is everything around the bot: Discord, Slack, Rodin and the wire to it, a folder.
- `nursery` gives birth to processes quickly, by forking one that has imported everything.
- `crowd` and the modules named after a platform are the people, `errands` what they ask of a model or look up; `points`
  are the places where a life ends.
- `books` holds what is known afterwards, `reading` and `archives` collect it, `audit` compares it: pure, and tested on
  its own.
- `session` runs it all; `report` says what came of it.
"""
