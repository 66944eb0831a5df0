"""What the script of a page does with what is typed in it, without a browser."""

import re

import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import Draft

WRITE = "/enheter/savkullaskolan/2026-27/nulagesanalys/skriv"
TEXT = "Vi lär eleverna att avkoda, men visar sällan hur man tar sig an en svår text."


def form_of(page, start='<form class="form"'):
    """What the script reads from the form of a page."""
    form = page[page.index(start) :]
    return {
        **dict(re.findall(r' data-(draft[a-z-]*)="([^"]*)"', form.partition(">")[0])),
        **dict(re.findall(r'name="(utkast[a-z_]*)"[^>]* value="([^"]*)"', form)),
        "version": re.search(r'name="version"[^>]* value="(\d+)"', form)[1]
        if 'name="version"' in form
        else "",
    }


def type_in(client, url, number=1, status=200, **fields):
    """Open the page, type, and let the script send it. Gives what the form was like."""
    form = form_of(client.page(url))
    send(client, form, number, status, **fields)
    return form


def send(client, form, number=1, status=200, changed=(), **fields):
    about = {
        "draft-who": form["draft-who"],
        "draft-form": form["draft-form"],
        "draft-place": form["draft-place"],
        "draft-address": form["utkast_sida"],
        "draft-title": "Skriv",
        "draft-continues": form["utkast_fran"],
        "draft-number": str(number),
        "draft-changed": list(changed),
    }
    response = client.post(
        f"/utkast/{form['utkast']}", data={"version": form["version"], **about, **fields}
    )
    assert response.status_code == status, response.text
    return response.json["said"]


def drafts():
    return list(db.session.scalars(sa.select(Draft).order_by(Draft.id)))


def go_on(client, url):
    """Follow Fortsätt med utkastet."""
    page = client.page(url)
    (address,) = re.findall(r'href="([^"]*utkast=[^"]*)"', page)
    return client.page(address.replace("&amp;", "&"))
