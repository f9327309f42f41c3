"""Makes certificates for tests into the folder that is the first argument.

authority.pem is a self-made authority, server.pem a certificate of it with its key for localhost and 127.0.0.1,
stranger.pem another authority that has signed nothing, elsewhere.pem a certificate for another host.
"""

import datetime
import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def signed(subject, key, issuer, issuer_key, extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30)))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def authority(subject):
    key = ec.generate_private_key(ec.SECP256R1())
    return key, signed(subject, key, subject, key, [(x509.BasicConstraints(ca=True, path_length=0), True)])


def pem(certificate, key=None):
    text = certificate.public_bytes(serialization.Encoding.PEM)
    if key:
        text += key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return text


folder = pathlib.Path(sys.argv[1])
authority_key, authority_certificate = authority("Test authority")
(folder / "authority.pem").write_bytes(pem(authority_certificate))
(folder / "stranger.pem").write_bytes(pem(authority("Another authority")[1]))
for file, names in [
    ("server.pem", [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
    ("elsewhere.pem", [x509.DNSName("mail.example.org")]),
]:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = signed(
        file, key, "Test authority", authority_key,
        [(x509.SubjectAlternativeName(names), False), (x509.BasicConstraints(ca=False, path_length=None), True)])
    (folder / file).write_bytes(pem(certificate, key))
