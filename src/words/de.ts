import type { Translation } from './en.ts';

export const de: Translation = {
  cable: (id) => `Depesche ${id}`,
  publishedAs: (id) => `veröffentlicht als ${id}`,
  quoted: (text) => `„${text}“`,
  asAbove: 'wie im Beitrag oben',
  warnings: `
    sensibel, sensible Inhalte, NSFW, Spoiler, lang, langer Beitrag, langer Text, Großbuchstaben, Blitzlicht, Flackern, Augenkontakt, Blickkontakt,
    Selfie, Politik, depol, eupol, uspol, US-Politik, EU-Politik, Krieg, Genozid, Völkermord, Terror, Terrorismus, Folter, Gewalt, Polizei, Polizeigewalt,
    Waffen, Schusswaffen, Blut, Tod, Mord, Entführung, Tierquälerei, Tiertod, Missbrauch, Kindesmissbrauch, sexualisierte Gewalt, sexuelle Gewalt,
    Vergewaltigung, Sex, sexuelle Inhalte, Nacktheit, Pornografie, Porno, Schwangerschaft, Fehlgeburt, Abtreibung, Selbstverletzung, Suizid, Selbstmord,
    psychische Gesundheit, Depression, Depressionen, PTBS, Trauma, Essstörung, Essstörungen, Essen, Alkohol, Alk, Drogen, Rauchen, Medizin, Corona, Covid,
    Gesundheit, Krankheit, Religion, Rassismus, rassistische Sprache, Beleidigungen, Sexismus, Misogynie, Frauenfeindlichkeit, Klassismus, Ableismus,
    Behindertenfeindlichkeit, Homophobie, Homofeindlichkeit, Transphobie, Transfeindlichkeit, Queerfeindlichkeit, Antisemitismus, Islamophobie,
    Islamfeindlichkeit, Hassrede, Spinnen, Schlangen, Insekten, Phobien, Geld, KI`,
  remarks: {
    // Links: why one is not exact.
    'the text is too long to look for words of it': 'der Text ist zu lang, um nach Wörtern daraus zu suchen',
    'it quotes the words of another copy': 'der Link zitiert die Wörter einer anderen Kopie',
    'by words of the page, whose top an old browser opens':
      'über Wörter der Seite, deren Anfang ein alter Browser zeigt',
    'unverified: no list has the telegrams of 1973 to 1979':
      'ungeprüft: keine Liste enthält die Telegramme von 1973 bis 1979',
    'unverified: no catalogue is imported': 'ungeprüft: kein Katalog ist importiert',
    'month inferred from the serial': 'Monat aus der laufenden Nummer erschlossen',
    'this site has no paragraph anchors': 'diese Website hat keine Anker für Absätze',
    'the cable’s text is not available': 'der Text der Depesche liegt nicht vor',
    'this cable has no paragraph {number}': 'diese Depesche hat keinen Absatz {number}',
    'the cable’s text is not available to check where {anchor} lands':
      'der Text der Depesche liegt nicht vor, um zu prüfen, wohin {anchor} führt',
    'paragraph {number} has no anchor of its own on the page': 'Absatz {number} hat auf der Seite keinen eigenen Anker',
    '{anchor} leads to what stands before the first paragraph': '{anchor} führt vor den ersten Absatz',
    '{anchor} leads into {paragraph}': '{anchor} führt in {paragraph}',
    'by rule': 'nach der Regel',
    'copy damaged': 'Kopie beschädigt',
    'copy damaged at {places}': 'Kopie beschädigt bei {places}',
    'this cable has no numbered paragraphs': 'diese Depesche hat keine nummerierten Absätze',
    'this cable ends at {paragraph}': 'diese Depesche endet mit {paragraph}',
    'the page at {host} has been gone since {date}': 'die Seite auf {host} ist seit dem {date} nicht mehr da',
    'archived copy': 'archivierte Kopie',
    '{page} leads to {site}: paragraph anchors are gone': '{page} führt zu {site}: die Anker der Absätze sind weg',
    '{page} has other pages now: paragraph anchors are gone':
      '{page} hat jetzt andere Seiten: die Anker der Absätze sind weg',
    'no archived copy is known': 'keine archivierte Kopie ist bekannt',
    // Candidates: how what is written was read.
    'read so: {reading}': 'so gelesen: {reading}',
    'it has number {number} in the index that newspapers cite':
      'sie hat die Nummer {number} in dem Verzeichnis, das Zeitungen angeben',
    'it has these words': 'sie enthält diese Wörter',
    '¶{number} has these words': '¶{number} enthält diese Wörter',
    'it has {share} % of these words': 'sie enthält {share} % dieser Wörter',
    '¶{number} has {share} % of these words': '¶{number} enthält {share} % dieser Wörter',
    'it is published as {id}': 'sie ist als {id} veröffentlicht',
    'without what is fused with it': 'ohne das, was daran hängt',
    'the parts are in another order': 'die Teile stehen in anderer Reihenfolge',
    'year and serial are joined': 'Jahr und laufende Nummer sind zusammengeschrieben',
    'the serial is missing': 'die laufende Nummer fehlt',
    'a letter stands for a digit': 'ein Buchstabe steht für eine Ziffer',
    'a digit stands for a letter in {written}, for {name}':
      'in {written} steht eine Ziffer für einen Buchstaben, gemeint ist {name}',
    'a letter is missing in {written}, for {name}': 'in {written} fehlt ein Buchstabe, gemeint ist {name}',
    'letters are missing in {written}, for {name}': 'in {written} fehlen Buchstaben, gemeint ist {name}',
    'there is a letter too many in {written}, for {name}': 'in {written} ist ein Buchstabe zu viel, gemeint ist {name}',
    'letters are swapped in {written}, for {name}': 'in {written} sind Buchstaben vertauscht, gemeint ist {name}',
    'a letter is wrong in {written}, for {name}': 'in {written} ist ein Buchstabe falsch, gemeint ist {name}',
    'the station may have sent it': 'die Vertretung kann sie gesendet haben',
    'it is in the catalogue': 'sie steht im Katalog',
    'only the serial ({number}) differs': 'nur die laufende Nummer ({number}) weicht ab',
    'only the year ({number}) differs': 'nur das Jahr ({number}) weicht ab',
    '{station} is {other} there': '{station} heißt dort {other}',
    '{station} is often confused with {other}': '{station} wird oft mit {other} verwechselt',
    'the year may be {year}: {reason}': 'das Jahr ist vielleicht {year}: {reason}',
    'its text is available': 'ihr Text liegt vor',
    'the station sent that many cables in that year': 'die Vertretung hat in jenem Jahr so viele Depeschen gesendet',
    'the post dates it {date}': 'der Beitrag datiert sie auf {date}',
    'the catalogue has no other, but only about {percent} % of the serials of {station}':
      'der Katalog hat keine andere, aber nur rund {percent} % der Nummern von {station}',
    'its subject has {shared}': 'ihr Betreff enthält {shared}',
    // Consent: why a post is not answered.
    'the bot does not answer or count its own posts': 'der Bot beantwortet und zählt seine eigenen Beiträge nicht',
    'the author asked for silence': 'wer den Beitrag schrieb, möchte keine Antworten',
    'the post says #nobot': 'im Beitrag steht #nobot',
    'the post was too old when it was first seen (`maxAge`)':
      'der Beitrag war schon zu alt, als er zum ersten Mal gelesen wurde (`maxAge`)',
    'the author is a bot, and bots are not answered': 'der Beitrag ist von einem Bot, und Bots bekommen keine Antwort',
    'a repost of someone else’s words is not answered': 'wer nur die Worte anderer teilt, bekommt keine Antwort',
    'the post is closed to the bot': 'der Beitrag ist für den Bot geschlossen',
    'the post is closed to the bot: {reason}': 'der Beitrag ist für den Bot geschlossen: {reason}',
    'its author limits who may reply': 'nur manche dürfen darauf antworten',
    'the server does not say who wrote it': 'der Server sagt nicht, wer ihn schrieb',
    'X does not say who wrote it': 'X sagt nicht, wer ihn schrieb',
    'its author blocks the bot': 'die Autorin oder der Autor blockiert den Bot',
    'the bot blocks its author': 'der Bot blockiert die Autorin oder den Autor',
    'only {audience} may reply': 'antworten dürfen nur {audience}',
    'those it mentions': 'die Erwähnten',
    'those its author follows': 'Konten, denen die Autorin oder der Autor folgt',
    'its author’s subscribers': 'zahlende Abonnenten',
    'verified accounts': 'verifizierte Konten',
    'the post is for its addressees only, and {reason}': 'der Beitrag ist nur für seine Empfänger, und {reason}',
    'the post is for followers only, and {reason}': 'der Beitrag ist nur für Follower, und {reason}',
    'the author did not address the bot': 'der Bot wurde nicht angesprochen',
    'a reply would reach more people': 'eine Antwort würde mehr Menschen erreichen',
    'the post is unlisted, and a post on the bot’s timeline would reach more people':
      'der Beitrag ist nicht gelistet, und ein Beitrag auf der Timeline des Bots würde mehr Menschen erreichen',
    'mode summoned: the author did not address the bot ({summons})':
      'Modus summoned: der Bot wurde nicht angesprochen ({summons})',
    'mode opted-in: the author neither opted in nor addressed the bot':
      'Modus opted-in: niemand hat zugestimmt oder den Bot angesprochen',
    'the platform does not permit mode {mode} for those who did not address the bot: {policy}':
      'die Plattform erlaubt den Modus {mode} nicht für Menschen, die den Bot nicht angesprochen haben: {policy}',
    'one reply per thread for the same cable and paragraphs':
      'eine Antwort je Thread zu derselben Depesche und denselben Absätzen',
    'one such reply per author and day': 'eine solche Antwort je Person und Tag',
    // Platforms: what addresses the bot, and their rules.
    'given up, it waited too long': 'aufgegeben: zu lange gewartet',
    'withdrawn by the author before it was sent': 'vom Verfasser vor dem Senden zurückgezogen',
    'withdrawn by the operator before it was sent': 'vom Betreiber vor dem Senden zurückgezogen',
    'withdrawn before it was sent': 'vor dem Senden zurückgezogen',
    'the post changed before the reply was sent': 'der Beitrag änderte sich, bevor die Antwort gesendet war',
    'its post was deleted': 'der Beitrag wurde gelöscht',
    'an earlier reply to the post is deleted first': 'erst wird eine frühere Antwort auf den Beitrag gelöscht',
    'stopped by the file': 'angehalten durch die Datei',
    'paused ({scope})': 'pausiert ({scope})',
    'the author opted out': 'der Verfasser hat widersprochen',
    'the account is in cooldown': 'das Konto pausiert nach Ablehnungen',
    'another reply tests whether the platform accepts the account again':
      'eine andere Antwort prüft, ob die Plattform das Konto wieder annimmt',
    'the limit of {number} replies in this thread is reached':
      'die Grenze von {number} Antworten in diesem Thread ist erreicht',
    'the limit of {number} replies to one author in one thread is reached':
      'die Grenze von {number} Antworten an einen Verfasser in einem Thread ist erreicht',
    'cooldown of the author': 'Pause nach einer Antwort an den Verfasser',
    'cooldown of the thread': 'Pause nach einer Antwort im Thread',
    'the limit of {number} replies a day to posts that address the bot, by one author, is reached':
      'die Tagesgrenze von {number} Antworten auf Beiträge eines Verfassers, die den Bot ansprechen, ist erreicht',
    'the limit of {number} replies a day to posts that do not address the bot, by one author, is reached':
      'die Tagesgrenze von {number} Antworten auf Beiträge eines Verfassers, die den Bot nicht ansprechen, ist erreicht',
    'the daily quota of {number} replies is used up': 'das Tageskontingent von {number} Antworten ist aufgebraucht',
    'its author has had a share of the daily quota, and others come first':
      'der Verfasser hatte seinen Teil des Tageskontingents, andere kommen zuerst',
    'others come first, and the daily quota has {number} replies left':
      'andere kommen zuerst, und vom Tageskontingent bleiben {number} Antworten',
    'the budget of ${amount} a month is used up': 'das Monatsbudget von {amount} $ ist aufgebraucht',
    'the budget of ${amount} a day is used up': 'das Tagesbudget von {amount} $ ist aufgebraucht',
    'an @mention of the bot': 'eine @Erwähnung des Bots',
    'an @mention of the bot, or a quote of one of its posts':
      'eine @Erwähnung des Bots oder ein Zitat eines seiner Beiträge',
    'an @mention of the bot, or a reply to one of its posts':
      'eine @Erwähnung des Bots oder eine Antwort auf einen seiner Beiträge',
    'the bot’s key in the text, an answer to one of its notes, or a p tag with its key in a note that answers nothing':
      'der Schlüssel des Bots im Text, eine Antwort auf eine seiner Notizen oder ein p-Tag mit seinem Schlüssel in einer Notiz, die auf nichts antwortet',
    'the line says `"summoned": true`': 'in der Zeile steht `"summoned": true`',
    'the post says `"summoned": true`': 'im Beitrag steht `"summoned": true`',
    'nothing: nobody can address a file': 'nichts: eine Datei kann niemand ansprechen',
    'nothing: an item of a web feed addresses nobody': 'nichts: ein Eintrag eines Webfeeds spricht niemanden an',
    'nothing: a page addresses nobody': 'nichts: eine Seite spricht niemanden an',
    'nothing: nothing is known of this platform': 'nichts: über diese Plattform ist nichts bekannt',
    'nothing is known of this platform, so nobody is addressed there':
      'über diese Plattform ist nichts bekannt, darum wird dort niemand angesprochen',
    'a file has no readers who could consent: replies to its posts are only logged':
      'eine Datei hat keine Leser, die zustimmen könnten: Antworten auf ihre Beiträge werden nur protokolliert',
    'a webhook posts where its operator chose, and nobody there has asked strangers for answers':
      'ein Webhook schreibt dorthin, wo sein Betreiber es will, und niemand dort hat Fremde um Antworten gebeten',
    'a log reaches nobody but the operator': 'ein Protokoll erreicht nur den Betreiber',
    'the rules of many servers let bots mention only people who asked for it':
      'nach den Regeln vieler Server dürfen Bots nur Leute erwähnen, die darum gebeten haben',
    'X rejects replies to people who have not mentioned the bot, and forbids automatic replies to a keyword':
      'X weist Antworten an Leute ab, die den Bot nicht erwähnt haben, und verbietet automatische Antworten auf ein Stichwort',
    'the protocol forbids nothing': 'das Protokoll verbietet nichts',
    'each relay has its own rules': 'jedes Relay hat eigene Regeln',
    'web feeds are read-only: replies to their items are only logged':
      'Webfeeds kann man nur lesen: Antworten auf ihre Einträge werden nur protokolliert',
    'programs that notify sites count as spam, so only the sites that the operator lists are notified':
      'Programme, die Websites benachrichtigen, gelten als Spam, darum werden nur die Websites benachrichtigt, die der Betreiber nennt',
    'comments by programs count as spam, so a site is answered only if its owner agreed':
      'Kommentare von Programmen gelten als Spam, darum wird eine Website nur mit Zustimmung ihres Inhabers beantwortet',
    'bots interact only with people who have opted in, by tagging the bot':
      'Bots sprechen nur mit Leuten, die zugestimmt haben, indem sie den Bot erwähnten',
  },
};
