SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.accounts (
    name text NOT NULL,
    refusals integer NOT NULL,
    blocked_until bigint NOT NULL,
    reason text
);
CREATE TABLE public.alerts (
    name text NOT NULL,
    message text NOT NULL,
    since bigint NOT NULL,
    until bigint,
    reported integer NOT NULL
);
CREATE TABLE public.audit_log (
    id text NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    note text NOT NULL
);
CREATE TABLE public.consents (
    person text NOT NULL,
    choice text NOT NULL,
    source text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.deliveries (
    digest text NOT NULL,
    date text NOT NULL,
    target text NOT NULL,
    due_at bigint,
    attempts integer NOT NULL,
    error text
);
CREATE TABLE public.editions (
    digest text NOT NULL,
    date text NOT NULL,
    model text NOT NULL,
    tally text NOT NULL,
    made_at bigint NOT NULL
);
CREATE TABLE public.feeds (
    name text NOT NULL,
    cursor text,
    epoch integer NOT NULL,
    holder text,
    lease_until bigint NOT NULL,
    due_at bigint NOT NULL,
    failures integer NOT NULL,
    last_error text,
    seen bigint NOT NULL,
    ingested bigint NOT NULL,
    rejected bigint NOT NULL,
    polled_at bigint,
    since bigint NOT NULL
);
CREATE TABLE public.kysely_migration (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);
CREATE TABLE public.kysely_migration_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.link_checks (
    url text NOT NULL,
    host text NOT NULL,
    wanted text,
    state text NOT NULL,
    due_at bigint NOT NULL,
    checked_at bigint,
    failures integer NOT NULL,
    failing_since bigint,
    dead_since bigint,
    reason text,
    seen_at bigint NOT NULL
);
CREATE TABLE public.link_hosts (
    host text NOT NULL,
    next_at bigint NOT NULL,
    lease_until bigint,
    refuses_head integer NOT NULL,
    robots text,
    robots_at bigint,
    failures integer NOT NULL,
    failing_since bigint,
    dead_since bigint,
    blocked_until bigint NOT NULL,
    reason text,
    requested_at bigint
);
CREATE TABLE public.mentions (
    post_key text NOT NULL,
    "position" integer NOT NULL,
    reference_id text,
    status text NOT NULL,
    resolution text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.notices (
    id text NOT NULL,
    channel text NOT NULL,
    post_key text NOT NULL,
    content text,
    due_at bigint,
    attempts integer NOT NULL,
    error text,
    at bigint NOT NULL
);
CREATE TABLE public.outages (
    feed text NOT NULL,
    since bigint NOT NULL,
    until bigint,
    reason text NOT NULL
);
CREATE TABLE public.pages (
    reference_id text NOT NULL,
    url text NOT NULL,
    page text,
    reason text,
    at bigint NOT NULL
);
CREATE TABLE public.pauses (
    scope text NOT NULL,
    reason text NOT NULL,
    since bigint NOT NULL
);
CREATE TABLE public.posts (
    key text NOT NULL,
    platform text NOT NULL,
    author text NOT NULL,
    thread text,
    feed text NOT NULL,
    post text NOT NULL,
    citations text NOT NULL,
    surplus integer NOT NULL,
    control text,
    revision integer NOT NULL,
    state text NOT NULL,
    due_at bigint,
    attempts integer NOT NULL,
    error text,
    verdict text,
    created_at bigint NOT NULL,
    ingested_at bigint NOT NULL,
    decided_at bigint
);
CREATE TABLE public.rejects (
    id text NOT NULL,
    feed text NOT NULL,
    "position" text NOT NULL,
    reason text NOT NULL,
    excerpt text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.replies (
    key text NOT NULL,
    post_key text NOT NULL,
    publisher text NOT NULL,
    state text NOT NULL,
    payload text NOT NULL,
    scope text NOT NULL,
    author text NOT NULL,
    thread text NOT NULL,
    due_at bigint,
    attempts integer NOT NULL,
    lease_until bigint,
    first_attempt_at bigint,
    lookups integer NOT NULL,
    claimed_at bigint,
    repeat_until bigint,
    cancel_requested integer NOT NULL,
    reason text,
    published text,
    published_id text,
    planned_at bigint NOT NULL,
    sent_at bigint,
    updated_at bigint NOT NULL
);
CREATE TABLE public.rulebooks (
    version text NOT NULL,
    text text NOT NULL,
    since bigint NOT NULL,
    last bigint NOT NULL
);
CREATE TABLE public.scheduler_locks (
    name text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.sessions (
    id text NOT NULL,
    name text NOT NULL,
    proof text NOT NULL,
    started_at bigint NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.settings (
    name text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.spending (
    id text NOT NULL,
    account text NOT NULL,
    amount bigint NOT NULL,
    settled integer NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.tombstones (
    hash text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.trackbacks (
    id text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    source text NOT NULL,
    host text NOT NULL,
    cable text NOT NULL,
    page text NOT NULL,
    paragraph integer,
    title text NOT NULL,
    site text NOT NULL,
    excerpt text NOT NULL,
    post_key text,
    due_at bigint,
    attempts integer NOT NULL,
    error text,
    at bigint NOT NULL
);
INSERT INTO public.accounts VALUES ('other', 0, 1795435260000, '429');
INSERT INTO public.alerts VALUES ('feed other fails', '503', 1795435200000, NULL, 0);
INSERT INTO public.audit_log VALUES ('fcb6c0b9-2150-4e2e-84c4-d156e97ae2bc', 1795435200000, 'root', 'pause', 'account:other', 'a test');
INSERT INTO public.consents VALUES ('file:mallory', 'out', 'operator', 1795435200000);
INSERT INTO public.consents VALUES ('file:grace', 'in', 'by letter', 1795435200000);
INSERT INTO public.deliveries VALUES ('daily', '2026-11-28', 'files', NULL, 1, NULL);
INSERT INTO public.editions VALUES ('daily', '2026-11-28', '{"digest":"daily","date":"2026-11-28","timezone":"UTC","language":"en","ranking":"mentions","start":"2026-11-28T00:00:00.000Z","end":"2026-11-29T00:00:00.000Z","due":"2026-11-29T07:00:00.000Z","totals":{"posts":0,"references":0,"cables":0,"notPublic":0},"hours":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"platforms":[],"cables":[],"moreCables":0,"sites":[],"unresolved":[],"moreUnresolved":0,"outcomes":[],"coverage":{"feeds":[{"feed":"posts","posts":0,"gaps":[{"from":"2026-11-28T00:00:00.000Z","to":"2026-11-29T00:00:00.000Z","why":"new"}]}],"gaps":[],"late":0},"corrections":[]}', '{"totals":{},"hours":{},"platforms":{},"feeds":{},"cables":{},"paragraphs":{},"sites":{},"unresolved":{},"outcomes":{}}', 1795960795943);
INSERT INTO public.feeds VALUES ('posts', '{"files":{"posts.jsonl":{"inode":"3080516","print":"yfPdByP2LvCXsQk9","offset":156,"line":3,"skipping":false}}}', 1, 'host.example:1', 0, 0, 0, NULL, 2, 1, 1, 1795960795838, 1795960795644);
INSERT INTO public.kysely_migration VALUES ('0001-initial', '2026-11-29T14:00:02.045Z');
INSERT INTO public.kysely_migration_lock VALUES ('migration_lock', 0);
INSERT INTO public.link_checks VALUES ('https://site.example/1.html', 'site.example', '07ASTANA2244', 'new', 1795435200000, NULL, 0, NULL, NULL, NULL, 1795435200000);
INSERT INTO public.link_hosts VALUES ('site.example', 0, NULL, 0, NULL, NULL, 0, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.mentions VALUES ('file:answered', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":[14,27],"referenceId":"07ASTANA2244","publishedId":"07ASTANA2244","paragraphs":[5],"status":"resolved","cable":{"subject":null,"created":"2007-08-19T23:55Z","classification":"UNCLASSIFIED//FOR OFFICIAL USE ONLY","origin":"Embassy Astana"},"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5","paragraph":5,"exact":true,"near":null,"why":"by rule; copy damaged at ¶13, ¶18"},{"target":"plusd","url":"https://wikileaks.org/plusd/cables/07ASTANA2244_a.html","paragraph":5,"exact":false,"near":null,"why":"this site has no paragraph anchors"},{"target":"cablegatesearch","url":"https://cablegatesearch.wikileaks.org/cable.php?id=07ASTANA2244","paragraph":5,"exact":false,"near":null,"why":"this site has no paragraph anchors"},{"target":"cabledrum","url":"https://www.cabledrum.net/cables/07ASTANA2244","paragraph":5,"exact":false,"near":null,"why":"this site has no paragraph anchors"}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":"Kazakhstan","tags":[],"markings":["U"]}}', 1795960795865);
INSERT INTO public.mentions VALUES ('file:planned', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:held', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:rejected', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:sending', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:sent', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:unknown', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:refused', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:abandoned', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:withdrawing', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.mentions VALUES ('file:withdrawn', 0, '07ASTANA2244', 'resolved', '{"written":"#07ASTANA2244","span":null,"referenceId":"07ASTANA2244","publishedId":null,"paragraphs":[5],"status":"resolved","cable":null,"links":[{"target":"viewer","url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html","paragraph":null,"exact":true,"near":null,"why":null}],"candidates":[],"traits":{"kind":"hashtag","year":2007,"station":"ASTANA","country":null,"tags":[],"markings":[]}}', 1795435200000);
INSERT INTO public.notices VALUES ('desk file:sent', 'desk', 'file:sent', '{"subject":"@ada cites 07ASTANA2244","text":"a post"}', 1795435200000, 0, NULL, 1795435200000);
INSERT INTO public.outages VALUES ('other', 1795435200000, NULL, '503');
INSERT INTO public.pages VALUES ('06ROME1', 'https://site.example/2.html', NULL, NULL, 1795435200000);
INSERT INTO public.pauses VALUES ('account:other', 'a test', 1795435200000);
INSERT INTO public.posts VALUES ('file:answered', 'file', 'ada', NULL, 'posts', '{"key":"file:answered","platform":"file","id":"answered","url":null,"author":{"id":"ada","handle":"ada","name":null,"bot":false},"text":"Have you read #07ASTANA2244 ¶5?","language":null,"createdAt":1795960795799,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"answered"}', '[{"kind":"hashtag","strength":"strong","written":"#07ASTANA2244","span":[14,27],"referenceId":"07ASTANA2244","paragraphs":[5],"clues":null}]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":"default","asked":null,"clause":null,"rules":"41642a4c160c"}', 1795960795799, 1795960795838, 1795960795865);
INSERT INTO public.posts VALUES ('file:deleted', 'file', '', NULL, 'sample', '{"key":"file:deleted","platform":"file","url":null,"author":{"id":"","handle":"","name":null,"bot":false},"text":"","language":null,"createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"deleted","id":"deleted"}', '[]', 0, NULL, 0, 'deleted', NULL, 0, NULL, NULL, 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:failed', 'file', 'ada', NULL, 'sample', '{"key":"file:failed","platform":"file","url":null,"author":{"id":"ada","handle":"ada","name":null,"bot":false},"text":"#cablegate #07ASTANA2244","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"failed","id":"failed"}', '[]', 0, NULL, 0, 'failed', NULL, 1, 'disk error', NULL, 1795392000000, 1795435200000, NULL);
INSERT INTO public.posts VALUES ('file:pending', 'file', 'ada', NULL, 'sample', '{"key":"file:pending","platform":"file","url":null,"author":{"id":"ada","handle":"ada","name":null,"bot":false},"text":"#cablegate #07ASTANA2244","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"pending","id":"pending"}', '[]', 0, NULL, 0, 'pending', 1795435200000, 0, NULL, NULL, 1795392000000, 1795435200000, NULL);
INSERT INTO public.posts VALUES ('file:planned', 'file', 'ada', NULL, 'sample', '{"key":"file:planned","platform":"file","url":"https://site.example/planned","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, planned","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"planned","id":"planned"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:held', 'file', 'ada', NULL, 'sample', '{"key":"file:held","platform":"file","url":"https://site.example/held","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, held","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"held","id":"held"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:rejected', 'file', 'ada', NULL, 'sample', '{"key":"file:rejected","platform":"file","url":"https://site.example/rejected","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, rejected","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"rejected","id":"rejected"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:sending', 'file', 'ada', NULL, 'sample', '{"key":"file:sending","platform":"file","url":"https://site.example/sending","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, sending","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"sending","id":"sending"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:sent', 'file', 'ada', NULL, 'sample', '{"key":"file:sent","platform":"file","url":"https://site.example/sent","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, sent","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"sent","id":"sent"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:unknown', 'file', 'ada', NULL, 'sample', '{"key":"file:unknown","platform":"file","url":"https://site.example/unknown","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, unknown","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"unknown","id":"unknown"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:refused', 'file', 'ada', NULL, 'sample', '{"key":"file:refused","platform":"file","url":"https://site.example/refused","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, refused","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"refused","id":"refused"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:abandoned', 'file', 'ada', NULL, 'sample', '{"key":"file:abandoned","platform":"file","url":"https://site.example/abandoned","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, abandoned","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"abandoned","id":"abandoned"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:withdrawing', 'file', 'ada', NULL, 'sample', '{"key":"file:withdrawing","platform":"file","url":"https://site.example/withdrawing","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, withdrawing","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"withdrawing","id":"withdrawing"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.posts VALUES ('file:withdrawn', 'file', 'ada', NULL, 'sample', '{"key":"file:withdrawn","platform":"file","url":"https://site.example/withdrawn","author":{"id":"ada","handle":"ada","name":"Ada","bot":false},"text":"#07ASTANA2244 ¶5, withdrawn","language":"en","createdAt":1795392000000,"hashtags":[],"links":[],"summoned":false,"repost":false,"visibility":"public","inReplyTo":null,"thread":"withdrawn","id":"withdrawn"}', '[]', 0, NULL, 0, 'decided', NULL, 0, NULL, '{"action":"reply","rule":"answer","template":null,"asked":null,"clause":null,"rules":"v1"}', 1795392000000, 1795435200000, 1795435200000);
INSERT INTO public.rejects VALUES ('b2d1a430-2455-4791-adc2-f1e213d3ffae', 'posts', 'posts.jsonl:2', 'text: Invalid input: expected string, received number', '{"id":"unread","text":7}', 1795960795838);
INSERT INTO public.replies VALUES ('file:answered', 'file:answered', 'log', 'sent', '{"key":"file:answered","text":"¶5 of 07ASTANA2244 (Embassy Astana, 2007-08-19, UNCLASSIFIED//FOR OFFICIAL USE ONLY): https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5","language":null,"createdAt":1795960795865,"idempotencyKey":"39471ac7-2259-4f82-809e-b50c06985a09","replyTo":{"key":"file:answered","platform":"file","id":"answered","url":null,"author":"ada","thread":"answered","authorId":"ada","visibility":"public"},"card":{"url":"https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5","title":"Cable 07ASTANA2244","description":"Embassy Astana, 2007-08-19, UNCLASSIFIED//FOR OFFICIAL USE ONLY"}}', '["file","answered","07ASTANA2244:5"]', 'file:ada', 'file:answered', NULL, 1, NULL, 1795960795885, 0, 1795960795885, NULL, 0, NULL, '{"id":"file:answered","url":null}', 'file:answered', 1795960795865, 1795960795920, 1795960795920);
INSERT INTO public.replies VALUES ('file:planned', 'file:planned', 'log', 'planned', '{"key":"file:planned","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:planned","replyTo":{"key":"file:planned","platform":"file","id":"planned","url":null,"author":"ada","thread":"planned"}}', '["file","planned","planned:"]', 'file:ada', 'file:planned', 1795435200000, 0, NULL, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, 1795435200000, NULL, 1795435200000);
INSERT INTO public.replies VALUES ('file:held', 'file:held', 'log', 'held', '{"key":"file:held","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:held","replyTo":{"key":"file:held","platform":"file","id":"held","url":null,"author":"ada","thread":"held"}}', '["file","held","held:"]', 'file:ada', 'file:held', 1796040000000, 0, NULL, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, 1795435200000, NULL, 1795435200000);
INSERT INTO public.replies VALUES ('file:rejected', 'file:rejected', 'log', 'rejected', '{"key":"file:rejected","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:rejected","replyTo":{"key":"file:rejected","platform":"file","id":"rejected","url":null,"author":"ada","thread":"rejected"}}', '["file","rejected","rejected:"]', 'file:ada', 'file:rejected', NULL, 0, NULL, NULL, 0, NULL, NULL, 0, 'off topic', NULL, NULL, 1795435200000, NULL, 1795435200000);
INSERT INTO public.replies VALUES ('file:sending', 'file:sending', 'log', 'sending', '{"key":"file:sending","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:sending","replyTo":{"key":"file:sending","platform":"file","id":"sending","url":null,"author":"ada","thread":"sending"}}', '["file","sending","sending:"]', 'file:ada', 'file:sending', 1795435201000, 1, 1795435201000, 1795435200000, 0, 1795435200000, NULL, 0, NULL, NULL, NULL, 1795435200000, NULL, 1795435200000);
INSERT INTO public.replies VALUES ('file:sent', 'file:sent', 'log', 'sent', '{"key":"file:sent","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:sent","replyTo":{"key":"file:sent","platform":"file","id":"sent","url":null,"author":"ada","thread":"sent"}}', '["file","sent","sent:"]', 'file:ada', 'file:sent', NULL, 1, NULL, 1795435200000, 0, 1795435200000, NULL, 0, NULL, '{"id":"sent","url":null}', 'sent', 1795435200000, 1795435200000, 1795435200000);
INSERT INTO public.replies VALUES ('file:unknown', 'file:unknown', 'log', 'unknown', '{"key":"file:unknown","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:unknown","replyTo":{"key":"file:unknown","platform":"file","id":"unknown","url":null,"author":"ada","thread":"unknown"}}', '["file","unknown","unknown:"]', 'file:ada', 'file:unknown', 1795435200000, 1, NULL, 1795435200000, 0, 1795435200000, NULL, 0, 'reset', NULL, NULL, 1795435200000, NULL, 1795435200000);
INSERT INTO public.replies VALUES ('file:refused', 'file:refused', 'log', 'refused', '{"key":"file:refused","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:refused","replyTo":{"key":"file:refused","platform":"file","id":"refused","url":null,"author":"ada","thread":"refused"}}', '["file","refused","refused:"]', 'file:ada', 'file:refused', NULL, 1, NULL, 1795435200000, 0, 1795435200000, NULL, 0, '403', NULL, NULL, 1795435200000, NULL, 1795435200000);
INSERT INTO public.replies VALUES ('file:abandoned', 'file:abandoned', 'log', 'abandoned', '{"key":"file:abandoned","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:abandoned","replyTo":{"key":"file:abandoned","platform":"file","id":"abandoned","url":null,"author":"ada","thread":"abandoned"}}', '["file","abandoned","abandoned:"]', 'file:ada', 'file:abandoned', NULL, 0, NULL, NULL, 0, NULL, NULL, 0, 'withdrawn by the operator before it was sent', NULL, NULL, 1795435200000, NULL, 1795435200000);
INSERT INTO public.replies VALUES ('file:withdrawing', 'file:withdrawing', 'log', 'withdrawing', '{"key":"file:withdrawing","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:withdrawing","replyTo":{"key":"file:withdrawing","platform":"file","id":"withdrawing","url":null,"author":"ada","thread":"withdrawing"}}', '["file","withdrawing","withdrawing:"]', 'file:ada', 'file:withdrawing', 1795435200000, 1, NULL, 1795435200000, 0, 1795435200000, NULL, 0, NULL, '{"id":"withdrawing","url":null}', 'withdrawing', 1795435200000, 1795435200000, 1795435200000);
INSERT INTO public.replies VALUES ('file:withdrawn', 'file:withdrawn', 'log', 'withdrawn', '{"key":"file:withdrawn","text":"the link","language":"en","createdAt":1795435200000,"idempotencyKey":"i-file:withdrawn","replyTo":{"key":"file:withdrawn","platform":"file","id":"withdrawn","url":null,"author":"ada","thread":"withdrawn"}}', '["file","withdrawn","withdrawn:"]', 'file:ada', 'file:withdrawn', NULL, 1, NULL, 1795435200000, 0, 1795435200000, NULL, 0, NULL, '{"id":"withdrawn","url":null}', 'withdrawn', 1795435200000, 1795435200000, 1795435200000);
INSERT INTO public.rulebooks VALUES ('41642a4c160c', '# yaml-language-server: $schema=./rules.schema.json
#
# What the bot does about a post that cites a cable. The rules are tried from top to bottom; the first that matches
# decides. A post that none matches is ignored.
#
#   name      yours; the verdict on each post names the rule that decided
#   when      all of these must hold; of a list, one is enough; without `when` a rule always matches
#               of the post      platform, feed, hashtags, text, pattern, author, bot, follower, accountAge, language,
#                                summoned, repost, visibility, thread, written, earlier
#               of a citation    kind, status, year, station, country, origin, classification, tags, marking: for one and the
#                                same citation of the post; status is what the look-up gave:
#                                  resolved            the cable, and the paragraphs if any are named, are known
#                                  unknown-paragraph   the cable is known and has no such paragraph
#                                  unverified          it could be a cable, but there is no list to look it up in
#                                  ambiguous           several cables could be meant
#                                  unknown-cable       no such cable is known
#               all, any, none   lists of further conditions
#   action    reply    answer with the link
#             hold     plan the answer, and let a person decide (npx pilcrow review)
#             log      record the mention and show it
#             digest   only count it in the daily digest
#             ignore   nothing
#             label    give it `labels`, and go on with the next rule
#             notify   tell the channels of `to`, and go on with the next rule
#   template  text of the reply: a file of the templates folder (default: `default`)
#   mode      whom the reply may reach at most: summoned, opted-in, own-timeline, open (docs/consent.md)
#   labels    words that the verdict carries
#   digest    the digest that counts it
#   shadow    true: on trial; what it would have asked for is noted, and the next rule is tried
#
# docs/rules.md has them all with examples; `npx pilcrow rules check` looks for faults.
#
# A rule only asks. What is really done is what consent allows as well: where a publisher is in mode `dry-run` (as all are
# until you say otherwise) a reply is written to the log and nobody is addressed; the bot never answers itself, other
# bots or reposts.
rules:
  # The answer that the bot is here for.
  - name: answer
    when:
      status: [resolved, unknown-paragraph]
    action: reply
    template: default
  # People who ask get the link, with the remark that it is unverified.
  - name: answer-unchecked-when-asked
    when:
      status: unverified
      summoned: true
    action: reply
  # Everything else that looks like a citation is kept for a person to look at, and nobody is bothered with a guess.
  - name: record-the-rest
    action: record
# What the rules above must come to: `npx pilcrow rules test` tries it.
tests:
  - name: a paragraph that is known is answered
    post: { text: ''See #cablegate #07ASTANA2244 ¶5'' }
    cable: { status: resolved }
    expect: { rule: answer, action: reply }
  - name: an ID that could not be checked is recorded
    post: { text: ''#07ASTANA2245'' }
    cable: { status: unverified }
    expect: { rule: record-the-rest, action: record }
  - name: who asks for one is answered
    post: { text: ''@pilcrow #07ASTANA2245'', summoned: true }
    cable: { status: unverified }
    expect: { rule: answer-unchecked-when-asked, action: reply }
  - name: a bot is not answered, whatever it cites
    post: { text: ''#07ASTANA2244'', bot: true }
    cable: { status: resolved }
    expect: { action: record, clause: bots are not answered }
', 1795960795591, 1795960795591);
INSERT INTO public.scheduler_locks VALUES ('sweep', 1795435200000);
INSERT INTO public.sessions VALUES ('hash', 'root', 'hash', 1795435200000, 1795435200000);
INSERT INTO public.settings VALUES ('heartbeat', '{"pid":1,"host":"host.example","since":1795435200000,"aliveAt":1795435200000}');
INSERT INTO public.settings VALUES ('digest:daily', '"2026-11-28"');
INSERT INTO public.settings VALUES ('watched', '{"since":1795435200000,"last":1795435200000}');
INSERT INTO public.settings VALUES ('rhythm:posts', '{"observedAt":1795960797002,"seen":2,"silentMs":0,"gaps":0,"sum":0,"squares":0,"alerted":false,"day":{"from":1795910400000,"seen":0}}');
INSERT INTO public.spending VALUES ('a 1', 'other', 5, 0, 1795435200000);
INSERT INTO public.tombstones VALUES ('bEwFSnEvfQlaqzLV7EuwZ4ZWBA0yQtxNQb8j1aviVow', 1795435200000);
INSERT INTO public.trackbacks VALUES ('gFds-wgOkk5H3vuGdaD4NzEywriLgHkV_QpXfEeidHA', 'webmention', 'new', 'https://site.example/about', 'site.example', '07ASTANA2244', 'https://own.example/cables/07ASTANA2244', 5, 'About a cable', 'Site', '', NULL, 1795435200000, 0, NULL, 1795435200000);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (name, since);
ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (person);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (digest, target, date);
ALTER TABLE ONLY public.editions
    ADD CONSTRAINT editions_pkey PRIMARY KEY (digest, date);
ALTER TABLE ONLY public.feeds
    ADD CONSTRAINT feeds_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.link_checks
    ADD CONSTRAINT link_checks_pkey PRIMARY KEY (url);
ALTER TABLE ONLY public.link_hosts
    ADD CONSTRAINT link_hosts_pkey PRIMARY KEY (host);
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_pkey PRIMARY KEY (post_key, "position");
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outages
    ADD CONSTRAINT outages_pkey PRIMARY KEY (feed, since);
ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pages_pkey PRIMARY KEY (reference_id);
ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT pauses_pkey PRIMARY KEY (scope);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.rejects
    ADD CONSTRAINT rejects_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.replies
    ADD CONSTRAINT replies_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.replies
    ADD CONSTRAINT replies_scope_key UNIQUE (scope);
ALTER TABLE ONLY public.rulebooks
    ADD CONSTRAINT rulebooks_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.scheduler_locks
    ADD CONSTRAINT scheduler_locks_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.spending
    ADD CONSTRAINT spending_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.trackbacks
    ADD CONSTRAINT trackbacks_pkey PRIMARY KEY (id);
CREATE INDEX audit_log_at ON public.audit_log USING btree (at);
CREATE INDEX deliveries_due ON public.deliveries USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX link_checks_due ON public.link_checks USING btree (host, due_at);
CREATE INDEX link_checks_state ON public.link_checks USING btree (state, checked_at);
CREATE INDEX link_checks_wanted ON public.link_checks USING btree (host, due_at) WHERE (wanted IS NOT NULL);
CREATE INDEX mentions_cable ON public.mentions USING btree (reference_id, at);
CREATE INDEX notices_due ON public.notices USING btree (channel, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX notices_of_post ON public.notices USING btree (post_key);
CREATE INDEX posts_created_at ON public.posts USING btree (created_at, key);
CREATE INDEX posts_due ON public.posts USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX posts_in_thread ON public.posts USING btree (thread, ingested_at) WHERE (thread IS NOT NULL);
CREATE INDEX posts_ingested_at ON public.posts USING btree (ingested_at);
CREATE INDEX posts_of_author ON public.posts USING btree (author, ingested_at);
CREATE INDEX rejects_at ON public.rejects USING btree (at);
CREATE INDEX replies_claimed_by_publisher ON public.replies USING btree (publisher, claimed_at) WHERE (claimed_at IS NOT NULL);
CREATE INDEX replies_claimed_by_thread ON public.replies USING btree (thread, claimed_at) WHERE (claimed_at IS NOT NULL);
CREATE INDEX replies_due ON public.replies USING btree (state, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX replies_of_author ON public.replies USING btree (author, claimed_at);
CREATE INDEX replies_of_post ON public.replies USING btree (post_key);
CREATE INDEX replies_published ON public.replies USING btree (published_id) WHERE (published_id IS NOT NULL);
CREATE INDEX replies_stopped ON public.replies USING btree (state) WHERE ((due_at IS NULL) AND (sent_at IS NULL));
CREATE INDEX spending_of_account ON public.spending USING btree (account, at);
CREATE INDEX trackbacks_due ON public.trackbacks USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX trackbacks_in_state ON public.trackbacks USING btree (state, at);
CREATE INDEX trackbacks_of_host ON public.trackbacks USING btree (host, at);
ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_post_key_fkey FOREIGN KEY (post_key) REFERENCES public.posts(key);
ALTER TABLE ONLY public.replies
    ADD CONSTRAINT replies_post_key_fkey FOREIGN KEY (post_key) REFERENCES public.posts(key);