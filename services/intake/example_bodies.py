"""One example of every request's body, for the API description; tests send each."""

from services.intake.examples import OFFICE, PROGRAMME, PUBLIC_KEY, WALLET_ADDRESS

SUBMISSION_FORM = {
    "programme": PROGRAMME,
    "office": OFFICE,
    "holder": {"wallet_address": WALLET_ADDRESS, "name": "김예시", "birth_date": "1988-03-02"},
    "consent": {"third_party_provision": True, "at": "2026-11-22T09:00:00+09:00"},
    "certificates": [{"part": "certificate-1", "kind": "EI_HIST", "metadata": "eyLrsJzquInrsojtmLgiOiAiMjAyMi0xIn0="}],
    "declared_work": "employee",
}
SUBMISSION = {"submission": SUBMISSION_FORM, "certificate-1": "%PDF-1.7 …"}
SUPPLEMENT_FORM = {
    "holder": {"wallet_address": WALLET_ADDRESS},
    "certificates": [{"part": "certificate-1", "kind": "EI_HIST"}],
}
SUPPLEMENTED = {"submission": SUPPLEMENT_FORM, "certificate-1": "%PDF-1.7 …"}
HOLDER = {"holder": {"wallet_address": WALLET_ADDRESS}}
NEW_KEY = {"keyid": "toss-2027", "algorithm": "ed25519", "public_key": PUBLIC_KEY}
RETIRE = {"retired_at": "2027-01-31T00:00:00+09:00"}
