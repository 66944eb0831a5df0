"""Rektor's year, in a browser without JavaScript."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Site
from tests.e2e.steps import agree, follow, heading, press, sentences, told


def test_rektors_year(sign_in: Callable[..., Page]) -> None:
    page = sign_in("karin", java_script_enabled=False)
    heading(page, "Läsåret 2026/27")
    write_the_analysis(page)
    share_and_adopt_it(page)
    decide_a_measure(page)
    log_what_was_done(page)
    assess_last_years_effect(page)
    choose_the_area(page)
    take_out_the_documents(page)
    read_the_history(page)


def write_the_analysis(page: Page) -> None:
    follow(page, "Skriv och dela nulägesanalysen för Sävkullaskolan")
    press(page, "Börja på analysen")
    page.get_by_label("Vad bygger analysen på?").fill("Tolv lektionsbesök i oktober.")
    page.get_by_label("Resultatbild").fill("69 % av åk 3 når kravnivån i läsförståelse.")
    press(page, "Spara")
    told(page, "sparad")

    follow(page, "Lägg till ett problem eller utvecklingsbehov")
    page.get_by_label("Problem", exact=False).first.fill(
        "Var tredje elev förstår inte faktatexter."
    )
    page.locator("main form.form button[type=submit]").first.click()
    told(page, "sparat")

    page.get_by_role("link", name="Skriv en orsak till", exact=False).click()
    page.get_by_label("Orsak", exact=True).fill("Vi visar sällan hur man tar sig an en svår text.")
    page.get_by_label("Undervisningen").check()
    page.get_by_label("Hur vet ni det?").fill("I 2 av 12 lektioner modellerades en strategi.")
    page.locator("main form.form button[type=submit]").first.click()
    told(page, "sparad")


def share_and_adopt_it(page: Page) -> None:
    agree(page, "Dela med dialogansvarig")
    told(page, "delad")
    press(page, "Fastställ analysen")
    told(page, "fastställd")
    expect(page.get_by_role("button", name="Fastställ analysen")).to_have_count(0)


def decide_a_measure(page: Page) -> None:
    """From Start, with at most four clicks beside typing and six fields that must be filled."""
    page.goto("/")
    clicked = 0

    def click(target: Locator) -> None:
        nonlocal clicked
        clicked += 1
        target.click()

    click(page.get_by_role("link", name="Besluta en åtgärd för Sävkullaskolan"))
    page.get_by_label("Åtgärd", exact=True).fill("Lässtrategier i alla ämnen")
    click(page.get_by_label("En orsak i nulägesanalysen"))
    page.get_by_label("Vilken orsak ska åtgärden påverka?").select_option(index=1)
    page.get_by_label("Förväntad effekt").fill("I maj når minst 80 % av åk 3 kravnivån.")
    page.get_by_label("Effekten kan bedömas från").fill("2027-05-20")
    click(page.get_by_role("button", name="Besluta åtgärden"))
    told(page, "beslutad")
    heading(page, "Lässtrategier i alla ämnen")
    assert clicked <= 4


def log_what_was_done(page: Page) -> None:
    page.get_by_label("Vad har gjorts?").fill("Första gemensamma planeringen.")
    page.get_by_label("Dag", exact=True).fill("2026-11-19")
    press(page, "Skriv i loggen")
    expect(page.get_by_text("Första gemensamma planeringen.")).to_be_visible()


def assess_last_years_effect(page: Page) -> None:
    """It stands first on Start, with the expected effect beside the question of what came of it."""
    page.goto("/")
    follow(page, "Bedöm effekten av Språkgrupper på fritidshemmet")
    heading(page, "Bedöm effekten: Språkgrupper på fritidshemmet")
    expect(page.get_by_text("Alla barn i språkgrupperna berättar i samlingen")).to_be_visible()

    page.get_by_label("Ja", exact=True).check()
    page.get_by_label("Uppnådd", exact=True).check()
    press(page, "Spara bedömningen")
    expect(page.get_by_role("heading", name="Rätta till det här", exact=False)).to_be_visible()
    expect(page.get_by_label("Uppnådd", exact=True)).to_be_checked()

    page.get_by_label("Vad blev det?").fill("Nio av tio barn berättar i samlingen.")
    page.get_by_label("Hur vet ni det?").fill("Åtta filmade samlingar.")
    page.get_by_label("Blir ordinarie arbetssätt").check()
    page.get_by_label("Vad lärde vi oss?").fill("Halva grupper gav talutrymme.")
    press(page, "Spara bedömningen")
    expect(page.get_by_text("Nio av tio barn berättar i samlingen.").first).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="Bedöm effekten av Språkgrupper")).to_have_count(0)


def choose_the_area(page: Page) -> None:
    follow(page, "Välj område till dialogen")
    page.get_by_label("Eget område").fill("Matematik i årskurs 4–6")
    page.get_by_label("Vad vill du fördjupa?").fill("Hur får vi samma planeringsstruktur?")
    press(page, "Spara området")
    expect(page.get_by_text("Matematik i årskurs 4–6").first).to_be_visible()


def take_out_the_documents(page: Page) -> None:
    for address, link in (
        ("/enheter/savkullaskolan/2026-27/utvecklingsplan", "Hämta som Word"),
        ("/enheter/savkullaskolan/2026-27/nulagesanalys", "Hämta som Word"),
    ):
        page.goto(address)
        with page.expect_download() as download:
            follow(page, link)
        assert download.value.suggested_filename.endswith(".docx")
        assert download.value.path().read_bytes()[:2] == b"PK"


def read_the_history(page: Page) -> None:
    told_of = " ".join(sentences(page))
    for done in (
        "nulägesanalys",
        "Var tredje elev förstår inte faktatexter",
        "Lässtrategier i alla ämnen",
        "Språkgrupper på fritidshemmet",
        "Matematik i årskurs 4–6",
    ):
        assert done in told_of, done
    assert told_of.count("Karin Holm") >= 8


def test_a_draft_is_rektors_own_until_it_is_shared(
    sign_in: Callable[..., Page], site: Site
) -> None:
    karin, erik = sign_in("karin"), sign_in("erik")
    address = "/enheter/savkullaskolan/2026-27/nulagesanalys"
    karin.goto(address)
    press(karin, "Börja på analysen")
    karin.get_by_label("Resultatbild").fill("Bara för mig än så länge.")
    press(karin, "Spara")
    erik.goto(address)
    heading(erik, "Nulägesanalys för Sävkullaskolan 2026/27")
    expect(erik.get_by_text("Bara för mig än så länge.")).to_have_count(0)
    agree(karin, "Dela med dialogansvarig")
    erik.reload()
    expect(erik.get_by_text("Bara för mig än så länge.")).to_be_visible()
