"""A mail server for tests: configured by one JSON argument, prints its port, then one JSON line per accepted message."""
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

config = json.loads(sys.argv[1])


class Handler:
    def answer(self, step):
        return config.get("answers", {}).get(step)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.answer("MAIL"):
            return self.answer("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answer("RCPT") or self.answer(address):
            return self.answer(address) or self.answer("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answer("DATA") == "hang":
            await asyncio.sleep(3600)
        if self.answer("DATA"):
            return self.answer("DATA")
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = message.get_body(("plain",))
        html = message.get_body(("html",))
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "headers": {key: str(value) for key, value in message.items()},
            "names": sorted(key.lower() for key in message.keys()),
            "type": message.get_content_type(),
            "text": text.get_content(),
            "html": html.get_content(),
            "defects": [str(d) for part in message.walk() for d in part.defects],
            "longest": max(len(line) for line in envelope.content.split(b"\r\n")),
        }), flush=True)
        return "250 2.0.0 queued as 42"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == config["user"].encode() and data.password == config["password"].encode()
    return AuthResult(success=good, handled=False, auth_data=data)


async def main():
    tls = None
    if "certificate" in config:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(config["certificate"], config["key"])
    implicit = config.get("implicit", False)

    def session():
        return SMTP(
            Handler(), hostname="mail.test", tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=authenticate if "user" in config else None, auth_required="user" in config,
            auth_require_tls=not implicit, auth_exclude_mechanism=config.get("exclude", []))

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=tls if implicit else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
