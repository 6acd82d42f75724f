import { asMastodon } from '../../support/fake-mastodon/state.ts';
import { fakeServerContracts } from './contracts.ts';

fakeServerContracts('a server like Mastodon', asMastodon);
