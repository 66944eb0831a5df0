"""The accessibility statement, which anybody may read."""


def test_a_visitor_reads_it(client):
    page = client.page("/tillganglighet")
    for words in (
        "EN 301 549",
        "2018:1937",
        "Digg",
        "Ingen utomstående har granskat",
        "din huvudman",
    ):
        assert words in page


def test_who_is_signed_in_reads_who_answers_for_it(cast, as_):
    assert "Exempelby kommun ansvarar" in as_(cast.sofia).page("/tillganglighet")
