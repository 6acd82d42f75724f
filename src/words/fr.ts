import type { Translation } from './en.ts';

export const fr: Translation = {
  cable: (id) => `Câble ${id}`,
  publishedAs: (id) => `publié sous ${id}`,
  quoted: (text) => `« ${text} »`,
  asAbove: 'comme dans la publication ci-dessus',
  warnings: `
    sensible, contenu sensible, NSFW, spoiler, divulgâchage, long, texte long, majuscules, flashs, lumières clignotantes, contact visuel, selfie,
    politique, polfr, frpol, politique internationale, guerre, génocide, terrorisme, torture, violence, violences, police, violences policières, armes,
    armes à feu, sang, mort, meurtre, enlèvement, cruauté envers les animaux, maltraitance animale, mort animale, abus, maltraitance, maltraitance
    infantile, agression sexuelle, violences sexuelles, VSS, viol, sexe, contenu sexuel, nudité, pornographie, porno, grossesse, fausse couche, IVG,
    avortement, automutilation, suicide, santé mentale, dépression, TSPT, trauma, traumatisme, troubles alimentaires, trouble alimentaire, TCA,
    nourriture, alcool, drogue, drogues, tabac, médical, covid, santé, maladie, religion, racisme, insultes racistes, insultes, sexisme, misogynie,
    classisme, validisme, homophobie, transphobie, antisémitisme, islamophobie, discours haineux, araignée, araignées, serpents, insectes, phobies,
    argent, IA`,
  remarks: {
    // Links: why one is not exact.
    'the text is too long to look for words of it': 'le texte est trop long pour y chercher des mots',
    'it quotes the words of another copy': 'il cite les mots d’une autre copie',
    'by words of the page, whose top an old browser opens':
      'par des mots de la page, dont un ancien navigateur ouvre le début',
    'unverified: no list has the telegrams of 1973 to 1979':
      'non vérifié : aucune liste ne contient les télégrammes de 1973 à 1979',
    'unverified: no catalogue is imported': 'non vérifié : aucun catalogue n’est importé',
    'month inferred from the serial': 'mois déduit du numéro de série',
    'this site has no paragraph anchors': 'ce site n’a pas d’ancres de paragraphe',
    'the cable’s text is not available': 'le texte du câble n’est pas disponible',
    'this cable has no paragraph {number}': 'ce câble n’a pas de paragraphe {number}',
    'the cable’s text is not available to check where {anchor} lands':
      'le texte du câble n’est pas disponible pour vérifier où mène {anchor}',
    'paragraph {number} has no anchor of its own on the page':
      'le paragraphe {number} n’a pas d’ancre propre sur la page',
    '{anchor} leads to what stands before the first paragraph': '{anchor} mène à ce qui précède le premier paragraphe',
    '{anchor} leads into {paragraph}': '{anchor} mène à {paragraph}',
    'by rule': 'selon la règle',
    'copy damaged': 'copie endommagée',
    'copy damaged at {places}': 'copie endommagée à {places}',
    'this cable has no numbered paragraphs': 'ce câble n’a pas de paragraphes numérotés',
    'this cable ends at {paragraph}': 'ce câble se termine à {paragraph}',
    'the page at {host} has been gone since {date}': 'la page sur {host} a disparu depuis le {date}',
    'archived copy': 'copie archivée',
    '{page} leads to {site}: paragraph anchors are gone': '{page} mène à {site} : les ancres de paragraphe ont disparu',
    '{page} has other pages now: paragraph anchors are gone':
      '{page} a maintenant d’autres pages : les ancres de paragraphe ont disparu',
    'no archived copy is known': 'aucune copie archivée n’est connue',
    // Candidates: how what is written was read.
    'read so: {reading}': 'lu ainsi : {reading}',
    'it has number {number} in the index that newspapers cite':
      'il porte le numéro {number} dans l’index que citent les journaux',
    'it has these words': 'il contient ces mots',
    '¶{number} has these words': '¶{number} contient ces mots',
    'it has {share} % of these words': 'il contient {share} % de ces mots',
    '¶{number} has {share} % of these words': '¶{number} contient {share} % de ces mots',
    'it is published as {id}': 'il est publié sous {id}',
    'without what is fused with it': 'sans ce qui y est accolé',
    'the parts are in another order': 'les éléments sont dans un autre ordre',
    'year and serial are joined': 'l’année et le numéro de série sont accolés',
    'the serial is missing': 'le numéro de série manque',
    'a letter stands for a digit': 'une lettre remplace un chiffre',
    'a digit stands for a letter in {written}, for {name}':
      'dans {written}, un chiffre remplace une lettre, pour {name}',
    'a letter is missing in {written}, for {name}': 'dans {written}, il manque une lettre, pour {name}',
    'letters are missing in {written}, for {name}': 'dans {written}, il manque des lettres, pour {name}',
    'there is a letter too many in {written}, for {name}': 'dans {written}, il y a une lettre de trop, pour {name}',
    'letters are swapped in {written}, for {name}': 'dans {written}, des lettres sont interverties, pour {name}',
    'a letter is wrong in {written}, for {name}': 'dans {written}, une lettre est fausse, pour {name}',
    'the station may have sent it': 'le poste a pu l’envoyer',
    'it is in the catalogue': 'il est dans le catalogue',
    'only the serial ({number}) differs': 'seul le numéro de série ({number}) diffère',
    'only the year ({number}) differs': 'seule l’année ({number}) diffère',
    '{station} is {other} there': '{station} y figure comme {other}',
    '{station} is often confused with {other}': '{station} est souvent confondu avec {other}',
    'the year may be {year}: {reason}': 'l’année est peut-être {year} : {reason}',
    'its text is available': 'son texte est disponible',
    'the station sent that many cables in that year': 'le poste a envoyé autant de câbles cette année-là',
    'the post dates it {date}': 'la publication le date de {date}',
    'the catalogue has no other, but only about {percent} % of the serials of {station}':
      'le catalogue n’en a pas d’autre, mais seulement environ {percent} % des numéros de {station}',
    'its subject has {shared}': 'son objet contient {shared}',
    // Consent: why a post is not answered.
    'the bot does not answer or count its own posts':
      'le bot ne répond pas à ses propres publications et ne les compte pas',
    'the author asked for silence': 'la personne qui l’a écrite a demandé le silence',
    'the post says #nobot': 'la publication porte #nobot',
    'the post was too old when it was first seen (`maxAge`)':
      'la publication était déjà trop ancienne à la première lecture (`maxAge`)',
    'the author is a bot, and bots are not answered': 'la publication est d’un bot, et on ne répond pas aux bots',
    'a repost of someone else’s words is not answered': 'on ne répond pas à qui partage les mots d’autrui',
    'the post is closed to the bot': 'la publication est fermée au bot',
    'the post is closed to the bot: {reason}': 'la publication est fermée au bot : {reason}',
    'its author limits who may reply': 'seules certaines personnes peuvent répondre',
    'the server does not say who wrote it': 'le serveur ne dit pas qui l’a écrite',
    'X does not say who wrote it': 'X ne dit pas qui l’a écrite',
    'its author blocks the bot': 'la personne qui l’a écrite bloque le bot',
    'the bot blocks its author': 'le bot bloque la personne qui l’a écrite',
    'only {audience} may reply': 'seuls peuvent répondre : {audience}',
    'those it mentions': 'les personnes mentionnées',
    'those its author follows': 'les personnes que suit son auteur',
    'its author’s subscribers': 'les abonnés de son auteur',
    'verified accounts': 'les comptes vérifiés',
    'the post is for its addressees only, and {reason}': 'la publication n’est que pour ses destinataires, et {reason}',
    'the post is for followers only, and {reason}': 'la publication n’est que pour les abonnés, et {reason}',
    'the author did not address the bot': 'elle ne s’adressait pas au bot',
    'a reply would reach more people': 'une réponse toucherait plus de monde',
    'the post is unlisted, and a post on the bot’s timeline would reach more people':
      'la publication n’est pas listée, et une publication sur le fil du bot toucherait plus de monde',
    'mode summoned: the author did not address the bot ({summons})':
      'mode summoned : elle ne s’adressait pas au bot ({summons})',
    'mode opted-in: the author neither opted in nor addressed the bot':
      'mode opted-in : ni accord donné, ni demande adressée au bot',
    'the platform does not permit mode {mode} for those who did not address the bot: {policy}':
      'la plateforme ne permet pas le mode {mode} envers qui ne s’est pas adressé au bot : {policy}',
    'one reply per thread for the same cable and paragraphs':
      'une réponse par fil pour le même câble et les mêmes paragraphes',
    'one such reply per author and day': 'une seule réponse de ce genre par personne et par jour',
    // Platforms: what addresses the bot, and their rules.
    'given up, it waited too long': 'abandonnée : attente trop longue',
    'withdrawn by the author before it was sent': 'retirée par l’auteur avant l’envoi',
    'withdrawn by the operator before it was sent': 'retirée par l’opérateur avant l’envoi',
    'withdrawn before it was sent': 'retirée avant l’envoi',
    'the post changed before the reply was sent': 'la publication a changé avant l’envoi de la réponse',
    'its post was deleted': 'la publication a été supprimée',
    'an earlier reply to the post is deleted first': 'une réponse antérieure à la publication est d’abord supprimée',
    'stopped by the file': 'arrêté par le fichier',
    'paused ({scope})': 'en pause ({scope})',
    'the author opted out': 'l’auteur s’y est opposé',
    'the account is in cooldown': 'le compte est en attente après des refus',
    'another reply tests whether the platform accepts the account again':
      'une autre réponse vérifie si la plateforme accepte de nouveau le compte',
    'the limit of {number} replies in this thread is reached':
      'la limite de {number} réponses dans ce fil est atteinte',
    'the limit of {number} replies to one author in one thread is reached':
      'la limite de {number} réponses à un auteur dans un fil est atteinte',
    'cooldown of the author': 'délai après une réponse à l’auteur',
    'cooldown of the thread': 'délai après une réponse dans le fil',
    'the limit of {number} replies a day to posts that address the bot, by one author, is reached':
      'la limite quotidienne de {number} réponses aux publications d’un auteur qui s’adressent au bot est atteinte',
    'the limit of {number} replies a day to posts that do not address the bot, by one author, is reached':
      'la limite quotidienne de {number} réponses aux publications d’un auteur qui ne s’adressent pas au bot est atteinte',
    'the daily quota of {number} replies is used up': 'le quota quotidien de {number} réponses est épuisé',
    'its author has had a share of the daily quota, and others come first':
      'son auteur a eu sa part du quota quotidien, d’autres passent d’abord',
    'others come first, and the daily quota has {number} replies left':
      'd’autres passent d’abord, et il reste {number} réponses du quota quotidien',
    'the budget of ${amount} a month is used up': 'le budget mensuel de {amount} $ est épuisé',
    'the budget of ${amount} a day is used up': 'le budget quotidien de {amount} $ est épuisé',
    'an @mention of the bot': 'une @mention du bot',
    'an @mention of the bot, or a quote of one of its posts':
      'une @mention du bot ou une citation de l’une de ses publications',
    'an @mention of the bot, or a reply to one of its posts':
      'une @mention du bot ou une réponse à l’une de ses publications',
    'the bot’s key in the text, an answer to one of its notes, or a p tag with its key in a note that answers nothing':
      'la clé du bot dans le texte, une réponse à l’une de ses notes, ou une balise p avec sa clé dans une note qui ne répond à rien',
    'the line says `"summoned": true`': 'la ligne dit `"summoned": true`',
    'the post says `"summoned": true`': 'la publication dit `"summoned": true`',
    'nothing: nobody can address a file': 'rien : personne ne peut s’adresser à un fichier',
    'nothing: an item of a web feed addresses nobody': 'rien : un article de flux ne s’adresse à personne',
    'nothing: a page addresses nobody': 'rien : une page ne s’adresse à personne',
    'nothing: nothing is known of this platform': 'rien : on ne sait rien de cette plateforme',
    'nothing is known of this platform, so nobody is addressed there':
      'on ne sait rien de cette plateforme, on n’y interpelle donc personne',
    'a file has no readers who could consent: replies to its posts are only logged':
      'un fichier n’a pas de lecteurs qui pourraient consentir : les réponses sont seulement journalisées',
    'a webhook posts where its operator chose, and nobody there has asked strangers for answers':
      'un webhook publie là où son exploitant l’a choisi, et personne n’y a demandé de réponses à des inconnus',
    'a log reaches nobody but the operator': 'un journal ne touche que l’exploitant',
    'the rules of many servers let bots mention only people who asked for it':
      'les règles de nombreux serveurs ne laissent les bots mentionner que les personnes qui l’ont demandé',
    'X rejects replies to people who have not mentioned the bot, and forbids automatic replies to a keyword':
      'X rejette les réponses à qui n’a pas mentionné le bot et interdit les réponses automatiques à un mot-clé',
    'the protocol forbids nothing': 'le protocole n’interdit rien',
    'each relay has its own rules': 'chaque relais a ses propres règles',
    'web feeds are read-only: replies to their items are only logged':
      'les flux sont en lecture seule : les réponses sont seulement journalisées',
    'programs that notify sites count as spam, so only the sites that the operator lists are notified':
      'les programmes qui notifient des sites passent pour du spam, seuls sont donc notifiés ceux que l’exploitant indique',
    'comments by programs count as spam, so a site is answered only if its owner agreed':
      'les commentaires de programmes passent pour du spam, on ne répond donc à un site qu’avec l’accord de son propriétaire',
    'bots interact only with people who have opted in, by tagging the bot':
      'les bots n’interagissent qu’avec qui l’a accepté en mentionnant le bot',
  },
};
