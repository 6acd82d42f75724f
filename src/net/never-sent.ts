/** No name, no connection, no certificate that holds. What can also happen on a connection that stands is not among them. */
const beforeSending =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Whether an error with this code means that nothing of a request was sent: a reply is then surely not out. */
export function neverSent(code: string): boolean {
  return beforeSending.test(code);
}
