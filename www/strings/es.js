/** The page's words in Spanish. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('es');
/** @param {string} text */
const quoted = (text) => `«${isolated(text)}»`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: 'No se sube nada',
  title: 'Encuentra modelos 3D que se parecen a tu imagen',
  drop: 'Suelta una imagen en cualquier parte',
  choose: 'Elegir un archivo',
  paste: 'o pega una con Ctrl+V',
  pasteOnMac: 'o pega una con ⌘V',
  starting: 'Cargando la búsqueda…',
  samples: 'O prueba una de estas',
  how: '¿Cómo funciona?',
  howEmbed:
    'Una red neuronal (las primeras capas de VGG16) se ejecuta en tu navegador y convierte tu imagen en una lista de números que describe sus formas, texturas y colores.',
  howSearch:
    'Lo mismo se hizo de antemano con la imagen de cada modelo. Se muestran los modelos cuyos números apuntan casi en la misma dirección que los tuyos; el porcentaje es el coseno entre ambos, 100 % para imágenes iguales.',
  howPrivate:
    'Tu imagen no se envía a ninguna parte: esta página solo descarga sus propios archivos y sigue funcionando si te desconectas. A otro sitio se le pide algo solo si tú lo dices: una imagen cuyo enlace traes y el visor 3D de Sketchfab.',
  release: 'Suelta para buscar',
  names: 'O el nombre o enlace de un modelo',
  showMore: 'Mostrar más',
  copyJson: 'Copiar como JSON',
  copyCsv: 'Copiar como CSV',
  clearFilters: 'Quitar los filtros',
  sort: 'Orden',
  sortCloseness: 'Los más parecidos primero',
  sortName: 'Por nombre',
  sortAuthor: 'Por autor',
  sortLicence: 'Por licencia',
  crop: 'Buscar una parte',
  cropWhole: 'Buscar la imagen entera',
  copyLink: 'Copiar enlace',
  add: 'Añadir otra imagen',
  parts: 'Imágenes que se buscan juntas',
  camera: 'Hacer una foto',
  cancel: 'Cancelar',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: modelos 3D que se parecen a tu imagen',
  results: (name, site) => `Como ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'Suelta una imagen aquí', label: 'Buscar modelos 3D con una imagen' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `Cargando la búsqueda: ${megabytes(loaded)} de ${megabytes(total)} MB`,
  checking: 'Comprobando que este navegador calcula como debe…',
  ready: (models) => `${number(models)} modelos listos para buscar`,
  layer: (layer, layers) => `Mirando la imagen: capa ${layer} de ${layers}…`,
  searching: 'Buscando…',
  stopped: 'La búsqueda se ha detenido',
  cancelled: 'Se canceló la carga, y la búsqueda no se ha iniciado.',
};

/** @type {import('./words.js').Words['query']} */
export const query = {
  image: 'Tu imagen',
  sample: 'Ejemplo',
  model: 'Modelo',
  pasted: 'Imagen pegada',
  unnamed: 'Sin nombre',
  link: 'Enlace',
  shared: 'Una imagen que alguien compartió',
  several: (count) => plural(count, { one: 'Una imagen', other: `${number(count)} imágenes` }),
};

/** @type {import('./words.js').Words['results']} */
export const results = {
  like: (name) => `Modelos como ${quoted(name)}`,
  likeImage: 'Modelos que se parecen a tu imagen',
  searched: (models, milliseconds) => `${number(models)} revisados en ${seconds(milliseconds)} s`,
  score: percent,
  scoreTitle: (score) =>
    `Similitud del coseno ${cosine(score)}: en qué medida los rasgos de las dos imágenes apuntan en la misma dirección; 1,000 para imágenes iguales`,
  scoreSpoken: (score) => `${percent(score)} de parecido`,
  more: 'Más como este',
  moreSpoken: (name) => `Más como este: ${name}`,
  view: 'Ver en ',
  sketchfab: 'Sketchfab',
  newTab: ', se abre en otra pestaña',
  unnamed: 'Modelo sin nombre',
  licence: (licence) => `Licencia: ${licence}`,
  closeness: (closer) => `primer ${share(closer)}`,
  closenessTitle: (closer) => `Entre el ${share(closer)} de pares de este catálogo que más se parecen`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, { one: 'Otro modelo es casi igual', other: `Otros ${number(count)} modelos son casi iguales` }),
  unlike: 'Nada se parece de verdad. Estos son los más cercanos.',
  noneFiltered: 'Ningún modelo pasa estos filtros. Quita alguno.',
  none: 'Este sitio no tiene ningún otro modelo que mostrar.',
  copied: (count) => plural(count, { one: 'Se copió un modelo.', other: `Se copiaron ${number(count)} modelos.` }),
  notCopied: 'Este navegador no deja copiar a esta página. Los navegadores solo lo permiten por https.',
  likeShared: 'Modelos como una imagen que alguien compartió',
  likeSeveral: 'Modelos como estas imágenes juntas',
  linkCopied: 'Se copió el enlace. Quien lo abra verá estos modelos, y no tu imagen.',
  addSpoken: (name) => `Añadir a lo que se busca: ${name}`,
  whySpoken: (name) => `Por qué se parece: ${name}`,
  viewerSpoken: (name) => `Ver en 3D, desde Sketchfab: ${name}`,
};

/** @type {import('./words.js').Words['filters']} */
export const filters = {
  category: 'Categoría',
  tag: 'Etiqueta',
  licence: 'Licencia',
  author: 'Autor',
  chosen: (facet, values) =>
    `${facet}: ${isolated(values[0])}${values.length > 1 ? ` +${number(values.length - 1)}` : ''}`,
  find: 'Buscar',
  findIn: (facet) => `Buscar en: ${facet}`,
  count: number,
  rest: (values) => `${number(values)} más: escribe para encontrarlos`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'La búsqueda se está cargando. Ya puedes elegir una imagen.',
  ready: (models) => `Todo listo para buscar entre ${number(models)} modelos.`,
  searching: 'Buscando.',
  found: (count, name, score) =>
    plural(count, {
      one: `Un modelo encontrado. Es ${name}, ${percent(score)} de parecido.`,
      other: `${number(count)} modelos encontrados. El más cercano es ${name}, ${percent(score)} de parecido.`,
    }),
  cancelled: 'Se canceló la búsqueda.',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: 'Volver a empezar', dismiss: 'Cerrar este mensaje', close: 'Cerrar' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) =>
    `Ningún modelo de este catálogo se llama ${quoted(text)}. Prueba con menos letras o suelta una imagen.`,
  offered: (count) =>
    plural(count, {
      zero: 'Ningún nombre.',
      one: 'Un nombre. Elígelo con las flechas.',
      other: `${number(count)} nombres. Elige con las flechas.`,
    }),
};

/** @type {import('./words.js').Words['intake']} */
export const intake = {
  folder: 'Eso es una carpeta. Suelta una imagen de ella.',
  link: 'Eso es texto, no un archivo de imagen ni un enlace a una imagen o a un modelo de Sketchfab. Guarda primero la imagen en este dispositivo y suelta el archivo guardado.',
  nothing: 'No se soltó nada con lo que se pueda buscar. Suelta un archivo de imagen.',
  clipboardText:
    'El portapapeles contiene texto, no una imagen ni un enlace a una imagen o a un modelo de Sketchfab. Copia una imagen y pega otra vez.',
  clipboardEmpty: 'El portapapeles no contiene ninguna imagen. Copia una imagen y pega otra vez.',
  unreadable: (name) =>
    `No se pudo leer el archivo ${quoted(name)}. Puede que se haya movido o que esté en uso; elígelo otra vez.`,
  large: (name, bytes, limit) =>
    `El archivo ${quoted(name)} tiene ${megabytes(bytes)} MB, más que los ${megabytes(limit)} MB que lee esta página. Reduce la imagen e inténtalo otra vez.`,
  sample: (name) => `No se pudo cargar el ejemplo ${quoted(name)}. Comprueba la conexión o elige una imagen tuya.`,
};

const BROWSERS = 'Chrome o Edge 91, Firefox 114, Safari 16.4 o posteriores';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `Este navegador no ejecuta WebAssembly, del que está hecha la búsqueda; puede que un ajuste de privacidad lo haya desactivado. Funcionan estos navegadores: ${BROWSERS}.`,
  noSimd: `El WebAssembly de este navegador no tiene SIMD, que la búsqueda necesita para ser rápida. Funcionan estos navegadores: ${BROWSERS}.`,
  noModuleWorker: `Este navegador no ejecuta módulos en workers, donde ocurre la búsqueda. Funcionan estos navegadores: ${BROWSERS}.`,
  file: 'Esta página se abrió como archivo, y así los navegadores no la dejan cargar sus datos. Sirve su carpeta por http, por ejemplo con «recasketch serve CARPETA», y abre la dirección que indica.',
};

const OWNER =
  'Si sigue así, quien lleva este sitio debería publicar la carpeta entera que escribió «recasketch embed».';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) => `No hay conexión, y ${file} aún no se ha descargado. Conéctate a la red y vuelve a empezar.`,
  unreachable: (file) =>
    `No se pudo descargar el archivo ${file}: el servidor no respondió. Comprueba la conexión y vuelve a empezar.`,
  brokeOff: (file, came, bytes) =>
    `La descarga de ${file} se cortó tras ${megabytes(came)} de ${megabytes(bytes)} MB. Comprueba la conexión y vuelve a empezar.`,
  missing: (file) =>
    `Falta el archivo ${file} en este sitio (404). Puede que el sitio esté cambiando ahora mismo: vuelve a empezar dentro de un minuto. ${OWNER}`,
  refused: (file, status) =>
    `El servidor rechazó ${file} con el estado ${status}. Vuelve a empezar dentro de un minuto. ${OWNER}`,
  html: (file) =>
    `Llegó una página web en lugar de ${file}; algunos servidores envían una cuando falta un archivo. ${OWNER}`,
  length: (file, bytes, came) =>
    `El archivo ${file} no es el que nombra manifest.json: se esperaban ${bytes} bytes y llegaron ${came}. Puede que el sitio esté cambiando ahora mismo: vuelve a empezar dentro de un minuto. ${OWNER}`,
  digest: (file) =>
    `El archivo ${file} no es el que nombra manifest.json: su longitud es correcta y su contenido no. Puede que el sitio esté cambiando ahora mismo o que una transferencia se dañara: vuelve a empezar dentro de un minuto. ${OWNER}`,
  json: (file) => `No se puede leer el archivo ${file}: no es JSON. ${OWNER}`,
  version: (version, known) =>
    `El archivo manifest.json es de la versión ${version} y esta página lee la versión ${known}. La página y sus datos se publicaron en momentos distintos: recarga la página. ${OWNER}`,
  manifest: (field) =>
    `El archivo manifest.json no se puede usar: su entrada «${field}» falta o es incorrecta. ${OWNER}`,
  foreign: (file) => `El archivo manifest.json nombra ${file}, que no está en este sitio. ${OWNER}`,
  rows: (models, rows) =>
    `El catálogo no corresponde a los vectores: ${rows} entradas para ${models} modelos. ${OWNER}`,
  glue: `El archivo recasketch.js no se puede usar; puede que falte o que sea de otra versión que el módulo. Recarga la página. ${OWNER}`,
  module: (file) =>
    `Este navegador no pudo iniciar el archivo ${file}. Recarga la página; si eso no ayuda, funcionan estos navegadores: ${BROWSERS}.`,
  worker: `No se pudo cargar el archivo worker.js, o uno que necesita. Comprueba la conexión y vuelve a empezar. ${OWNER}`,
  elsewhere: (origin) =>
    `La búsqueda de ${origin} no puede iniciarse en esta página. Su servidor debe enviar la cabecera Access-Control-Allow-Origin, y la política de esta página (Content-Security-Policy), si la tiene, debe permitir workers de blob: y scripts de ${origin}.`,
  policy: (directive, origin) =>
    `La política de esta página (Content-Security-Policy, ${directive}) no deja que la búsqueda se inicie. Debe permitir workers y scripts de ${origin} y, donde exija Trusted Types, la política «recasketch».`,
  notStarted: (said) =>
    `Este navegador no inició un worker, en el que trabaja esta página. Dijo: ${isolated(said)}. Puede que lo prohíba la política de la página (Content-Security-Policy) o una extensión del navegador.`,
  undecodable: (file) =>
    `La búsqueda está desactivada porque falló su autocomprobación: el archivo ${file} no se puede decodificar. Puede que esté dañado. ${OWNER}`,
  otherImage: (file, details) =>
    `La búsqueda está desactivada porque falló su autocomprobación: el archivo ${file} da aquí otros números que al crear el sitio. O es de otra versión que manifest.json, o este navegador calcula de otro modo. Recarga la página. ${OWNER} Los detalles, en inglés: ${isolated(details)}`,
  otherwise: (file, details) =>
    `La búsqueda está desactivada porque este navegador calcula de otro modo que la máquina que creó el sitio: el archivo ${file} es el correcto y da aquí otros números. Comunícalo, por favor, con el nombre y la versión del navegador. Los detalles, en inglés: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'La búsqueda se detuvo de forma inesperada, quizá porque esta imagen necesita más memoria de la que da el navegador. Vuelve a empezar, y prueba con una imagen más pequeña si se detiene otra vez.',
  broke:
    'La búsqueda se detuvo por un fallo propio. Vuelve a empezar. Si se detiene otra vez con la misma imagen, comunícalo, por favor.',
  silent:
    'La búsqueda lleva más de un minuto sin decir nada y se detuvo. Vuelve a empezar. Si sigue así, recarga la página.',
  unknownModel: 'Este enlace nombra un modelo que no está en este catálogo. Suelta una imagen o prueba un ejemplo.',
  unexpected: 'Algo salió mal en esta página. Recárgala e inténtalo otra vez.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) =>
    `Esta imagen no se puede leer; guárdala como JPEG o PNG e inténtalo otra vez. Los detalles, en inglés: ${isolated(details)}`,
  Image: (details) => `Esta imagen no se puede usar; prueba con otra. Los detalles, en inglés: ${isolated(details)}`,
  Panic: () =>
    'Esta imagen no se puede leer: rompió el decodificador, y el navegador tampoco la muestra. Puede que el archivo esté dañado; guárdala como JPEG o PNG e inténtalo otra vez.',
  Memory: () => 'Esta imagen necesita más memoria de la que da el navegador. Hazla más pequeña e inténtalo otra vez.',
  Link: (details) => `Este enlace no se puede seguir. Los detalles, en inglés: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'La parte que se busca. Las flechas la mueven; con Mayúsculas cambian su tamaño.',
  place: (left, top, width, height) =>
    `${percent(left)} desde la izquierda, ${percent(top)} desde arriba, ${percent(width)} de ancho, ${percent(height)} de alto`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'Guardada en este dispositivo: la página ya funciona sin conexión.',
  full: 'No hay sitio en este dispositivo para guardar la búsqueda, así que la página necesita la red cada vez.',
  refused:
    'Este navegador no guarda nada de esta página, como en una ventana privada o por http sin cifrar, así que la página necesita la red cada vez.',
  renewed: 'Hay lista una versión más nueva de esta página. Llegará cuando se cierren todas sus pestañas.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `Distintos de ${quoted(name)}`,
  remove: (name) => `Quitar ${quoted(name)}`,
  most: (most) => `Se busca con las primeras ${number(most)} imágenes juntas; más a la vez no dicen nada claro.`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Visor de Sketchfab: ${name}`,
  from: 'Este visor viene de sketchfab.com, que sabe que se mira este modelo, y nada de tu imagen.',
};

const zones = [
  'arriba a la izquierda',
  'arriba',
  'arriba a la derecha',
  'a la izquierda',
  'en el centro',
  'a la derecha',
  'abajo a la izquierda',
  'abajo',
  'abajo a la derecha',
];
/** @param {readonly import('./words.js').Place[]} places */
const listed = (places) => places.map(({ zone, share }) => `${zones[zone]} (${percent(share)})`).join(' y ');

/** @type {import('./words.js').Words['why']} */
export const why = {
  title: (name) => `Por qué se parece ${quoted(name)}`,
  mostly: (score, places) =>
    places.length > 0
      ? `${percent(score)} de parecido; lo más está ${listed(places)} de la imagen.`
      : `${percent(score)} de parecido, un poco por toda la imagen.`,
  picture: (name, places) =>
    places.length > 0
      ? `${name}: lo parecido está sobre todo ${listed(places)}`
      : `${name}: lo parecido está por todas partes`,
  share: (share, score) => `${cosine(share)} de ${cosine(score)}`,
  how: 'Cada imagen se muestra como el cuadrado que vio la red. Cuanto más clara es una región, más aporta; todas juntas son el parecido. Lo que toda la imagen parece mostrar se reparte entre todas.',
  mirrored: 'La imagen del modelo se parece reflejada: la izquierda de una es la derecha de la otra.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `Esa imagen está en ${isolated(host)}. Al pedirla, ${isolated(host)} sabrá tu dirección de red y que quieres esta imagen, como si lo visitaras; no se envía nada más.`,
  fetch: 'Pedir la imagen',
  cancel: 'Cancelar',
  fetching: (host) => `Pidiendo a ${isolated(host)} …`,
  unreadable: (host) =>
    `${isolated(host)} no deja que otros sitios lean esta imagen, o no se pudo contactar. Guarda la imagen en este dispositivo y suelta el archivo guardado.`,
  refused: (host, status) =>
    `${isolated(host)} no dio esta imagen (estado ${status}). Comprueba el enlace, o guarda la imagen y suelta el archivo guardado.`,
  other: (host) =>
    `Lo que hay en este enlace de ${isolated(host)} no es una imagen, sino quizá una página que la contiene. Copia la dirección de la propia imagen, o guárdala y suelta el archivo guardado.`,
  large: (host) =>
    `La imagen de ${isolated(host)} tiene más de 50 MB. Guárdala, redúcela y suelta el archivo guardado.`,
  slow: (host) =>
    `${isolated(host)} tardó más de 20 segundos. Inténtalo otra vez, o guarda la imagen y suelta el archivo guardado.`,
};
