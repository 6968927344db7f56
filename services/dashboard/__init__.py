"""The officials' desk: everyone's place in the queue, and the evidence in front of whoever decides.

Takes   every event of a submission and of a question, what selection runs found; officials' requests over HTTP.
Gives   pages and tables in Korean and English; `submission-viewed`, `submission-decided`, `supplement-asked`,
        `values-corrected`, `notice-asked-again`, `question-answered`, `selection-announced`, `selection-requested`;
        published versions of programmes and closings, in a store that every service reads.
Owns    the queue read model, drafts of selection runs and of programmes, sessions, the looks that are open on a screen,
        batches of decisions, claims and saved searches.
Never   shows or exports a value read from a certificate before the gate has recorded the look, decides past the gate,
        decides in bulk what needs a person, or on one official's word where the programme wants two.
"""
