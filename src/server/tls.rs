//! TLS, for clients whose addresses are fixed to `https`. Each port accepts connections with and without it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// The largest file of certificates or of a key.
const MAX_BYTES: u64 = 1 << 20;

/// The first byte of a connection with TLS.
const HANDSHAKE: u8 = 0x16;

/// Whether a connection that begins with these bytes uses TLS.
pub(super) fn is_tls(first: &[u8]) -> bool {
    first.first() == Some(&HANDSHAKE)
}

/// Accepts connections with a certificate chain and its private key, both in PEM files.
///
/// # Errors
/// A file cannot be read, or the certificate cannot be used.
pub(super) fn acceptor(certificates: &Path, key: &Path) -> io::Result<TlsAcceptor> {
    let cannot = |file: &Path, why: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("cannot use `{}` for TLS: {why}", file.display()))
    };
    let read_from = |file: &Path| read(file).map_err(|error| cannot(file, &error));
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&read_from(certificates)?)
        .collect::<Result<_, _>>()
        .map_err(|error| cannot(certificates, &error))?;
    if chain.is_empty() {
        return Err(cannot(certificates, &"expected a certificate in PEM format"));
    }
    let private = PrivateKeyDer::from_pem_slice(&read_from(key)?).map_err(|error| cannot(key, &error))?;
    let config = config(chain, private).map_err(|error| cannot(certificates, &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The content of a file, which may be a pipe, such as of a program that keeps secrets.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {} MiB", MAX_BYTES >> 20)));
    }
    Ok(bytes)
}

fn config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let mut config =
        builder.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
