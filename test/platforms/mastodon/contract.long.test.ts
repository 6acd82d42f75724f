import { asMastodon } from '../../support/fake-mastodon/state.ts';
import { fakeServerContracts } from './contracts.ts';

fakeServerContracts('a small server that knows little', {
  ...asMastodon,
  version: '4.2.1 (compatible; Small 0.1)',
  sourceUrl: '',
  sinceIdIsKnown: false,
  anyIsKnown: false,
  keepsKeys: false,
});
