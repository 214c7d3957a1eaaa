/** What an operator is told when an address of a MigCluster or MigStorage cannot be used. */
export interface ConnectionFailure {
  /** Why, as a clause that follows "failed: ". */
  why: string;
  /** What to do about it, a whole sentence. */
  advice: string;
  /** A connection was never made, so the server has not seen the request. */
  neverSent: boolean;
  /** Address, certificate or protocol are not as they must be: trying again changes nothing. */
  permanent: boolean;
}

/** The address and the names of the fields that would have to be changed. */
export interface ConnectionSubject {
  address: string;
  urlField: string;
  caField: string;
  insecureField: string;
}

type Explain = (subject: ConnectionSubject) => ConnectionFailure;

const network =
  (why: (address: string) => string, advice: (subject: ConnectionSubject) => string, neverSent = true): Explain =>
  (subject) => ({ why: why(subject.address), advice: advice(subject), neverSent, permanent: false });

const lasting =
  (why: (address: string) => string, advice: (subject: ConnectionSubject) => string): Explain =>
  (subject) => ({ why: why(subject.address), advice: advice(subject), neverSent: true, permanent: true });

const refused = network(
  (address) => `${address} refused the connection`,
  ({ urlField }) => `Check host and port in ${urlField} and that the server is running.`,
);
const unknownHost = network(
  (address) => `the host name of ${address} cannot be resolved`,
  ({ urlField }) => `Check the host name in ${urlField} and the DNS of the machine this service runs on.`,
);
const noAnswer = network(
  (address) => `${address} did not accept a connection in time`,
  ({ urlField }) => `Check the address in ${urlField} and that firewalls and routes let this service through.`,
);
const broken = network(
  (address) => `the connection to ${address} broke`,
  () => 'If it happens again, look at the server and at the load balancers and proxies on the way.',
  false,
);
const tooSlow = network(
  (address) => `${address} accepted the connection but did not answer in time`,
  () => 'Check the health and load of the server.',
  false,
);
const tooLarge = network(
  (address) => `${address} sent more than is taken from it in one answer`,
  ({ urlField }) => `Check that ${urlField} is the address of the server itself, and what proxies on the way answer.`,
  false,
);
const endless = network(
  (address) => `${address} began an answer but did not end it in time`,
  () => 'Check the health and load of the server and the bandwidth of the network.',
  false,
);
const forbidden = lasting(
  (address) => `${address} is an address of this machine or of its cloud, to which no connection is made`,
  ({ urlField }) =>
    `Put an address of the server into ${urlField}. Loopback addresses are allowed by MTC_LOOPBACK_ADDRESSES=allow of the service, link-local ones and those of metadata services never.`,
);
const closed = network(
  (address) => `this client of ${address} has been closed`,
  () => 'Connect again: a newer client uses the newest credentials.',
);
const unknownAuthority = lasting(
  (address) => `the certificate of ${address} is signed by an authority that is not trusted`,
  ({ caField, insecureField }) => `Put the right CA certificate into ${caField}, or set ${insecureField}.`,
);
const wrongHost = lasting(
  (address) => `the certificate of ${address} is not valid for that host`,
  ({ urlField, insecureField }) => `Use a host name the certificate lists in ${urlField}, or set ${insecureField}.`,
);
const outOfDate = lasting(
  (address) => `the certificate of ${address} has expired or is not valid yet`,
  ({ insecureField }) => `Renew it, check the clocks of both machines, or set ${insecureField}.`,
);
const otherKey = lasting(
  (address) =>
    `the server at ${address} proves another key than the one the credential was given for, so it was not sent`,
  ({ caField, insecureField }) =>
    `If the server's key was renewed, write the value of the Secret again. To be independent of it, put the CA certificate into ${caField} and do without ${insecureField}.`,
);
const notTls = lasting(
  (address) => `${address} does not speak the protocol of its URL`,
  ({ urlField }) => `Check scheme (https or http) and port in ${urlField}.`,
);

/** `code` of the error of a server that proves another key than the one it must. */
export const OTHER_SERVER_KEY = 'OTHER_SERVER_KEY';

/** By the `code` of Node's, OpenSSL's and undici's errors. */
const EXPLANATIONS: Record<string, Explain> = {
  ECONNREFUSED: refused,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ETIMEDOUT: noAnswer,
  EHOSTUNREACH: noAnswer,
  ENETUNREACH: noAnswer,
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  ECONNRESET: broken,
  EPIPE: broken,
  UND_ERR_SOCKET: broken,
  UND_ERR_HEADERS_TIMEOUT: tooSlow,
  UND_ERR_BODY_TIMEOUT: tooSlow,
  ANSWER_TOO_LARGE: tooLarge,
  ANSWER_TOO_SLOW: endless,
  FORBIDDEN_ADDRESS: forbidden,
  UND_ERR_CLOSED: closed,
  UND_ERR_DESTROYED: closed,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  // Another CA of the same name, e.g. two clusters whose CA is called "kubernetes".
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  ERR_TLS_CERT_ALTNAME_INVALID: wrongHost,
  CERT_HAS_EXPIRED: outOfDate,
  CERT_NOT_YET_VALID: outOfDate,
  [OTHER_SERVER_KEY]: otherKey,
  EPROTO: notTls,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  HPE_INVALID_CONSTANT: notTls,
};

/** Undefined for codes that are not about the connection. */
export const explainConnectionCode = (code: string, subject: ConnectionSubject): ConnectionFailure | undefined =>
  EXPLANATIONS[code]?.(subject);
