import type { Translation } from './en.ts';

export const pt: Translation = {
  cable: (id) => `Telegrama ${id}`,
  publishedAs: (id) => `publicado como ${id}`,
  quoted: (text) => `“${text}”`,
  asAbove: 'como na publicação acima',
  warnings: `
    sensível, conteúdo sensível, NSFW, spoiler, longo, texto longo, maiúsculas, luzes piscantes, contato visual, contacto visual, selfie, política, polbr,
    brpol, política internacional, guerra, genocídio, terrorismo, tortura, violência, polícia, violência policial, armas, armas de fogo, sangue, morte,
    assassinato, homicídio, sequestro, rapto, maus-tratos a animais, crueldade animal, morte animal, abuso, abuso infantil, agressão sexual, violência
    sexual, violência de gênero, estupro, violação, sexo, conteúdo sexual, nudez, pornografia, pornô, porno, gravidez, aborto espontâneo, aborto,
    automutilação, autolesão, suicídio, saúde mental, depressão, TEPT, trauma, transtornos alimentares, distúrbios alimentares, comida, álcool, drogas,
    tabaco, medicina, covid, saúde, doença, religião, racismo, insultos racistas, insultos, sexismo, misoginia, classismo, capacitismo, homofobia,
    transfobia, antissemitismo, islamofobia, discurso de ódio, aranhas, cobras, insetos, fobias, dinheiro, IA`,
  remarks: {
    // Links: why one is not exact.
    'the text is too long to look for words of it': 'o texto é longo demais para procurar palavras nele',
    'it quotes the words of another copy': 'cita as palavras de outra cópia',
    'by words of the page, whose top an old browser opens':
      'por palavras da página, cujo início um navegador antigo abre',
    'unverified: no list has the telegrams of 1973 to 1979':
      'não verificado: nenhuma lista contém os telegramas de 1973 a 1979',
    'unverified: no catalogue is imported': 'não verificado: nenhum catálogo foi importado',
    'month inferred from the serial': 'mês deduzido do número de série',
    'this site has no paragraph anchors': 'este site não tem âncoras de parágrafo',
    'the cable’s text is not available': 'o texto do telegrama não está disponível',
    'this cable has no paragraph {number}': 'este telegrama não tem parágrafo {number}',
    'the cable’s text is not available to check where {anchor} lands':
      'o texto do telegrama não está disponível para verificar aonde {anchor} leva',
    'paragraph {number} has no anchor of its own on the page': 'o parágrafo {number} não tem âncora própria na página',
    '{anchor} leads to what stands before the first paragraph': '{anchor} leva ao que precede o primeiro parágrafo',
    '{anchor} leads into {paragraph}': '{anchor} leva a {paragraph}',
    'by rule': 'pela regra',
    'copy damaged': 'cópia danificada',
    'copy damaged at {places}': 'cópia danificada em {places}',
    'this cable has no numbered paragraphs': 'este telegrama não tem parágrafos numerados',
    'this cable ends at {paragraph}': 'este telegrama termina em {paragraph}',
    'the page at {host} has been gone since {date}': 'a página em {host} não existe desde {date}',
    'archived copy': 'cópia arquivada',
    '{page} leads to {site}: paragraph anchors are gone': '{page} leva a {site}: as âncoras de parágrafo desapareceram',
    '{page} has other pages now: paragraph anchors are gone':
      '{page} tem agora outras páginas: as âncoras de parágrafo desapareceram',
    'no archived copy is known': 'não se conhece nenhuma cópia arquivada',
    // Candidates: how what is written was read.
    'read so: {reading}': 'lido assim: {reading}',
    'it has number {number} in the index that newspapers cite': 'tem o número {number} no índice que os jornais citam',
    'it has these words': 'contém estas palavras',
    '¶{number} has these words': '¶{number} contém estas palavras',
    'it has {share} % of these words': 'contém {share} % destas palavras',
    '¶{number} has {share} % of these words': '¶{number} contém {share} % destas palavras',
    'it is published as {id}': 'está publicado como {id}',
    'without what is fused with it': 'sem o que está colado a ele',
    'the parts are in another order': 'as partes estão em outra ordem',
    'year and serial are joined': 'o ano e o número de série estão juntos',
    'the serial is missing': 'falta o número de série',
    'a letter stands for a digit': 'uma letra está no lugar de um algarismo',
    'a digit stands for a letter in {written}, for {name}':
      'em {written} um algarismo está no lugar de uma letra, por {name}',
    'a letter is missing in {written}, for {name}': 'em {written} falta uma letra, por {name}',
    'letters are missing in {written}, for {name}': 'em {written} faltam letras, por {name}',
    'there is a letter too many in {written}, for {name}': 'em {written} há uma letra a mais, por {name}',
    'letters are swapped in {written}, for {name}': 'em {written} há letras trocadas, por {name}',
    'a letter is wrong in {written}, for {name}': 'em {written} há uma letra errada, por {name}',
    'the station may have sent it': 'o posto pode tê-lo enviado',
    'it is in the catalogue': 'está no catálogo',
    'only the serial ({number}) differs': 'só o número de série ({number}) é diferente',
    'only the year ({number}) differs': 'só o ano ({number}) é diferente',
    '{station} is {other} there': '{station} figura ali como {other}',
    '{station} is often confused with {other}': '{station} é muitas vezes confundido com {other}',
    'the year may be {year}: {reason}': 'o ano pode ser {year}: {reason}',
    'its text is available': 'seu texto está disponível',
    'the station sent that many cables in that year': 'o posto enviou tantos telegramas naquele ano',
    'the post dates it {date}': 'a publicação o data de {date}',
    'the catalogue has no other, but only about {percent} % of the serials of {station}':
      'o catálogo não tem outro, mas só cerca de {percent} % dos números de {station}',
    'its subject has {shared}': 'seu assunto contém {shared}',
    // Consent: why a post is not answered.
    'the bot does not answer or count its own posts': 'o bot não responde nem conta suas próprias publicações',
    'the author asked for silence': 'quem a escreveu pediu silêncio',
    'the post says #nobot': 'a publicação diz #nobot',
    'the post was too old when it was first seen (`maxAge`)':
      'a publicação já era antiga demais quando foi vista pela primeira vez (`maxAge`)',
    'the author is a bot, and bots are not answered': 'a publicação é de um bot, e bots não recebem resposta',
    'a repost of someone else’s words is not answered': 'não se responde a quem compartilha palavras alheias',
    'the post is closed to the bot': 'a publicação está fechada ao bot',
    'the post is closed to the bot: {reason}': 'a publicação está fechada ao bot: {reason}',
    'its author limits who may reply': 'só algumas pessoas podem responder',
    'the server does not say who wrote it': 'o servidor não diz quem a escreveu',
    'X does not say who wrote it': 'o X não diz quem a escreveu',
    'its author blocks the bot': 'quem a escreveu bloqueia o bot',
    'the bot blocks its author': 'o bot bloqueia quem a escreveu',
    'only {audience} may reply': 'só podem responder {audience}',
    'those it mentions': 'as pessoas mencionadas',
    'those its author follows': 'as pessoas que seu autor segue',
    'its author’s subscribers': 'os assinantes de seu autor',
    'verified accounts': 'as contas verificadas',
    'the post is for its addressees only, and {reason}': 'a publicação é só para seus destinatários, e {reason}',
    'the post is for followers only, and {reason}': 'a publicação é só para seguidores, e {reason}',
    'the author did not address the bot': 'não se dirigia ao bot',
    'a reply would reach more people': 'uma resposta alcançaria mais pessoas',
    'the post is unlisted, and a post on the bot’s timeline would reach more people':
      'a publicação não está listada, e uma publicação na linha do tempo do bot alcançaria mais pessoas',
    'mode summoned: the author did not address the bot ({summons})': 'modo summoned: não se dirigia ao bot ({summons})',
    'mode opted-in: the author neither opted in nor addressed the bot':
      'modo opted-in: não houve consentimento nem se dirigia ao bot',
    'the platform does not permit mode {mode} for those who did not address the bot: {policy}':
      'a plataforma não permite o modo {mode} com quem não se dirigiu ao bot: {policy}',
    'one reply per thread for the same cable and paragraphs':
      'uma resposta por conversa sobre o mesmo telegrama e os mesmos parágrafos',
    'one such reply per author and day': 'uma resposta dessas por pessoa e dia',
    // Platforms: what addresses the bot, and their rules.
    'given up, it waited too long': 'desistida: esperou demais',
    'withdrawn by the author before it was sent': 'retirada pelo autor antes do envio',
    'withdrawn by the operator before it was sent': 'retirada pelo operador antes do envio',
    'withdrawn before it was sent': 'retirada antes do envio',
    'the post changed before the reply was sent': 'a publicação mudou antes do envio da resposta',
    'its post was deleted': 'a publicação foi apagada',
    'an earlier reply to the post is deleted first': 'antes é apagada uma resposta anterior à publicação',
    'stopped by the file': 'parado pelo arquivo',
    'paused ({scope})': 'em pausa ({scope})',
    'the author opted out': 'o autor recusou respostas',
    'the account is in cooldown': 'a conta está em espera após recusas',
    'another reply tests whether the platform accepts the account again':
      'outra resposta testa se a plataforma volta a aceitar a conta',
    'the limit of {number} replies in this thread is reached':
      'o limite de {number} respostas nesta conversa foi atingido',
    'the limit of {number} replies to one author in one thread is reached':
      'o limite de {number} respostas a um autor numa conversa foi atingido',
    'cooldown of the author': 'espera após uma resposta ao autor',
    'cooldown of the thread': 'espera após uma resposta na conversa',
    'the limit of {number} replies a day to posts that address the bot, by one author, is reached':
      'o limite diário de {number} respostas a publicações de um autor que se dirigem ao bot foi atingido',
    'the limit of {number} replies a day to posts that do not address the bot, by one author, is reached':
      'o limite diário de {number} respostas a publicações de um autor que não se dirigem ao bot foi atingido',
    'the daily quota of {number} replies is used up': 'a cota diária de {number} respostas esgotou-se',
    'its author has had a share of the daily quota, and others come first':
      'o autor já teve a sua parte da cota diária, e outros vêm primeiro',
    'others come first, and the daily quota has {number} replies left':
      'outros vêm primeiro, e restam {number} respostas da cota diária',
    'the budget of ${amount} a month is used up': 'o orçamento mensal de {amount} $ esgotou-se',
    'the budget of ${amount} a day is used up': 'o orçamento diário de {amount} $ esgotou-se',
    'an @mention of the bot': 'uma @menção ao bot',
    'an @mention of the bot, or a quote of one of its posts':
      'uma @menção ao bot ou uma citação de uma de suas publicações',
    'an @mention of the bot, or a reply to one of its posts':
      'uma @menção ao bot ou uma resposta a uma de suas publicações',
    'the bot’s key in the text, an answer to one of its notes, or a p tag with its key in a note that answers nothing':
      'a chave do bot no texto, uma resposta a uma de suas notas ou uma etiqueta p com sua chave em uma nota que não responde a nada',
    'the line says `"summoned": true`': 'a linha diz `"summoned": true`',
    'the post says `"summoned": true`': 'a publicação diz `"summoned": true`',
    'nothing: nobody can address a file': 'nada: ninguém pode dirigir-se a um arquivo',
    'nothing: an item of a web feed addresses nobody': 'nada: um item de um feed não se dirige a ninguém',
    'nothing: a page addresses nobody': 'nada: uma página não se dirige a ninguém',
    'nothing: nothing is known of this platform': 'nada: nada se sabe desta plataforma',
    'nothing is known of this platform, so nobody is addressed there':
      'nada se sabe desta plataforma, por isso não se fala com ninguém ali',
    'a file has no readers who could consent: replies to its posts are only logged':
      'um arquivo não tem leitores que possam consentir: as respostas são apenas registradas',
    'a webhook posts where its operator chose, and nobody there has asked strangers for answers':
      'um webhook publica onde seu operador escolheu, e ninguém ali pediu respostas a estranhos',
    'a log reaches nobody but the operator': 'um registro só chega ao operador',
    'the rules of many servers let bots mention only people who asked for it':
      'as regras de muitos servidores só deixam bots mencionar quem pediu',
    'X rejects replies to people who have not mentioned the bot, and forbids automatic replies to a keyword':
      'o X rejeita respostas a quem não mencionou o bot e proíbe respostas automáticas a uma palavra-chave',
    'the protocol forbids nothing': 'o protocolo não proíbe nada',
    'each relay has its own rules': 'cada relay tem suas próprias regras',
    'web feeds are read-only: replies to their items are only logged':
      'feeds só podem ser lidos: as respostas são apenas registradas',
    'programs that notify sites count as spam, so only the sites that the operator lists are notified':
      'programas que notificam sites contam como spam, por isso só são notificados os sites que o operador indica',
    'comments by programs count as spam, so a site is answered only if its owner agreed':
      'comentários de programas contam como spam, por isso só se responde a um site se o dono concordou',
    'bots interact only with people who have opted in, by tagging the bot':
      'bots só interagem com quem aceitou, ao mencionar o bot',
  },
};
