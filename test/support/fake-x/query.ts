import { invalid } from './problems.ts';
import type { FakeTweet } from './store.ts';

type Match = (tweet: FakeTweet) => boolean;

interface Term {
  readonly match: Match;
  /** It can stand alone, in X's words: `is:` needs another beside it. */
  readonly standalone: boolean;
}

/** A query or rule in the part of X's language that is documented as core, without what nobody here asks for. Errors: 400. */
export function parseQuery(query: string, maxLength: number): Match {
  if (query.length > maxLength)
    throw invalid(
      `The \`query\` query parameter value [${query.slice(0, 20)}…] length is not between 1 and ${maxLength}`,
      {
        query: [query],
      },
    );
  const tokens = tokensOf(query);
  const parsed = alternatives(tokens);
  if (tokens.length > 0)
    throw invalid(`There were errors processing your request: no viable alternative at '${tokens[0]}'`);
  if (!parsed.standalone)
    throw invalid(
      'There were errors processing your request: Rules must contain at least one positive, non-stopword clause',
    );
  return parsed.match;
}

function tokensOf(query: string): string[] {
  const tokens = query.match(/\(|\)|-?(?:[a-z_]+:)?"[^"]*"|[^\s()"]+/g) ?? [];
  if (tokens.join('') !== query.replaceAll(/\s/g, '') && !query.includes('"'))
    throw invalid('There were errors processing your request: mismatched input');
  return tokens;
}

function alternatives(tokens: string[]): Term {
  const terms = [conjunction(tokens)];
  while (tokens[0] === 'OR') {
    tokens.shift();
    terms.push(conjunction(tokens));
  }
  return {
    match: (tweet) => terms.some(({ match }) => match(tweet)),
    standalone: terms.every(({ standalone }) => standalone),
  };
}

function conjunction(tokens: string[]): Term {
  const terms: Term[] = [];
  while (tokens[0] !== undefined && tokens[0] !== 'OR' && tokens[0] !== ')') terms.push(atom(tokens));
  if (terms.length === 0) throw invalid('There were errors processing your request: missing operand');
  return {
    match: (tweet) => terms.every(({ match }) => match(tweet)),
    standalone: terms.some(({ standalone }) => standalone),
  };
}

function atom(tokens: string[]): Term {
  const token = tokens.shift() ?? '';
  if (token === '(') {
    const inner = alternatives(tokens);
    if (tokens.shift() !== ')') throw invalid('There were errors processing your request: missing )');
    return inner;
  }
  if (token.startsWith('-')) {
    if (token === '-') throw invalid('There were errors processing your request: do not negate groups');
    const { match } = operator(token.slice(1));
    return { match: (tweet) => !match(tweet), standalone: false };
  }
  return operator(token);
}

function operator(token: string): Term {
  const lower = token.toLowerCase();
  if (token.startsWith('#')) {
    if (!/^#(?=.*[\p{L}_])[\p{L}\p{M}\p{N}_]+$/u.test(token))
      throw invalid(`There were errors processing your request: invalid hashtag ${token}`);
    return { match: ({ hashtags }) => hashtags.some((tag) => `#${tag.toLowerCase()}` === lower), standalone: true };
  }
  if (/^@\w{1,15}$/.test(token))
    return {
      match: ({ mentions }) => mentions.some(({ username }) => `@${username.toLowerCase()}` === lower),
      standalone: true,
    };
  const [, name, value = ''] = /^([a-z_]+):"?([^"]*)"?$/.exec(token) ?? [];
  if (name === 'is' && value === 'retweet')
    return { match: ({ references }) => references.some(({ type }) => type === 'retweeted'), standalone: false };
  if (name === 'from')
    return {
      match: ({ author }) => author.id === value || author.username.toLowerCase() === value.toLowerCase(),
      standalone: true,
    };
  if (name === 'url')
    return {
      match: ({ urls }) => urls.some(({ expanded }) => expanded.toLowerCase().includes(value.toLowerCase())),
      standalone: true,
    };
  if (name !== undefined)
    throw invalid(`There were errors processing your request: Reference to invalid operator '${name}'`);
  const words = token.replaceAll('"', '').toLowerCase();
  if (!token.startsWith('"') && !/^[\p{L}\p{N}_]+$/u.test(token))
    throw invalid(`There were errors processing your request: invalid keyword ${token}`);
  // Strictly: a hashtag is no word of the body.
  return {
    match: ({ text }) => tokenized(text.replaceAll(/[#＃][\p{L}\p{M}\p{N}_]+/gu, ' ')).includes(tokenized(words)),
    standalone: true,
  };
}

function tokenized(text: string): string {
  return ` ${text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_]+/u)
    .filter(Boolean)
    .join(' ')} `;
}
