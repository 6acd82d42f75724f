import type { Translation } from './en.ts';

export const es: Translation = {
  cable: (id) => `Cable ${id}`,
  publishedAs: (id) => `publicado como ${id}`,
  quoted: (text) => `«${text}»`,
  asAbove: 'como en la publicación de arriba',
  warnings: `
    sensible, contenido sensible, NSFW, spoiler, destripe, largo, texto largo, mayúsculas, destellos, luces parpadeantes, contacto visual, selfi, selfie,
    política, política internacional, guerra, genocidio, terrorismo, tortura, violencia, policía, violencia policial, armas, armas de fuego, sangre,
    muerte, asesinato, secuestro, maltrato animal, muerte animal, abuso, abusos, abuso infantil, agresión sexual, violencia sexual, violencia de género,
    violencia machista, violación, sexo, contenido sexual, desnudez, desnudos, pornografía, porno, embarazo, aborto espontáneo, aborto, autolesión,
    autolesiones, suicidio, salud mental, depresión, TEPT, trauma, trastornos alimentarios, trastorno alimentario, TCA, comida, alcohol, drogas, tabaco,
    medicina, covid, salud, enfermedad, religión, racismo, insultos racistas, insultos, sexismo, machismo, misoginia, clasismo, capacitismo, homofobia,
    transfobia, antisemitismo, islamofobia, discurso de odio, arañas, serpientes, insectos, fobias, dinero, IA`,
  remarks: {
    // Links: why one is not exact.
    'the text is too long to look for words of it': 'el texto es demasiado largo para buscar palabras en él',
    'it quotes the words of another copy': 'cita las palabras de otra copia',
    'by words of the page, whose top an old browser opens':
      'mediante palabras de la página, cuyo comienzo abre un navegador antiguo',
    'unverified: no list has the telegrams of 1973 to 1979':
      'sin verificar: ninguna lista contiene los telegramas de 1973 a 1979',
    'unverified: no catalogue is imported': 'sin verificar: no se ha importado ningún catálogo',
    'month inferred from the serial': 'mes deducido del número de serie',
    'this site has no paragraph anchors': 'este sitio no tiene anclas de párrafo',
    'the cable’s text is not available': 'el texto del cable no está disponible',
    'this cable has no paragraph {number}': 'este cable no tiene párrafo {number}',
    'the cable’s text is not available to check where {anchor} lands':
      'el texto del cable no está disponible para comprobar adónde lleva {anchor}',
    'paragraph {number} has no anchor of its own on the page': 'el párrafo {number} no tiene ancla propia en la página',
    '{anchor} leads to what stands before the first paragraph': '{anchor} lleva a lo que precede al primer párrafo',
    '{anchor} leads into {paragraph}': '{anchor} lleva a {paragraph}',
    'by rule': 'según la regla',
    'copy damaged': 'copia dañada',
    'copy damaged at {places}': 'copia dañada en {places}',
    'this cable has no numbered paragraphs': 'este cable no tiene párrafos numerados',
    'this cable ends at {paragraph}': 'este cable termina en {paragraph}',
    'the page at {host} has been gone since {date}': 'la página en {host} no existe desde el {date}',
    'archived copy': 'copia archivada',
    '{page} leads to {site}: paragraph anchors are gone': '{page} lleva a {site}: ya no hay anclas de párrafo',
    '{page} has other pages now: paragraph anchors are gone':
      '{page} tiene ahora otras páginas: ya no hay anclas de párrafo',
    'no archived copy is known': 'no se conoce ninguna copia archivada',
    // Candidates: how what is written was read.
    'read so: {reading}': 'leído así: {reading}',
    'it has number {number} in the index that newspapers cite':
      'tiene el número {number} en el índice que citan los periódicos',
    'it has these words': 'contiene estas palabras',
    '¶{number} has these words': '¶{number} contiene estas palabras',
    'it has {share} % of these words': 'contiene el {share} % de estas palabras',
    '¶{number} has {share} % of these words': '¶{number} contiene el {share} % de estas palabras',
    'it is published as {id}': 'está publicado como {id}',
    'without what is fused with it': 'sin lo que lleva pegado',
    'the parts are in another order': 'las partes están en otro orden',
    'year and serial are joined': 'el año y el número de serie están juntos',
    'the serial is missing': 'falta el número de serie',
    'a letter stands for a digit': 'una letra ocupa el lugar de una cifra',
    'a digit stands for a letter in {written}, for {name}':
      'en {written} una cifra ocupa el lugar de una letra, por {name}',
    'a letter is missing in {written}, for {name}': 'en {written} falta una letra, por {name}',
    'letters are missing in {written}, for {name}': 'en {written} faltan letras, por {name}',
    'there is a letter too many in {written}, for {name}': 'en {written} sobra una letra, por {name}',
    'letters are swapped in {written}, for {name}': 'en {written} hay letras intercambiadas, por {name}',
    'a letter is wrong in {written}, for {name}': 'en {written} hay una letra equivocada, por {name}',
    'the station may have sent it': 'la misión pudo haberlo enviado',
    'it is in the catalogue': 'está en el catálogo',
    'only the serial ({number}) differs': 'solo difiere el número de serie ({number})',
    'only the year ({number}) differs': 'solo difiere el año ({number})',
    '{station} is {other} there': '{station} figura allí como {other}',
    '{station} is often confused with {other}': '{station} se confunde a menudo con {other}',
    'the year may be {year}: {reason}': 'el año puede ser {year}: {reason}',
    'its text is available': 'su texto está disponible',
    'the station sent that many cables in that year': 'la misión envió tantos cables ese año',
    'the post dates it {date}': 'la publicación lo fecha en {date}',
    'the catalogue has no other, but only about {percent} % of the serials of {station}':
      'el catálogo no tiene otro, pero solo alrededor del {percent} % de los números de {station}',
    'its subject has {shared}': 'su asunto contiene {shared}',
    // Consent: why a post is not answered.
    'the bot does not answer or count its own posts': 'el bot no responde ni cuenta sus propias publicaciones',
    'the author asked for silence': 'quien la escribió pidió silencio',
    'the post says #nobot': 'la publicación dice #nobot',
    'the post was too old when it was first seen (`maxAge`)':
      'la publicación ya era demasiado antigua cuando se vio por primera vez (`maxAge`)',
    'the author is a bot, and bots are not answered': 'la publicación es de un bot, y a los bots no se les responde',
    'a repost of someone else’s words is not answered': 'no se responde a quien comparte palabras ajenas',
    'the post is closed to the bot': 'la publicación está cerrada al bot',
    'the post is closed to the bot: {reason}': 'la publicación está cerrada al bot: {reason}',
    'its author limits who may reply': 'solo algunas personas pueden responder',
    'the server does not say who wrote it': 'el servidor no dice quién la escribió',
    'X does not say who wrote it': 'X no dice quién la escribió',
    'its author blocks the bot': 'quien la escribió bloquea al bot',
    'the bot blocks its author': 'el bot bloquea a quien la escribió',
    'only {audience} may reply': 'solo pueden responder {audience}',
    'those it mentions': 'las personas mencionadas',
    'those its author follows': 'las personas a las que sigue su autor',
    'its author’s subscribers': 'los suscriptores de su autor',
    'verified accounts': 'las cuentas verificadas',
    'the post is for its addressees only, and {reason}': 'la publicación es solo para sus destinatarios, y {reason}',
    'the post is for followers only, and {reason}': 'la publicación es solo para seguidores, y {reason}',
    'the author did not address the bot': 'no se dirigía al bot',
    'a reply would reach more people': 'una respuesta llegaría a más personas',
    'the post is unlisted, and a post on the bot’s timeline would reach more people':
      'la publicación no está listada, y una publicación en la cronología del bot llegaría a más personas',
    'mode summoned: the author did not address the bot ({summons})': 'modo summoned: no se dirigía al bot ({summons})',
    'mode opted-in: the author neither opted in nor addressed the bot':
      'modo opted-in: no hubo consentimiento ni se dirigía al bot',
    'the platform does not permit mode {mode} for those who did not address the bot: {policy}':
      'la plataforma no permite el modo {mode} con quienes no se dirigieron al bot: {policy}',
    'one reply per thread for the same cable and paragraphs':
      'una respuesta por hilo sobre el mismo cable y los mismos párrafos',
    'one such reply per author and day': 'una respuesta así por persona y día',
    // Platforms: what addresses the bot, and their rules.
    'given up, it waited too long': 'desistida: esperó demasiado',
    'withdrawn by the author before it was sent': 'retirada por el autor antes de enviarse',
    'withdrawn by the operator before it was sent': 'retirada por el operador antes de enviarse',
    'withdrawn before it was sent': 'retirada antes de enviarse',
    'the post changed before the reply was sent': 'la publicación cambió antes de enviarse la respuesta',
    'its post was deleted': 'la publicación fue eliminada',
    'an earlier reply to the post is deleted first': 'antes se elimina una respuesta anterior a la publicación',
    'stopped by the file': 'detenido por el archivo',
    'paused ({scope})': 'en pausa ({scope})',
    'the author opted out': 'el autor se dio de baja',
    'the account is in cooldown': 'la cuenta está en espera tras rechazos',
    'another reply tests whether the platform accepts the account again':
      'otra respuesta prueba si la plataforma vuelve a aceptar la cuenta',
    'the limit of {number} replies in this thread is reached':
      'se alcanzó el límite de {number} respuestas en este hilo',
    'the limit of {number} replies to one author in one thread is reached':
      'se alcanzó el límite de {number} respuestas a un autor en un hilo',
    'cooldown of the author': 'espera tras una respuesta al autor',
    'cooldown of the thread': 'espera tras una respuesta en el hilo',
    'the limit of {number} replies a day to posts that address the bot, by one author, is reached':
      'se alcanzó el límite diario de {number} respuestas a publicaciones de un autor que se dirigen al bot',
    'the limit of {number} replies a day to posts that do not address the bot, by one author, is reached':
      'se alcanzó el límite diario de {number} respuestas a publicaciones de un autor que no se dirigen al bot',
    'the daily quota of {number} replies is used up': 'se agotó el cupo diario de {number} respuestas',
    'its author has had a share of the daily quota, and others come first':
      'su autor ya tuvo su parte del cupo diario, y otros van primero',
    'others come first, and the daily quota has {number} replies left':
      'otros van primero, y al cupo diario le quedan {number} respuestas',
    'the budget of ${amount} a month is used up': 'se agotó el presupuesto mensual de {amount} $',
    'the budget of ${amount} a day is used up': 'se agotó el presupuesto diario de {amount} $',
    'an @mention of the bot': 'una @mención del bot',
    'an @mention of the bot, or a quote of one of its posts':
      'una @mención del bot o una cita de una de sus publicaciones',
    'an @mention of the bot, or a reply to one of its posts':
      'una @mención del bot o una respuesta a una de sus publicaciones',
    'the bot’s key in the text, an answer to one of its notes, or a p tag with its key in a note that answers nothing':
      'la clave del bot en el texto, una respuesta a una de sus notas o una etiqueta p con su clave en una nota que no responde a nada',
    'the line says `"summoned": true`': 'la línea dice `"summoned": true`',
    'the post says `"summoned": true`': 'la publicación dice `"summoned": true`',
    'nothing: nobody can address a file': 'nada: nadie puede dirigirse a un archivo',
    'nothing: an item of a web feed addresses nobody': 'nada: una entrada de un canal web no se dirige a nadie',
    'nothing: a page addresses nobody': 'nada: una página no se dirige a nadie',
    'nothing: nothing is known of this platform': 'nada: no se sabe nada de esta plataforma',
    'nothing is known of this platform, so nobody is addressed there':
      'no se sabe nada de esta plataforma, así que allí no se habla a nadie',
    'a file has no readers who could consent: replies to its posts are only logged':
      'un archivo no tiene lectores que puedan consentir: las respuestas solo se registran',
    'a webhook posts where its operator chose, and nobody there has asked strangers for answers':
      'un webhook publica donde eligió su operador, y allí nadie ha pedido respuestas a extraños',
    'a log reaches nobody but the operator': 'un registro solo llega al operador',
    'the rules of many servers let bots mention only people who asked for it':
      'las reglas de muchos servidores solo permiten a los bots mencionar a quien lo pidió',
    'X rejects replies to people who have not mentioned the bot, and forbids automatic replies to a keyword':
      'X rechaza respuestas a quienes no han mencionado al bot y prohíbe las respuestas automáticas a una palabra clave',
    'the protocol forbids nothing': 'el protocolo no prohíbe nada',
    'each relay has its own rules': 'cada relé tiene sus propias reglas',
    'web feeds are read-only: replies to their items are only logged':
      'los canales web son de solo lectura: las respuestas solo se registran',
    'programs that notify sites count as spam, so only the sites that the operator lists are notified':
      'los programas que avisan a sitios cuentan como spam, así que solo se avisa a los sitios que indica el operador',
    'comments by programs count as spam, so a site is answered only if its owner agreed':
      'los comentarios de programas cuentan como spam, así que solo se responde a un sitio si su dueño aceptó',
    'bots interact only with people who have opted in, by tagging the bot':
      'los bots solo interactúan con quienes lo aceptaron al mencionar al bot',
  },
};
