def test_the_process_lives(client):
    assert client.get("/healthz").status_code == 200


def test_ready_when_migrated(client):
    assert client.get("/readyz").text == "ready\n"


def test_home_asks_for_sign_in(client):
    response = client.get("/")
    assert response.status_code == 302
    assert response.location == "/logga-in?next=/"


def test_signed_in_home(cast, as_):
    assert "Start" in as_(cast.karin).page("/")
