"""Eligibility screens everyone against a programme's rules: eligible, ineligible, or for a person to look at.

Takes   `submission-extracted`, `values-corrected`, `question-answered`, `selection-requested`;
        `submission-taken-back`, `submission-withdrawn` and `submission-expired`, to forget.
Gives   `submission-screened`, `question-raised`; `question-answered` where a workplace register answers;
        `selection-rows` and `selection-completed`.
Owns    screenings (outcome and order only; the explanation is sealed in the vault), and by keyed tokens alone who
        submitted where and which submissions hold the same certificate; the workplace registers, as tokens too; runs,
        as submission ids, classes and places.
Never   takes missing for false, or decides: the machine recommends, a person confirms (행정기본법 20조).
"""
