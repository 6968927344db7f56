"""The cases a certificate can be made in: one sentence on what is odd about it, and what should come of it."""

from dataclasses import dataclass

from shared.facts import Authenticity, Evidence, UnreadableReason


@dataclass(frozen=True, slots=True)
class Case:
    """What is odd about a sample (`says`), and what should come of reading it (`outcome`)."""

    says: str
    outcome: str
    every_kind: bool = True
    """False where only the kinds that name it in their own `cases` can be made so."""
    unreadable: tuple[UnreadableReason, ...] = ()
    """Why it cannot be read, likeliest first, where any of several reasons is right; empty where it can."""
    authenticity: Authenticity = "genuine"
    evidence: Evidence = "pades:whole_file"


_AGED = "The certificate was issued {} days before the as-of date."

CASES: dict[str, Case] = {
    "ordinary": Case("Nothing is odd about it.", "Read in full, genuine."),
    "rrn_unmasked": Case(
        "The resident registration number is printed whole (its checksum fails).",
        "The birth date is taken, the number never kept.",
    ),
    "nfd_names": Case("Names are in decomposed letters (NFD).", "Names come out composed (NFC)."),
    "seven_stars": Case(
        "All seven digits behind the dash of the registration number are stars, the one for the century too.",
        "The birth date is taken where only one century is possible, else left out.",
    ),
    "foreign_name": Case(
        "The holder is a foreigner, by a name in Latin capitals with spaces.", "The name comes out as it is printed."
    ),
    "rare_hangul": Case("A syllable of the holder's name is in few fonts (뷁, 쀼).", "The name comes out whole."),
    "other_form": Case("The same facts under other usual labels, dates with dots.", "Read in full."),
    "letter_spaced": Case("Labels and title are letter-spaced (성 명).", "Read as if they were not."),
    "issued_89_days": Case(_AGED.format(89), "Within a freshness of 90 days."),
    "issued_90_days": Case(_AGED.format(90), "The edge of a freshness of 90 days."),
    "issued_91_days": Case(_AGED.format(91), "Too old for a freshness of 90 days."),
    "transfer": Case(
        "Two rows for one firm: a transfer (전근) ends one on the day the next begins.",
        "Currently employed, and one employer, not two.",
        every_kind=False,
    ),
    "lost_as_of": Case(
        "The loss date (상실일) is the as-of date: the last day of work was the day before.",
        "Not employed on the as-of date.",
        every_kind=False,
    ),
    "lost_day_after": Case(
        "The loss date is the day after the as-of date: the as-of date is the last day of work.",
        "Still employed on the as-of date.",
        every_kind=False,
    ),
    "blank_history": Case(
        "The table has a header and no row.",
        "Read, with no rows; absence from a scheme is not proof of having no work.",
        every_kind=False,
    ),
    "employment_ended": Case(
        "The period of employment ends before the day of issue.", "Read, with an end date.", every_kind=False
    ),
    "title_near_miss": Case(
        "The title is that of a near relative (퇴직증명서, 지방세 납세증명서).",
        "Refused as another certificate.",
        every_kind=False,
        unreadable=("wrong_certificate",),
    ),
    "same_title": Case(
        "The 장애인증명서 of the income tax law: the same title, a period and a hospital, no degree of disability.",
        "Refused as another certificate.",
        every_kind=False,
        unreadable=("wrong_certificate",),
    ),
    "business_number_wrong": Case(
        "The last digit of a business number (사업자등록번호) does not follow from the others.",
        "Read in full, with a finding.",
        every_kind=False,
    ),
    "busan_junggu": Case(
        "The address is in 부산광역시 중구, a district name Seoul has too.", "Not in Seoul.", every_kind=False
    ),
    "gwangju_gyeonggi": Case(
        "The address is in 경기도 광주시, not the metropolitan city of that name.", "Not in Seoul.", every_kind=False
    ),
    "seoulro": Case(
        "The street is 서울로 (Seoul road), the place is not Seoul.",
        "Not taken for Seoul: unknown without a city, outside with one.",
        every_kind=False,
    ),
    "hanja": Case("Names carry Chinese characters in brackets.", "Names come out without them.", every_kind=False),
    "two_pages": Case("The table goes on on a second page.", "All rows are read, in order.", every_kind=False),
    "long_table": Case(
        "The table has some forty rows, over two or three pages.", "All rows are read, in order.", every_kind=False
    ),
    "scan": Case(
        "A picture of the printed page, slightly turned, without a text layer and without a signature.",
        "Unreadable: no text layer.",
        unreadable=("no_text_layer",),
        authenticity="unverified",
        evidence="none",
    ),
    "scan_with_metadata": Case(
        "A picture of the printed page, with the data that it was made from handed in beside it.",
        "Read from the data, which no signature covers.",
        authenticity="unverified",
        evidence="none",
    ),
    "metadata_beside": Case(
        "The data that it was made from is handed in beside it.", "Read in full, each value from two sources."
    ),
    "embedded_attachment": Case(
        "The data that it was made from is attached inside the signed file.",
        "Read in full, each value from two sources.",
    ),
    "embedded_disagrees": Case(
        "Data attached inside the signed file gives another name than the page.",
        "Read but for the name, with a finding.",
    ),
    "unsigned": Case(
        "The file was never signed.", "Read in full, unverified.", authenticity="unverified", evidence="none"
    ),
    "untrusted": Case(
        "Signed with a certificate of the same name under another root.",
        "Read in full, certificate check failed.",
        authenticity="certificate_failed",
        evidence="pades:untrusted",
    ),
    "altered": Case(
        "The date of issue was moved by 100 days after signing and the old signature kept.",
        "Read in full, altered.",
        authenticity="altered",
        evidence="pades:broken",
    ),
    "appended": Case(
        "A page was added after signing; the signature itself still checks.",
        "Read in full, altered: the signature does not cover the whole file.",
        authenticity="altered",
        evidence="pades:appended",
    ),
    "shadow_edit": Case(
        "An annotation that covers a part of the page was added after signing; the signature itself still checks.",
        "Read in full, altered: after a signature no annotation may be added.",
        authenticity="altered",
        evidence="pades:appended",
    ),
    "timestamped": Case(
        "The signed file is under a document timestamp besides, as PAdES has it.",
        "Read in full, genuine.",
        evidence="pades:whole_revision",
    ),
    "government_timestamp": Case(
        "In the stead of a signature it bears the government's timestamp (행안부 고시 2021-22).",
        "Read in full, genuine.",
        evidence="timestamp:government",
    ),
    "government_timestamp_altered": Case(
        "The date of issue was moved by 100 days and the government's timestamp of before kept.",
        "Read in full, altered.",
        authenticity="altered",
        evidence="timestamp:broken",
    ),
    "government_timestamp_untrusted": Case(
        "The government's timestamp is by an authority of the same name under another root.",
        "Read in full, certificate check failed.",
        authenticity="certificate_failed",
        evidence="timestamp:untrusted",
    ),
    "encrypted": Case(
        "A password of six digits is needed to open it.",
        "Unreadable: encrypted.",
        unreadable=("encrypted",),
        authenticity="unverified",
        evidence="none",
    ),
    "truncated": Case(
        "Only the first part of the file arrived.",
        "Unreadable: damaged.",
        unreadable=("damaged", "no_text_layer", "wrong_certificate", "reader_failed"),
        authenticity="unverified",
        evidence="none",
    ),
    "hostile_bomb": Case(
        "A few kilobytes that unpack to half a gibibyte of page content, with a font so that a reader walks into it.",
        "Unreadable at a limit; its neighbours are not harmed.",
        unreadable=("memory_limit", "time_limit", "output_limit", "damaged", "reader_failed"),
        authenticity="unverified",
        evidence="none",
    ),
    "hostile_loop": Case(
        "The page tree is its own child.",
        "Unreadable: damaged, or at a limit.",
        unreadable=("damaged", "time_limit", "memory_limit", "no_text_layer", "reader_failed"),
        authenticity="unverified",
        evidence="none",
    ),
    "many_pages": Case(
        "The certificate is followed by 199 pages of annex.",
        "Unreadable: too many pages.",
        unreadable=("too_many_pages",),
        authenticity="unverified",
        evidence="none",
    ),
}
"""Every case by its name."""
