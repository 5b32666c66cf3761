/** TLS settings of a source. The door of this room. */
export { hostName, readAuthority, type TlsOptions, tlsOptions, tlsSettings } from './tls.ts';
