"""The two ceremonies of WebAuthn: a device gives us its public key, and later proves that it holds the private one.

https://www.w3.org/TR/webauthn-3/; the library `webauthn` checks every step of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from tribune.accounts.queries import passkey_with, passkeys_of
from tribune.database import db, now, run, write
from tribune.later import Later
from tribune.organisers.actions import open_log_in
from tribune.organisers.models import LogIn, Organiser, Passkey, PasskeyChallenge

if TYPE_CHECKING:
    import webauthn
    from webauthn import helpers
    from webauthn.helpers import exceptions, structs
else:
    webauthn, helpers = Later("webauthn"), Later("webauthn.helpers")
    exceptions, structs = Later("webauthn.helpers.exceptions"), Later("webauthn.helpers.structs")

CHALLENGE_LASTS = timedelta(minutes=5)
LONGEST_NAME = 60  # characters


class PasskeyRefused(Exception):
    """The device's answer proves nothing: another site, an old challenge, an unknown key."""


class AnotherAccount(Exception):
    """The passkey belongs to another account than the log-in of this browser."""


def site() -> str | None:
    """Return the domain under which devices keep passkeys; None if the site's address is an IP number."""
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host
    return None


def ask_for_a_new_one(organiser: Organiser) -> str:
    """Return the JSON the browser needs to make a passkey for this account."""
    options = webauthn.generate_registration_options(
        rp_id=site() or "",
        rp_name="Tribune",
        user_id=str(organiser.id).encode(),
        user_name=organiser.email,
        user_display_name=organiser.name or organiser.email,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_named(organiser),
    )
    _remember(options.challenge)
    return webauthn.options_to_json(options)


def keep(organiser: Organiser, answer: dict[str, Any], name: str) -> Passkey:
    """Keep the public key that a device made. Raises PasskeyRefused."""
    with _believing():
        challenge = _spend_challenge(answer)
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site() or "",
            expected_origin=current_app.config["PUBLIC_URL"],
            require_user_verification=True,
        )
        with write() as session:
            if passkey_with(verified.credential_id) is not None:
                raise PasskeyRefused
            passkey = Passkey(
                organiser_id=organiser.id,
                credential_id=verified.credential_id,
                public_key=verified.credential_public_key,
                sign_count=verified.sign_count,
                name=name,
            )
            session.add(passkey)
    return passkey


def ask_for_proof(organiser: Organiser | None = None) -> str:
    """Return the JSON the browser needs to find a passkey of this site, or of the account logged in."""
    options = webauthn.generate_authentication_options(
        rp_id=site() or "",
        allow_credentials=_named(organiser) if organiser else None,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    _remember(options.challenge)
    return webauthn.options_to_json(options)


def enter(answer: dict[str, Any], *, browser: str = "", instead_of: LogIn | None = None) -> LogIn:
    """Open a fresh log-in for the account whose passkey answered; `instead_of`, the one this browser had, ends.

    The account is locked: it is neither deleted nor blocked in between. Raises PasskeyRefused or AnotherAccount.
    """
    with _believing():
        challenge = _spend_challenge(answer)  # for good, even if what follows fails
        credential_id = helpers.base64url_to_bytes(answer["id"])
    with write():
        passkey = _locked(credential_id)
        if passkey is None or passkey.organiser.blocked_at:
            raise PasskeyRefused
        with _believing():
            verified = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site() or "",
                expected_origin=current_app.config["PUBLIC_URL"],
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        if instead_of and instead_of.organiser_id != passkey.organiser_id:
            raise AnotherAccount
        passkey.sign_count, passkey.used_at = verified.new_sign_count, now()
        return open_log_in(passkey.organiser_id, browser=browser, instead_of=instead_of)


def _locked(credential_id: bytes) -> Passkey | None:
    """Return this passkey as it is now, its account locked until the transaction ends; None if either is gone."""
    as_now = {"populate_existing": True}
    theirs = sa.select(Organiser).join(Passkey).where(Passkey.credential_id == credential_id)
    # Others may refer to the account meanwhile, such as lines of the log.
    db.session.scalars(theirs.with_for_update(of=Organiser, key_share=True), execution_options=as_now).all()
    this = sa.select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalars(this, execution_options=as_now).first()


def remove(passkey: Passkey) -> None:
    """Delete a passkey: its device opens nothing any more."""
    with write() as session:
        session.execute(sa.delete(Passkey).where(Passkey.id == passkey.id))


def _named(organiser: Organiser) -> "list[structs.PublicKeyCredentialDescriptor]":
    return [structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in passkeys_of(organiser)]


@contextmanager
def _believing() -> Iterator[None]:
    """Turn every fault of a device's answer into PasskeyRefused."""
    try:
        yield
    except (exceptions.WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PasskeyRefused from error


def _remember(challenge: bytes) -> None:
    """Store a challenge until it is answered, and delete those that never were."""
    with write() as session:
        session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.created_at < now() - CHALLENGE_LASTS))
        session.add(PasskeyChallenge(value=challenge))


def _spend_challenge(answer: dict[str, Any]) -> bytes:
    """Return our challenge that this answers, so that nobody can answer it again. Raises PasskeyRefused."""
    told = helpers.parse_client_data_json(helpers.base64url_to_bytes(answer["response"]["clientDataJSON"]))
    still = PasskeyChallenge.value == told.challenge, PasskeyChallenge.created_at > now() - CHALLENGE_LASTS
    with write():
        spent = run(sa.delete(PasskeyChallenge).where(*still)).rowcount
    if spent != 1:
        raise PasskeyRefused
    return told.challenge
