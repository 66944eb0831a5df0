"""Hashing: what an unknown address costs, and which form of a letter counts."""

import unicodedata

from tracker.auth import passwords


def test_an_unknown_address_is_checked_against_a_hash_of_todays_cost():
    assert not passwords.needs_rehash(passwords._UNKNOWN)
    assert passwords.check_password("no account has this password", None) is False


def test_the_same_letters_in_another_form_are_the_same_password():
    password_hash = passwords.hash_password("räksmörgås på tå")
    assert passwords.check_password(unicodedata.normalize("NFD", "räksmörgås på tå"), password_hash)
