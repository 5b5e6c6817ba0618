#!/usr/bin/env python3
# recorder.py - plays the servers of recorded exchanges, a proxy for all hosts
"""recorder.py [-c CERT -k KEY] [-n NETRC] EXCHANGES GOT

Each EXCHANGES/*.http is one request as it must be, and its reply:

    # where both are documented
    # after: NAME               from when NAME.http was asked for
    PUT https://host/path?query
    Header: value

    body
    ---
    200 OK
    Header: value

    body

Of those with the method and URL of a request, the one that is equal in all
answers, else any; one that has come to be is before those that always were.
The request is written to GOT/NAME.http as it came, so that a diff tells; one
that nothing answers to goes to GOT/unexpected.  GOT/log has the names in order.
A request without the Authorization that it must have gets a 401.

Clients come through http_proxy and https_proxy, so that they use the real URLs;
CERT and KEY are for all of their hosts.  The port, chosen by the kernel, is
printed.  NETRC has the secrets that AWS signatures are checked with.
"""
import argparse
import hashlib
import hmac
import netrc
import re
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOP_BY_HOP = ("proxy-connection", "proxy-authorization")

# What differs from run to run, as it stands in the files
MASKS = (
    (r"(?m)^(User-Agent: as-tools/)\S+", r"\1VERSION"),
    (r"(?m)^(X-Amz-Date: )\d{8}T\d{6}Z$", r"\1DATE"),
    (r"(?m)^(Authorization: AWS4.*Credential=[^/]*/)\d{8}/", r"\1DATE/"),
    (r'("(?:Start|End)Time":)\d{10}\b', r"\1TIME"),
)


def split_message(text):
    """First line, headers as (name, value), body"""
    head, _, body = text.partition("\n\n")
    first, *headers = head.split("\n")
    return first, [tuple(h.split(": ", 1)) for h in headers], body


class Exchange:
    def __init__(self, path):
        lines = path.read_text().split("\n")
        comments = [line for line in lines if line.startswith("# ")]
        text = "\n".join(lines[len(comments):])
        request, separator, reply = text.partition("\n---\n")
        if not separator:
            sys.exit(f"{path}: has no line of ---")
        after = [c[9:] for c in comments if c.startswith("# after: ")]
        self.name = path.name
        self.after = [name + ".http" for name in after]
        self.request = request
        self.first, headers, _ = split_message(request)
        self.authorization = dict(headers).get("Authorization")
        status, self.headers, body = split_message(reply.rstrip("\n"))
        self.status = int(status.split()[0])
        self.body = body.encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def aws_signature(secret, scope, signed, handler, body):
    """AWS Signature Version 4 of the request, by the book"""
    url = urlsplit(handler.url())
    values = {k.lower(): " ".join(v.split()) for k, v in handler.sent()}
    query = "&".join(sorted(url.query.split("&"))) if url.query else ""
    canonical = "\n".join(
        [handler.command, url.path or "/", query]
        + [f"{name}:{values[name]}" for name in signed]
        + ["", ";".join(signed), sha256(body)])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", values["x-amz-date"], scope,
                         sha256(canonical.encode())])
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = mac(key, part)
    return mac(key, to_sign).hex()


def check_aws(secrets, handler, body):
    """The Authorization, its signature replaced by what it is worth"""
    value = handler.headers["Authorization"]
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]*)/([^,]*), ?"
                         r"SignedHeaders=([^,]*), ?Signature=(\w+)", value)
    if not found:
        return value
    key_id, scope, names, signature = found.groups()
    login, _, secret = secrets.authenticators(handler.headers["Host"]) or (
        None, None, "")
    signed = names.split(";")
    sent = [name.lower() for name, _ in handler.sent()]
    must = [n for n in sent if n == "host" or n.startswith("x-amz-")]
    good = (login == key_id and set(must) <= set(signed) <= set(sent)
            and signed == sorted(signed)
            and hmac.compare_digest(signature, aws_signature(
                secret, scope, signed, handler, body)))
    return value.replace(signature, "VERIFIED" if good else "WRONG")


class Recorder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tunnel = None

    def url(self):
        return self.path if self.tunnel is None else self.tunnel + self.path

    def sent(self):
        return [(name, value) for name, value in self.headers.items()
                if name.lower() not in HOP_BY_HOP]

    def do_CONNECT(self):
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.connection = self.server.tls.wrap_socket(
            self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.tunnel = "https://" + self.path.removesuffix(":443")
        self.close_connection = False

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:  # the client left, or trusts us not
            self.close_connection = True

    def as_text(self, body):
        headers = dict(self.sent())
        if headers.get("Authorization", "").startswith("AWS4"):
            headers["Authorization"] = check_aws(
                self.server.secrets, self, body)
        lines = [f"{self.command} {self.url()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        text = "\n".join(lines)
        if body:
            text += "\n\n" + body.decode()
        for pattern, mask in MASKS:
            text = re.sub(pattern, mask, text)
        return text

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        text = self.as_text(body)
        exchange = self.server.find(text)
        self.server.record(exchange, text)
        if exchange is None:
            self.send(404, [], b"nothing answers to this")
        elif exchange.authorization not in (
                None, dict(split_message(text)[1]).get("Authorization")):
            self.send(401, [], b"not the Authorization that it must have")
        else:
            self.send(exchange.status, exchange.headers, exchange.body)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

    def send(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Recorder)
        self.lock = threading.Lock()
        self.got = Path(options.got)
        self.seen = set()
        self.exchanges = sorted(
            map(Exchange, Path(options.exchanges).glob("*.http")),
            key=lambda exchange: (exchange.after, exchange.name))
        self.secrets = netrc.netrc(options.netrc) if options.netrc else None
        if options.cert:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(options.cert, options.key)

    def find(self, text):
        first = text.split("\n", 1)[0]
        able = [e for e in self.exchanges
                if e.first == first and self.seen.issuperset(e.after)]
        equal = [e for e in able if e.request == text]
        return (equal or able or [None])[-1]

    def record(self, exchange, text):
        name = "unexpected" if exchange is None else exchange.name
        with self.lock:
            self.seen.add(name)
            (self.got / name).write_text(text + "\n")
            with open(self.got / "log", "a", encoding="utf-8") as log:
                log.write(name + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-c", dest="cert")
    parser.add_argument("-k", dest="key")
    parser.add_argument("-n", dest="netrc")
    parser.add_argument("exchanges")
    parser.add_argument("got")
    server = Server(parser.parse_args())
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
