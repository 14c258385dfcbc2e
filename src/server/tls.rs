//! TLS, for clients whose addresses are fixed to `https`. Each port accepts connections with and without it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

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
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect)
        .map_err(|error| cannot(certificates, &error))?;
    if chain.is_empty() {
        return Err(cannot(certificates, &"expected a certificate in PEM format"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| cannot(key, &error))?;
    let config = config(chain, private).map_err(|error| cannot(certificates, &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let mut config =
        builder.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
