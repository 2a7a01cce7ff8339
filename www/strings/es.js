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
  samples: 'O prueba con una de estas',
  how: '¿Cómo funciona?',
  howEmbed:
    'En tu navegador se ejecuta una red neuronal: las primeras capas de VGG16. Convierte tu imagen en una lista de números que describe sus formas, texturas y colores.',
  howSearch:
    'Lo mismo se hizo de antemano con la imagen de cada modelo. La página muestra los modelos cuyos números apuntan casi en la misma dirección que los de tu imagen. Lo cercano que es un modelo resulta del coseno del ángulo entre ambos, que aparece en sus detalles: 1,000 para imágenes iguales.',
  howPrivate:
    'Tu imagen no se envía a ninguna parte. Esta página solo descarga sus propios archivos y sigue funcionando si te desconectas. Solo se comunica con otro sitio cuando tú lo pides: para obtener una imagen de un enlace y para mostrar el visor 3D de Sketchfab.',
  release: 'Suelta para buscar',
  names: 'O escribe palabras, un nombre o un enlace',
  wander: 'O echa un vistazo',
  others: 'Mostrar otros',
  clearWords: 'Buscar sin estas palabras',
  likeAll: 'Más como todos estos',
  showMore: 'Mostrar más',
  copyJson: 'Copiar como JSON',
  copyCsv: 'Copiar como CSV',
  clearFilters: 'Quitar los filtros',
  sort: 'Orden',
  sortCloseness: 'Los más parecidos primero',
  sortName: 'Por nombre',
  sortAuthor: 'Por autor',
  sortLicence: 'Por licencia',
  crop: 'Elegir una parte',
  cropWhole: 'Usar la imagen entera',
  copyLink: 'Copiar enlace',
  shareLink: 'Compartir enlace',
  add: 'Añadir otra imagen',
  parts: 'Imágenes de esta búsqueda',
  camera: 'Hacer una foto',
  change: 'Cambiar',
  cancel: 'Cancelar',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: modelos 3D que se parecen a tu imagen',
  results: (name, site) => `Parecidos a ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'Suelta una imagen aquí', label: 'Buscar modelos 3D con una imagen' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `Cargando la búsqueda: ${megabytes(loaded)} de ${megabytes(total)} MB`,
  checking: 'Comprobando que este navegador calcula correctamente…',
  ready: (models) =>
    plural(models, { one: 'Un modelo listo para buscar', other: `${number(models)} modelos listos para buscar` }),
  layer: (layer, layers) => `Analizando la imagen: capa ${layer} de ${layers}…`,
  searching: 'Buscando…',
  stopped: 'La búsqueda se ha detenido',
  cancelled: 'Se canceló la carga. La búsqueda no se ha iniciado.',
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
  thumbnailsFrom: (hosts) =>
    `Las miniaturas vienen de ${isolated(hosts)}, que conoce tu dirección de red y los modelos que ves, pero no tu imagen.`,
  like: (name) => `Modelos parecidos a ${quoted(name)}`,
  likeImage: 'Modelos que se parecen a tu imagen',
  searched: (models, milliseconds) =>
    plural(models, {
      one: `1 modelo revisado en ${seconds(milliseconds)} s`,
      other: `${number(models)} modelos revisados en ${seconds(milliseconds)} s`,
    }),
  score: percent,
  scoreTitle: (score) =>
    `Similitud del coseno ${cosine(score)}. Compara las direcciones de los rasgos de las dos imágenes. Las imágenes iguales tienen 1,000.`,
  more: 'Más como este',
  moreSpoken: (name) => `Más como este: ${name}`,
  view: 'Ver en ',
  sketchfab: 'Sketchfab',
  newTab: ', se abre en otra pestaña',
  unnamed: 'Modelo sin nombre',
  licence: (licence) => `Licencia: ${licence}`,
  closenessTitle: (closer) => `Tan parecido como el ${share(closer)} más parecido de todos los pares`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, { one: 'Otro modelo es casi igual', other: `Otros ${number(count)} modelos son casi iguales` }),
  unlike: 'Ningún modelo se parece de verdad. Estos son los más cercanos.',
  noneFiltered: 'Ningún modelo cumple estos filtros. Quita alguno.',
  none: 'Este sitio no tiene ningún otro modelo que mostrar.',
  copied: (count) => plural(count, { one: 'Se copió un modelo.', other: `Se copiaron ${number(count)} modelos.` }),
  notCopied: 'Este navegador no permite copiar a esta página. Los navegadores solo lo permiten por https.',
  why: '¿Por qué?',
  add: 'Añadir a búsqueda',
  close: 'Cercano',
  fairlyClose: 'Bastante cercano',
  distant: 'Lejano',
  detailsSpoken: (name) => `Detalles: ${name}`,
  likeShared: 'Modelos parecidos a una imagen que alguien compartió',
  likeSeveral: 'Modelos parecidos a la combinación de estas imágenes',
  named: (words) => `Modelos para ${quoted(words)}`,
  fewNamed: (words) =>
    `Pocos modelos tienen las palabras ${quoted(words)}. Por eso cuentan tanto la imagen como las palabras.`,
  among: (count, words) =>
    plural(count, {
      one: `En el único modelo para ${quoted(words)}`,
      other: `Entre los ${number(count)} modelos para ${quoted(words)}`,
    }),
  linkCopied: 'Se copió el enlace. Muestra estos modelos, pero no tu imagen.',
  addSpoken: (name) => `Añadir a búsqueda: ${name}`,
  whySpoken: (name) => `Por qué se parece: ${name}`,
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
  atMost: (models) => `≤ ${number(models)}`,
  rest: (values) => `${number(values)} más: escribe para encontrarlos`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'La búsqueda se está cargando. Ya puedes elegir una imagen.',
  ready: (models) =>
    plural(models, {
      one: 'Un modelo está listo para la búsqueda.',
      other: `${number(models)} modelos están listos para la búsqueda.`,
    }),
  searching: 'Buscando.',
  named: (count, name) =>
    plural(count, {
      one: `Se encontró un modelo. Es ${name}.`,
      other: `Se encontraron ${number(count)} modelos. El primero es ${name}.`,
    }),
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
    `Ningún modelo de este catálogo tiene las palabras ${quoted(text)}. Prueba con otras palabras o suelta una imagen.`,
  all: (count) =>
    plural(count, { one: 'Mostrar el único resultado', other: `Mostrar los ${number(count)} resultados` }),
  offered: (count) =>
    plural(count, {
      zero: 'Ningún nombre.',
      one: 'Un nombre. Elígelo con las flechas.',
      other: `${number(count)} nombres. Elige con las flechas.`,
    }),
};

/** @type {import('./words.js').Words['intake']} */
export const intake = {
  folder: 'Eso es una carpeta. Suelta mejor una imagen de ella.',
  link: 'Eso es texto. No es un archivo de imagen ni un enlace a una imagen o a un modelo de Sketchfab. Guarda primero la imagen en este dispositivo y suelta después el archivo guardado.',
  nothing: 'No hay ninguna imagen con la que buscar. Suelta un archivo de imagen.',
  clipboardText:
    'El portapapeles contiene texto, pero ninguna imagen ni un enlace a una imagen o a un modelo de Sketchfab. Copia una imagen y pega otra vez.',
  clipboardEmpty: 'El portapapeles no contiene ninguna imagen. Copia una imagen y pega otra vez.',
  unreadable: (name) =>
    `No se pudo leer el archivo ${quoted(name)}. Puede que se haya movido o que otro programa lo esté usando. Elígelo otra vez.`,
  large: (name, bytes, limit) =>
    `El archivo ${quoted(name)} es demasiado grande: tiene ${megabytes(bytes)} MB, y esta página lee como máximo ${megabytes(limit)} MB. Reduce la imagen e inténtalo otra vez.`,
  sample: (name) => `No se pudo cargar el ejemplo ${quoted(name)}. Comprueba la conexión o elige una imagen tuya.`,
};

const BROWSERS = 'Chrome o Edge 91, Firefox 114, Safari 16.4 o una versión posterior';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `Este navegador no ejecuta WebAssembly. La búsqueda lo necesita. Puede que un ajuste de privacidad lo haya desactivado. Usa ${BROWSERS}.`,
  noSimd: `El WebAssembly de este navegador no tiene SIMD. La búsqueda lo necesita para ser rápida. Usa ${BROWSERS}.`,
  noModuleWorker: `Este navegador no ejecuta módulos en workers. La búsqueda los necesita. Usa ${BROWSERS}.`,
  file: 'Esta página se abrió como archivo. Los navegadores no dejan que una página así cargue sus datos. Sirve su carpeta por http, por ejemplo con «recasketch serve CARPETA», y abre la dirección que muestra el programa.',
};

const OWNER =
  'Si vuelve a ocurrir, el responsable de este sitio debería publicar la carpeta entera que escribió «recasketch embed».';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) => `No hay conexión, y ${file} aún no se ha descargado. Conéctate a la red y vuelve a empezar.`,
  unreachable: (file) =>
    `No se pudo descargar el archivo ${file}: el servidor no respondió. Comprueba la conexión y vuelve a empezar.`,
  brokeOff: (file, came, bytes) =>
    `La descarga de ${file} se interrumpió tras ${megabytes(came)} de ${megabytes(bytes)} MB. Comprueba la conexión y vuelve a empezar.`,
  missing: (file) =>
    `Falta el archivo ${file} en este sitio (404). Puede que el sitio esté cambiando ahora mismo. Vuelve a empezar dentro de un minuto. ${OWNER}`,
  refused: (file, status) =>
    `El servidor rechazó ${file} con el estado ${status}. Vuelve a empezar dentro de un minuto. ${OWNER}`,
  html: (file) =>
    `El servidor envió una página web en lugar de ${file}. Algunos servidores lo hacen cuando falta un archivo. ${OWNER}`,
  length: (file, bytes, came) =>
    `El archivo ${file} no coincide con manifest.json: se esperaban ${bytes} bytes y se recibieron ${came}. Puede que el sitio esté cambiando ahora mismo. Vuelve a empezar dentro de un minuto. ${OWNER}`,
  digest: (file) =>
    `El archivo ${file} no coincide con manifest.json: su longitud es correcta, pero su contenido no. Puede que el sitio esté cambiando ahora mismo o que la transferencia se dañara. Vuelve a empezar dentro de un minuto. ${OWNER}`,
  json: (file) => `No se puede leer el archivo ${file}: no es JSON. ${OWNER}`,
  version: (version, known) =>
    `El archivo manifest.json tiene la versión ${version}, pero esta página lee la versión ${known}. La página y sus datos se publicaron en momentos distintos. Recarga la página. ${OWNER}`,
  manifest: (field) =>
    `El archivo manifest.json no se puede usar: su entrada «${field}» falta o es incorrecta. ${OWNER}`,
  foreign: (file) => `El archivo manifest.json nombra ${file}, que no está en este sitio. ${OWNER}`,
  rows: (models, rows) =>
    `El catálogo no corresponde a los vectores: tiene ${rows} entradas para ${models} modelos. ${OWNER}`,
  glue: `El archivo recasketch.js no se puede usar. Puede que falte o que su versión no sea la del módulo de WebAssembly. Recarga la página. ${OWNER}`,
  module: (file) =>
    `Este navegador no pudo iniciar el archivo ${file}. Recarga la página. Si eso no ayuda, usa ${BROWSERS}.`,
  worker: `No se pudo cargar el archivo worker.js o un archivo que este necesita. Comprueba la conexión y vuelve a empezar. ${OWNER}`,
  elsewhere: (origin) =>
    `La búsqueda de ${origin} no puede iniciarse en esta página. El servidor de ${origin} debe enviar la cabecera Access-Control-Allow-Origin. Si esta página tiene una Content-Security-Policy, esta debe permitir workers de blob: y scripts de ${origin}.`,
  policy: (directive, origin) =>
    `La política de esta página (Content-Security-Policy, ${directive}) no permite que la búsqueda se inicie. Debe permitir workers y scripts de ${origin}. Si exige Trusted Types, también debe permitir la política ${quoted('recasketch')}.`,
  otherVersion: (site, here) =>
    `El sitio se creó con recasketch ${site}, pero esta página tiene la búsqueda de recasketch ${here}. Quien administra esta página debería instalar el paquete recasketch@${site}.`,
  notStarted: (said) =>
    `Este navegador no inició un worker, y esta página necesita uno. El mensaje del navegador: ${quoted(said)}. Puede que lo prohíba la política de la página (Content-Security-Policy) o una extensión del navegador. Desactiva las extensiones y recarga la página.`,
  undecodable: (file) =>
    `La búsqueda está desactivada porque falló su autocomprobación: el archivo ${file} no se puede decodificar. Puede que esté dañado. ${OWNER}`,
  otherImage: (file, details) =>
    `La búsqueda está desactivada porque falló su autocomprobación: el archivo ${file} da aquí números distintos que al crear el sitio. O el archivo y manifest.json tienen versiones distintas, o este navegador calcula de forma diferente. Recarga la página. ${OWNER} Detalles, en inglés: ${isolated(details)}`,
  otherwise: (file, details) =>
    `La búsqueda está desactivada porque este navegador calcula de forma diferente que el ordenador que creó el sitio. El archivo ${file} es el correcto, pero da aquí números distintos. Comunícalo, por favor, con el nombre y la versión del navegador. Detalles, en inglés: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'La búsqueda se detuvo de forma inesperada. Puede que esta imagen necesite más memoria de la que da el navegador. Vuelve a empezar. Si se detiene otra vez, prueba con una imagen más pequeña.',
  broke:
    'La búsqueda se detuvo por un error de programación. Vuelve a empezar. Si se detiene otra vez con la misma imagen, comunícalo, por favor.',
  silent:
    'La búsqueda no respondió durante más de un minuto y se detuvo. Vuelve a empezar. Si vuelve a ocurrir, recarga la página.',
  unknownModel: 'Este enlace nombra un modelo que no está en este catálogo. Suelta una imagen o prueba un ejemplo.',
  unexpected: 'Algo salió mal en esta página. Recárgala e inténtalo otra vez.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) =>
    `Esta imagen no se puede leer. Guárdala como JPEG o PNG e inténtalo otra vez. Detalles, en inglés: ${isolated(details)}`,
  Image: (details) => `Esta imagen no se puede usar. Prueba con otra. Detalles, en inglés: ${isolated(details)}`,
  Panic: () =>
    'Esta imagen no se puede leer: falló el decodificador, y el navegador tampoco puede mostrar la imagen. Puede que el archivo esté dañado. Guárdalo como JPEG o PNG e inténtalo otra vez.',
  Memory: () => 'Esta imagen necesita más memoria de la que da el navegador. Hazla más pequeña e inténtalo otra vez.',
  Link: (details) => `Este enlace no se puede abrir. Detalles, en inglés: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'La parte elegida. Las flechas la mueven. Mayúsculas y las flechas cambian su tamaño.',
  proposal: 'Buscar solo esta parte.',
  place: (left, top, width, height) =>
    `${percent(left)} desde la izquierda, ${percent(top)} desde arriba, ${percent(width)} de ancho, ${percent(height)} de alto`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'Guardada en este dispositivo. La página ya funciona sin conexión.',
  full: 'Este dispositivo no tiene espacio suficiente para guardar la búsqueda. La página necesita la red en cada visita.',
  refused:
    'Este navegador no guarda esta página, así que la página necesita la red en cada visita. Puede que la ventana sea privada o que la página venga por http en lugar de https.',
  renewed: 'Hay lista una versión más nueva de esta página. Cierra todas las pestañas de esta página para usarla.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `No parecidos a ${quoted(name)}`,
  remove: (name) => `Quitar ${quoted(name)}`,
  most: (most) =>
    `Solo se usan las primeras ${number(most)} imágenes. Una búsqueda con más imágenes no da un resultado claro.`,
};

/** @type {import('./words.js').Words['details']} */
export const details = {
  open: 'Abrir su página',
  viewer: 'Ver en 3D',
  labels: 'Categorías y etiquetas',
  filterBy: (value) => `Mostrar solo modelos con ${quoted(value)}`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Visor de Sketchfab: ${name}`,
  from: 'Este visor viene de sketchfab.com. Ese sitio sabrá qué modelo miras. No sabrá nada de tu imagen.',
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
  comparing: 'Comparando las dos imágenes …',
  mostly: (score, places) =>
    places.length > 0
      ? `${percent(score)} de parecido, sobre todo por lo que está ${listed(places)} de la imagen.`
      : `${percent(score)} de parecido, un poco por toda la imagen.`,
  picture: (name, places) =>
    places.length > 0
      ? `${name}: el parecido está sobre todo ${listed(places)}`
      : `${name}: el parecido está por todas partes`,
  contribution: (contribution, score) => `${cosine(contribution)} de ${cosine(score)}`,
  how: 'Cada imagen se muestra como el cuadrado que vio la red. Cuanto más clara es una región, más aporta al parecido. El parecido es la suma de todas las regiones. Una parte de él compara lo que las imágenes enteras probablemente muestran. Esa parte se reparte por igual entre todas las regiones.',
  mirrored:
    'La imagen del modelo se parece como imagen reflejada: la izquierda de una imagen es la derecha de la otra.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `Esa imagen está en ${isolated(host)}. Si la pides, ${isolated(host)} sabrá tu dirección IP y que quieres esta imagen, como en cualquier visita. No se envía nada más.`,
  fetch: 'Pedir la imagen',
  cancel: 'Cancelar',
  fetching: (host) => `Pidiendo la imagen a ${isolated(host)}…`,
  unreadable: (host) =>
    `${isolated(host)} no deja que otros sitios lean esta imagen, o no se pudo conectar. Guarda la imagen en este dispositivo y suelta después el archivo guardado.`,
  refused: (host, status) =>
    `${isolated(host)} no envió esta imagen (estado ${status}). Comprueba el enlace, o guarda la imagen y suelta el archivo guardado.`,
  other: (host) =>
    `El enlace a ${isolated(host)} no lleva a una imagen. Puede que lleve a una página con una imagen. Copia la dirección de la propia imagen, o guarda la imagen y suelta el archivo guardado.`,
  large: (host) =>
    `La imagen de ${isolated(host)} tiene más de 50 MB. Guárdala, redúcela y suelta el archivo guardado.`,
  slow: (host) =>
    `${isolated(host)} tardó más de 20 segundos. Inténtalo otra vez, o guarda la imagen y suelta el archivo guardado.`,
};
