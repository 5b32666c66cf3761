/** TLS settings of a source. The door of this room. */
export { readAuthority, type TlsOptions, tlsOptions, tlsSettings } from './tls.ts';
