"""A test bench for conversational motion agents: scripted dialogues, objective checks, one table.

`schema` says what a case is, `drive` holds one dialogue with an agent, `scorers` judge what came of each
turn, `runner` does all of it in parallel, `report` and `page` tell the result.
"""
