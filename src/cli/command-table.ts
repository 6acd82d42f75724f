import type { Command } from 'commander';
import type { Output } from './lib/output.ts';

interface Entry {
  /** What the help of the program says. */
  readonly summary: string;
  readonly load: () => Promise<(output: Output) => Command>;
}

/** In the order of the help, which loads no command; and the code of all would stay in the bot's memory. */
export const commandTable: Readonly<Record<string, Entry>> = {
  init: {
    summary: 'set up a bot: ask for platforms and credentials, check them, and write pilcrow.yaml and .env',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  config: {
    summary: 'check the configuration',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  run: {
    summary: 'run until stopped: read the feeds, reply, and follow up',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  once: {
    summary: 'read every feed to its current end, do all due work, and exit',
    load: async () => (await import('./commands/run.ts')).onceCommand,
  },
  web: {
    summary: 'serve the operator’s page in a process of its own; works while the bot runs',
    load: async () => (await import('./commands/web.ts')).webCommand,
  },
  resolve: {
    summary: 'find the citations in texts, and their links',
    load: async () => (await import('./commands/resolve.ts')).resolveCommand,
  },
  parse: {
    summary: 'parse cable documents: pages of the old viewer or of PlusD, texts, exports',
    load: async () => (await import('./commands/parse.ts')).parseCommand,
  },
  corpus: {
    summary: 'manage cable texts, for exact paragraph links and quotations',
    load: async () => (await import('./commands/corpus.ts')).corpusCommand,
  },
  catalogue: {
    summary: 'manage the list of all reference IDs; without it, IDs stay "unverified"',
    load: async () => (await import('./commands/catalogue.ts')).catalogueCommand,
  },
  explain: {
    summary: 'explain what was done about a post: its citations, the rule and consent that decided, and its replies',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  rules: {
    summary: 'check, test and compare rules',
    load: async () => (await import('./commands/rules.ts')).rulesCommand,
  },
  consent: {
    summary: 'manage opt-ins and opt-outs',
    load: async () => (await import('./commands/consent.ts')).consentCommand,
  },
  forget: {
    summary: 'delete all that is stored about an author, and the bot’s replies to them',
    load: async () => (await import('./commands/forget.ts')).forgetCommand,
  },
  review: {
    summary: 'review replies that a rule with `action: hold` keeps back',
    load: async () => (await import('./commands/review.ts')).reviewCommand,
  },
  replies: {
    summary: 'list, retry, move and delete replies; works while the bot runs',
    load: async () => (await import('./commands/replies.ts')).repliesCommand,
  },
  rejects: {
    summary: 'list items of feeds that could not be read',
    load: async () => (await import('./commands/rejects.ts')).rejectsCommand,
  },
  digest: {
    summary: 'the digest of a day or week: the cited cables, where they were cited, and what the bot did',
    load: async () => (await import('./commands/digest.ts')).digestCommand,
  },
  pause: {
    summary: 'pause sending; planned replies wait, and nothing is lost',
    load: async () => (await import('./commands/pause.ts')).pauseCommand,
  },
  resume: {
    summary: 'resume sending; waiting replies are sent now',
    load: async () => (await import('./commands/pause.ts')).resumeCommand,
  },
  audit: {
    summary: 'list the actions of operators, the latest first',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  ledger: {
    summary: 'copy, back up, restore and check the ledger',
    load: async () => (await import('./commands/ledger.ts')).ledgerCommand,
  },
  links: {
    summary: 'check the pages to which replies link',
    load: async () => (await import('./commands/links.ts')).linksCommand,
  },
  status: {
    summary: 'show on one screen: is it running, what it read and sent today, open replies, alerts',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  doctor: {
    summary: 'check configuration, folders, ledger, cables, feeds and publishers; works while the bot runs',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  password: {
    summary: 'ask for a password and print its hash, for `web.users`',
    load: async () => (await import('./commands/password.ts')).passwordCommand,
  },
  completion: {
    summary: 'print a script with which a shell completes commands and options',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
  schemas: {
    summary: 'write the JSON Schemas with which editors complete and check the YAML files',
    load: async () => (await import('./commands/schemas.ts')).schemasCommand,
  },
};
