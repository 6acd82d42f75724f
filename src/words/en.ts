/**
 * What other code remarks about links, candidates and consent, in English. `{}`: a part that differs. Ledgers hold such remarks, joined by
 * semicolons; they are translated when a reply or a digest is written.
 */
export const remarks = [
  // Links: why one is not exact.
  'the text is too long to look for words of it',
  'it quotes the words of another copy',
  'by words of the page, whose top an old browser opens',
  'unverified: no list has the telegrams of 1973 to 1979',
  'unverified: no catalogue is imported',
  'month inferred from the serial',
  'this site has no paragraph anchors',
  'the cable’s text is not available',
  'this cable has no paragraph {number}',
  'the cable’s text is not available to check where {anchor} lands',
  'paragraph {number} has no anchor of its own on the page',
  '{anchor} leads to what stands before the first paragraph',
  '{anchor} leads into {paragraph}',
  'by rule',
  'copy damaged',
  'copy damaged at {places}',
  'this cable has no numbered paragraphs',
  'this cable ends at {paragraph}',
  'the page at {host} has been gone since {date}',
  'archived copy',
  '{page} leads to {site}: paragraph anchors are gone',
  '{page} has other pages now: paragraph anchors are gone',
  'no archived copy is known',
  // Candidates: how what is written was read.
  'read so: {reading}',
  'it has number {number} in the index that newspapers cite',
  'it has these words',
  '¶{number} has these words',
  'it has {share} % of these words',
  '¶{number} has {share} % of these words',
  'it is published as {id}',
  'without what is fused with it',
  'the parts are in another order',
  'year and serial are joined',
  'the serial is missing',
  'a letter stands for a digit',
  'a digit stands for a letter in {written}, for {name}',
  'a letter is missing in {written}, for {name}',
  'letters are missing in {written}, for {name}',
  'there is a letter too many in {written}, for {name}',
  'letters are swapped in {written}, for {name}',
  'a letter is wrong in {written}, for {name}',
  'the station may have sent it',
  'it is in the catalogue',
  'only the serial ({number}) differs',
  'only the year ({number}) differs',
  '{station} is {other} there',
  '{station} is often confused with {other}',
  'the year may be {year}: {reason}',
  'its text is available',
  'the station sent that many cables in that year',
  'the post dates it {date}',
  'the catalogue has no other, but only about {percent} % of the serials of {station}',
  'its subject has {shared}',
  // Consent: why a post is not answered.
  'the bot does not answer or count its own posts',
  'the author asked for silence',
  'the post says #nobot',
  'the post was too old when it was first seen (`maxAge`)',
  'the author is a bot, and bots are not answered',
  'a repost of someone else’s words is not answered',
  'the post is closed to the bot',
  'the post is closed to the bot: {reason}',
  'its author limits who may reply',
  'the server does not say who wrote it',
  'X does not say who wrote it',
  'its author blocks the bot',
  'the bot blocks its author',
  'only {audience} may reply',
  'those it mentions',
  'those its author follows',
  'its author’s subscribers',
  'verified accounts',
  'the post is for its addressees only, and {reason}',
  'the post is for followers only, and {reason}',
  'the author did not address the bot',
  'a reply would reach more people',
  'the post is unlisted, and a post on the bot’s timeline would reach more people',
  'mode summoned: the author did not address the bot ({summons})',
  'mode opted-in: the author neither opted in nor addressed the bot',
  'the platform does not permit mode {mode} for those who did not address the bot: {policy}',
  'one reply per thread for the same cable and paragraphs',
  'one such reply per author and day',
  // Replies: why one waits, or is not sent.
  'given up, it waited too long',
  'withdrawn by the author before it was sent',
  'withdrawn by the operator before it was sent',
  'withdrawn before it was sent',
  'the post changed before the reply was sent',
  'its post was deleted',
  'an earlier reply to the post is deleted first',
  'stopped by the file',
  'paused ({scope})',
  'the author opted out',
  'the account is in cooldown',
  'another reply tests whether the platform accepts the account again',
  'the limit of {number} replies in this thread is reached',
  'the limit of {number} replies to one author in one thread is reached',
  'cooldown of the author',
  'cooldown of the thread',
  'the limit of {number} replies a day to posts that address the bot, by one author, is reached',
  'the limit of {number} replies a day to posts that do not address the bot, by one author, is reached',
  'the daily quota of {number} replies is used up',
  'its author has had a share of the daily quota, and others come first',
  'others come first, and the daily quota has {number} replies left',
  'the budget of ${amount} a month is used up',
  'the budget of ${amount} a day is used up',
  // Platforms: what addresses the bot, and their rules.
  'an @mention of the bot',
  'an @mention of the bot, or a quote of one of its posts',
  'an @mention of the bot, or a reply to one of its posts',
  'the bot’s key in the text, an answer to one of its notes, or a p tag with its key in a note that answers nothing',
  'the line says `"summoned": true`',
  'the post says `"summoned": true`',
  'nothing: nobody can address a file',
  'nothing: an item of a web feed addresses nobody',
  'nothing: a page addresses nobody',
  'nothing: nothing is known of this platform',
  'nothing is known of this platform, so nobody is addressed there',
  'a file has no readers who could consent: replies to its posts are only logged',
  'a webhook posts where its operator chose, and nobody there has asked strangers for answers',
  'a log reaches nobody but the operator',
  'the rules of many servers let bots mention only people who asked for it',
  'X rejects replies to people who have not mentioned the bot, and forbids automatic replies to a keyword',
  'the protocol forbids nothing',
  'each relay has its own rules',
  'web feeds are read-only: replies to their items are only logged',
  'programs that notify sites count as spam, so only the sites that the operator lists are notified',
  'comments by programs count as spam, so a site is answered only if its owner agreed',
  'bots interact only with people who have opted in, by tagging the bot',
] as const;

/** What code says in a reply beside its template. */
export interface Phrases {
  /** Title of a cable without a subject. */
  readonly cable: (id: string) => string;
  readonly publishedAs: (id: string) => string;
  /** In the quotation marks of the language. */
  readonly quoted: (text: string) => string;
  /** The content warning of a reply to a post with an uncommon one. */
  readonly asAbove: string;
  /** Common content warnings, which a reply may repeat, with commas between them: nouns that say nothing of anybody. */
  readonly warnings: string;
}

/** Another language has the remarks as well. */
export interface Translation extends Phrases {
  readonly remarks: Readonly<Record<(typeof remarks)[number], string>>;
}

export const en: Phrases = {
  cable: (id) => `Cable ${id}`,
  publishedAs: (id) => `published as ${id}`,
  quoted: (text) => `“${text}”`,
  asAbove: 'as in the post above',
  warnings: `
    sensitive, nsfw, spoiler, spoilers, long, long post, caps, flashing, eye contact, selfie, politics, pol, uspol, ukpol, eupol, depol, us politics, uk
    politics, eu politics, war, genocide, terrorism, torture, violence, police, police violence, weapons, guns, gore, blood, death, murder, kidnapping,
    animal cruelty, animal death, abuse, child abuse, sexual assault, rape, sex, sexual content, nudity, lewd, pornography, pregnancy, miscarriage,
    abortion, self harm, suicide, mental health, mh, depression, ptsd, trauma, eating disorders, eating disorder, food, alcohol, alc, drugs, smoking,
    medical, covid, health, religion, racism, racial slurs, slurs, sexism, misogyny, classism, ableism, homophobia, transphobia, antisemitism,
    islamophobia, hate speech, spiders, snakes, insects, phobias, money, ai, !warn, porn, sexual, graphic-media`,
};
