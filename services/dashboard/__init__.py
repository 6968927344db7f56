"""The officials' desk: everyone's place in the queue, and the evidence in front of whoever decides.

Takes   every event of a submission and of a question; officials' requests over HTTP.
Gives   pages in Korean; `submission-viewed`, `submission-decided`, `question-answered`.
Owns    the queue read model, sessions, the looks that are open on a screen, and batches of decisions.
Never   shows a value read from a certificate before the gate has recorded the look, or decides past the gate.
"""
