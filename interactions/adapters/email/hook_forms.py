"""Bodies of webhooks, which hold whole mails: larger than Django lets any form be, and only for who has the secret."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict


def take_whole(request: HttpRequest, at_most: int) -> None:
    """Read the body, of so many bytes at most, so that no other limit is asked."""
    body = request.read(at_most + 1)
    if len(body) > at_most:
        raise RequestDataTooBig("A mail of this size is not taken.")
    request._body = body
    request.parse_file_upload = _form  # type: ignore


def _form(headers: Any, body: Any) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    """multipart/form-data by the standard library, which has no limit to a field."""
    kind = f"Content-Type: {headers.get('CONTENT_TYPE', '')}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(EmailMessage, policy=policy.HTTP).parsebytes(kind + body.read())
    fields, files = QueryDict(mutable=True, encoding="utf-8"), MultiValueDict[str, Any]()
    for part in message.iter_parts():
        name, content = str(part.get_param("name", "", "content-disposition")), part.get_payload(decode=True) or b""
        assert isinstance(content, bytes)
        if (filename := part.get_filename()) is None:
            fields.appendlist(name, content.decode("utf-8", "replace"))
        else:
            files.appendlist(name, SimpleUploadedFile(filename, content, part.get_content_type()))
    return fields, files
