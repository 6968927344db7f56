"""Workplace registers (사업장 명부): imported as data, kept as tokens, and answering questions by themselves.

workplaces and file are pure; `importing` takes one in, `answering` lets those in force answer.
"""
