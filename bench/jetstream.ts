import { decodeBatch } from '../src/platforms/bluesky/jetstream.ts';
import { prefilter } from '../src/platforms/bluesky/stream.ts';
import { interestIn } from '../src/platforms/bluesky/hashtags.ts';
import { postTexts } from '../test/support/make-posts.ts';
import { type Bench, percentile, rate, thousands } from './figure.ts';

const frameCount = 100_000;
const batch = 500;
const turns = 21;

/** What Jetstream sends of a network where one post in a thousand cites a cable, decoded and scanned, beside JSON.parse alone. */
export const bench: Bench = {
  run() {
    const texts = postTexts(frameCount, { citing: 0.001, seed: 1 });
    // Few people of the whole network write about WikiLeaks, which many of those do who cite cables.
    const frames = texts.map((text, serial) => Buffer.from(frameOf(text.replaceAll('#Wikileaks', '#weather'), serial)));
    const interest = interestIn(['cablegate', 'wlfind']);
    let found = 0;
    const scan = () => {
      found = 0;
      for (let at = 0; at < frames.length; at += batch) {
        const events = decodeBatch(frames.slice(at, at + batch), 'v1', interest.mayMatter);
        const messages = events.filter((event) => 'timeUs' in event);
        found += prefilter(messages, 'bench', interest, undefined).length;
      }
    };
    const parse = () => {
      for (const frame of frames) JSON.parse(frame.toString());
    };
    // In turns, so that what else the machine does slows both; the middle one, since one lucky turn says nothing.
    const all = Array.from({ length: turns }, () => ({
      alone: rate(frameCount, parse, 2),
      ours: rate(frameCount, scan, 2),
    }));
    const middle = (of: (turn: (typeof all)[number]) => number) => percentile(all.map(of), 0.5);
    const [alone, ours, ratio] = [
      middle((turn) => turn.alone),
      middle((turn) => turn.ours),
      middle((turn) => turn.alone / turn.ours),
    ];
    return Promise.resolve([
      {
        name: 'Jetstream scanned, against JSON.parse',
        measured: `${thousands(ours)} events/s (${found} found), JSON.parse alone ${thousands(alone)}/s`,
        value: ratio,
        target: '<= 0.5 x',
        met: ratio <= 0.5,
      },
    ]);
  },
};

/**
 * As its documentation has it: three in four are replies, a quarter has a link, a fifth a picture. Keys are in the order that the server
 * writes. That a quarter has lines and quotation marks is a guess.
 */
function frameOf(text: string, serial: number): string {
  const at = new Date(1_764_000_000_000 + serial).toISOString();
  const uri = `at://did:plc:${'abcdefghijklmnopqrstuvwx'.slice(serial % 12)}/app.bsky.feed.post/3k${serial}`;
  const strong = { cid: 'bafyreihuiroszyuaeqhkuedmgyglnvv3yoznl6tndjc4ux7yzvfaqscfae', uri };
  return JSON.stringify({
    did: 'did:plc:eygmaihciaxprqvxpfvl6flk',
    time_us: 1_764_000_000_000_000 + serial,
    kind: 'commit',
    commit: {
      rev: '3l3qo2vutsw2b',
      operation: 'create',
      collection: 'app.bsky.feed.post',
      rkey: `3k${serial}`,
      record: {
        $type: 'app.bsky.feed.post',
        createdAt: at,
        ...(serial % 5 === 0 && {
          embed: {
            $type: 'app.bsky.embed.images',
            images: [
              {
                alt: 'a picture of a street in the rain',
                aspectRatio: { height: 1200, width: 900 },
                image: { $type: 'blob', ref: { $link: strong.cid }, mimeType: 'image/jpeg', size: 512_000 },
              },
            ],
          },
        }),
        ...(serial % 4 === 1 && {
          facets: [
            {
              features: [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://news.example.org/2026/11/25/a-story' }],
              index: { byteStart: 0, byteEnd: 20 },
            },
          ],
        }),
        langs: ['en'],
        ...(serial % 4 !== 0 && { reply: { parent: strong, root: strong } }),
        text: serial % 4 === 2 ? `"${text.replace(' ', '"\n')}` : text,
      },
      cid: strong.cid,
    },
  });
}
