"""Connections to servers that somebody named in the admin: to the world outside, and to nobody in the house.

The address that is connected to is the one that was looked at, so a name that changes between the two leads nowhere
(DNS rebinding), and how an address is spelled does not matter: the system reads it first. PRIVATE_HOSTS_ALLOWED names
the hosts and networks in the house that may be connected to all the same.
"""

import http.client
import socket
import ssl
import urllib.request
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

NAT64 = ip_network("64:ff9b::/96")


class NotOutside(OSError):
    """The server is in the house; the words name no address, which is not the asker's business."""


def connect(where: tuple[str, int], timeout: Any = None, *_ignored: Any) -> socket.socket:
    """As socket.create_connection; raises NotOutside."""
    host, port = where
    known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [one for one in known if may_reach(host, str(one[4][0]))]
    if not allowed:
        raise NotOutside(_("This server is within our own network; PRIVATE_HOSTS_ALLOWED may allow it."))
    trouble: OSError | None = None
    for family, kind, protocol, _name, address in allowed:
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(timeout if isinstance(timeout, (int, float)) else None)
            line.connect(address)
        except OSError as error:
            line.close()
            trouble = error
        else:
            return line
    assert trouble
    raise trouble


def may_reach(host: str, address: str) -> bool:
    """Whether this address, which the host's name led to, is outside, or allowed by name or network."""
    ip = _meant(address)
    for one in settings.PRIVATE_HOSTS_ALLOWED:
        if one.lower() == host.lower().rstrip("."):
            return True
        try:
            if ip in ip_network(one, strict=False):
                return True
        except ValueError:
            continue  # a name
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _meant(address: str) -> IPv4Address | IPv6Address:
    """The IPv4 address within an IPv6 one that stands for it."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64 or not int(ip) >> 32:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


class _Http(http.client.HTTPConnection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = connect


class _Https(http.client.HTTPSConnection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = connect


class _HttpHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Http, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(partial(_Https, context=ssl.create_default_context()), req)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def urlopen(request: urllib.request.Request, timeout: float) -> Any:
    """As urllib's, to a server outside, straight and without being sent on to another one."""
    opener = urllib.request.OpenerDirector()
    handlers = (_HttpHandler, _HttpsHandler, _NoRedirect, urllib.request.HTTPErrorProcessor)
    for handler in (*handlers, urllib.request.HTTPDefaultErrorHandler, urllib.request.UnknownHandler):
        opener.add_handler(handler())
    return opener.open(request, timeout=timeout)
