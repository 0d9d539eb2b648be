"""An account with the telephone network of tests and of the demo: nobody's, and worth nothing anywhere else."""

ACCOUNT, TOKEN = "AC" + "5" * 32, "a token of nobody's"
KEY, SECRET = "SK" + "5" * 32, "a secret of nobody's, long enough"
APP = "AP" + "5" * 32


def environment(*, api: str, signalling: str) -> dict[str, str]:
    """How the centre's processes know the network: the address of its REST API, and host and port of its websockets."""
    return {
        "DEMO_PHONE": "1",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_KEY": KEY,
        "TWILIO_API_SECRET": SECRET,
        "TWILIO_APP_SID": APP,
        "TWILIO_API_BASE_URL": api,
        "TWILIO_SIGNALLING_HOST": signalling,
    }
