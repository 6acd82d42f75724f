import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Bill } from './bill.ts';
import { invalid, Problem, tooManyConnections } from './problems.ts';
import { parseQuery } from './query.ts';
import { type Fields, render } from './render.ts';
import type { FakeTweet, Store } from './store.ts';

interface Rule {
  readonly id: string;
  readonly value: string;
  readonly tag?: string | undefined;
}

const Change = z.union([
  z.strictObject({ add: z.array(z.strictObject({ value: z.string(), tag: z.string().optional() })).min(1) }),
  z.strictObject({ delete: z.strictObject({ ids: z.array(z.string()).min(1) }) }),
]);

/** The filtered stream: rules, one connection, signs of life. */
export function openFakeStream(store: Store, bill: Bill, { keepAliveMs }: { keepAliveMs: number }) {
  const rules = new Map<string, Rule>();
  const connections = new Map<ServerResponse, Fields>();
  let serial = 1;
  let silent = false;

  const deliver = (tweet: FakeTweet) => {
    const matching = [...rules.values()].filter(({ value }) => parseQuery(value, 1024)(tweet));
    if (matching.length === 0) return;
    for (const [response, fields] of connections) {
      const { data, includes } = render([tweet], fields);
      bill.read('read', [tweet.id]);
      if (includes?.users) bill.read('user', [tweet.author.id]);
      const matched = matching.map(({ id, tag }) => ({ id, tag }));
      response.write(`${JSON.stringify({ data: data[0], includes, matching_rules: matched })}\r\n`);
    }
  };
  store.listeners.add(deliver);

  const timer = setInterval(() => {
    if (!silent) for (const response of connections.keys()) response.write('\r\n');
  }, keepAliveMs);

  function add(wanted: readonly { value: string; tag?: string | undefined }[]): Rule[] {
    if (rules.size + wanted.length > 1000)
      throw new Problem(422, { title: 'RulesCapExceeded', type: 'https://api.x.com/2/problems/rule-cap' });
    return wanted.map(({ value, tag }) => {
      if ([...rules.values()].some((rule) => rule.value === value))
        throw new Problem(400, { title: 'DuplicateRule', type: 'https://api.x.com/2/problems/duplicate-rules' });
      parseQuery(value, 1024);
      const rule = { id: String(serial++), value, tag };
      rules.set(rule.id, rule);
      return rule;
    });
  }

  return {
    rules,
    connections,
    listRules: () => ({ ...(rules.size > 0 && { data: [...rules.values()] }), meta: { result_count: rules.size } }),
    changeRules(raw: unknown) {
      const change = Change.safeParse(raw).data;
      if (change === undefined) throw invalid('expected add or delete');
      if ('add' in change) {
        const data = add(change.add);
        return { data, meta: { summary: { created: data.length, not_created: 0, valid: data.length, invalid: 0 } } };
      }
      const deleted = change.delete.ids.filter((id) => rules.delete(id)).length;
      return { meta: { summary: { deleted, not_deleted: change.delete.ids.length - deleted } } };
    },
    connect(response: ServerResponse, fields: Fields): void {
      if (rules.size === 0)
        throw new Problem(409, {
          title: 'ConnectionException',
          detail: 'No rules are configured.',
          connection_issue: 'RuleConfigurationIssue',
          type: 'https://api.x.com/2/problems/streaming-connection',
        });
      if (connections.size > 0) throw tooManyConnections();
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.flushHeaders();
      connections.set(response, fields);
      response.once('close', () => connections.delete(response));
    },
    /** Bytes as they are. */
    write(bytes: string | Buffer): void {
      for (const response of connections.keys()) response.write(bytes);
    },
    drop(): void {
      for (const response of connections.keys()) response.destroy();
    },
    disconnectForOperation(): void {
      this.write(
        `${JSON.stringify({ errors: [{ title: 'operational-disconnect', disconnect_type: 'UpstreamOperationalDisconnect', detail: 'This stream has been disconnected upstream for operational reasons.', type: 'https://api.x.com/2/problems/operational-disconnect' }] })}\r\n`,
      );
    },
    /** No more signs of life: the line is dead, and nobody has noticed. */
    fallSilent: () => void (silent = true),
    end: () => clearInterval(timer),
  };
}
