/** An error as X words it: `application/problem+json`, or a list of faults in a request. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

const types = 'https://api.x.com/2/problems';

export function invalid(message: string, parameters: Record<string, string[]> = {}): Problem {
  return new Problem(400, {
    errors: [{ parameters, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: `${types}/invalid-request`,
  });
}

export function unauthorized(): Problem {
  return new Problem(401, { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' });
}

export function unsupported(kind: string, supported: string): Problem {
  return new Problem(403, {
    title: 'Unsupported Authentication',
    detail: `Authenticating with ${kind} is forbidden for this endpoint.  Supported authentication types are [${supported}].`,
    type: `${types}/unsupported-authentication`,
    status: 403,
  });
}

export function forbidden(detail: string): Problem {
  return new Problem(403, { title: 'Forbidden', detail, type: 'about:blank', status: 403 });
}

export function tooMany(): Problem {
  return new Problem(429, {
    title: 'Too Many Requests',
    detail: 'Too Many Requests',
    type: 'about:blank',
    status: 429,
  });
}

export function tooManyConnections(): Problem {
  return new Problem(429, {
    title: 'ConnectionException',
    detail: 'This stream is currently at the maximum allowed connection limit.',
    connection_issue: 'TooManyConnections',
    type: `${types}/streaming-connection`,
  });
}

/** Beside what was found. */
export function missing(id: string): Record<string, unknown> {
  return {
    value: id,
    resource_id: id,
    parameter: 'ids',
    resource_type: 'tweet',
    title: 'Not Found Error',
    detail: `Could not find tweet with ids: [${id}].`,
    type: `${types}/resource-not-found`,
  };
}

export function hidden(id: string): Record<string, unknown> {
  return {
    value: id,
    resource_id: id,
    parameter: 'ids',
    resource_type: 'tweet',
    title: 'Authorization Error',
    detail: `Sorry, you are not authorized to see the Tweet with ids: [${id}].`,
    type: `${types}/not-authorized-for-resource`,
  };
}
