"""The reading engine: a source says what can be read, a selection what is asked, a plan how it is answered.

Every door reads by it. `compile_selection` turns a selection into a plan: one statement per level of lists, however
many rows, and a generated function that shapes the rows straight into the answer.
"""
