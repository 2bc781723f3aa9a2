"""A real SMTP server on this machine that keeps each message it takes as an .eml file."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller


class MailSink:
    """Listens on a free port of 127.0.0.1; `messages` are the paths of what came in, attachments beside them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.messages: list[Path] = []
        self.attachments: list[Path] = []
        # Port 0 would confuse the controller's own readiness check, so a free one is found first.
        self.controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    @property
    def port(self) -> int:
        return self.controller.port

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.controller.start()
        return self

    def __exit__(self, *_exc):
        self.controller.stop()

    async def handle_DATA(self, _server, _session, envelope):  # the library's name
        message = message_from_bytes(envelope.content, policy=default)
        path = self.folder / f"{len(self.messages) + 1:02d}.eml"
        path.write_bytes(envelope.content)
        self.messages.append(path)
        for part in message.iter_attachments():
            attachment = self.folder / Path(part.get_filename() or "attachment").name
            attachment.write_bytes(part.get_payload(decode=True))
            self.attachments.append(attachment)
        return "250 Message accepted for delivery"


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
