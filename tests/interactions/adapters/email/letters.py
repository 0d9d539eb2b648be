"""Mails for the tests, written as the bytes that come over the wire."""

import base64

TOP = {
    "From": "Lee Park <lee@home.example>",
    "To": "help@shop.example",
    "Subject": "Where is my parcel?",
    "Message-ID": "<m1@home.example>",
    "Date": "Fri, 5 Jan 2024 10:00:00 +0100",
}


def letter(body: bytes | str = "Where is it?\r\n", head: bytes = b"", **headers: str | None) -> bytes:
    """Headers by their name with `_` for `-`; None leaves one out. `head` goes in front as it is."""
    given = TOP | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value is not None)
    return head + lines.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def part(content: bytes | str, kind: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    data = content.encode() if isinstance(content, str) else content
    return f"Content-Type: {kind}\r\n{lines}\r\n".encode() + data


def file(content: bytes, name: str, kind: str = "application/pdf", **headers: str) -> bytes:
    disposition = {"Content_Disposition": f'attachment; filename="{name}"', "Content_Transfer_Encoding": "base64"}
    return part(base64.encodebytes(content), kind, **(disposition | headers))


def multipart(*parts: bytes, kind: str = "mixed", boundary: str = "edge", top: bool = True, **headers: str) -> bytes:
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + each + b"\r\n" for each in parts) + mark + b"--\r\n"
    given = f'multipart/{kind}; boundary="{boundary}"'
    return letter(body, Content_Type=given, **headers) if top else part(body, given)
