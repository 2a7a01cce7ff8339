/** The page's words in Arabic. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('ar');
/** @param {string} text */
const quoted = (text) => `«${isolated(text)}»`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: 'لا يُرفع أي شيء',
  title: 'اعثر على نماذج ثلاثية الأبعاد تشبه صورتك',
  drop: 'أفلت صورة في أي مكان',
  choose: 'اختر ملفًا',
  paste: 'أو ألصق صورة بالضغط على Ctrl+V',
  pasteOnMac: 'أو ألصق صورة بالضغط على ⌘V',
  starting: 'يجري تحميل البحث…',
  samples: 'أو جرّب إحدى هذه الصور',
  how: 'كيف يعمل هذا؟',
  howEmbed:
    'تعمل شبكة عصبية (الطبقات الأولى من VGG16) داخل متصفحك وتحوّل صورتك إلى قائمة أرقام تصف أشكالها وملامسها وألوانها.',
  howSearch:
    'وقد جرى الأمر نفسه مسبقًا لصورة كل نموذج. تُعرض النماذج التي تشير أرقامها إلى الاتجاه نفسه تقريبًا؛ والنسبة المئوية هي جيب التمام بينهما، ‎100% للصور المتطابقة.',
  howPrivate:
    'لا تُرسل صورتك إلى أي مكان: لا تنزّل هذه الصفحة إلا ملفاتها، وتستمر في العمل بعد قطع الاتصال. ولا يُطلب شيء من موقع آخر إلا بأمرك: صورة تأتي برابطها، وعارض Sketchfab ثلاثي الأبعاد.',
  release: 'أفلت للبحث',
  names: 'أو اسم نموذج أو رابطه',
  showMore: 'عرض المزيد',
  copyJson: 'نسخ بصيغة JSON',
  copyCsv: 'نسخ بصيغة CSV',
  clearFilters: 'إزالة المرشحات',
  sort: 'الترتيب',
  sortCloseness: 'الأكثر شبهًا أولًا',
  sortName: 'حسب الاسم',
  sortAuthor: 'حسب المؤلف',
  sortLicence: 'حسب الترخيص',
  crop: 'ابحث عن جزء منها',
  cropWhole: 'ابحث عن الصورة كاملة',
  copyLink: 'نسخ الرابط',
  add: 'إضافة صورة أخرى',
  parts: 'صور يُبحث بها معًا',
  camera: 'التقاط صورة',
  cancel: 'إلغاء',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: نماذج ثلاثية الأبعاد تشبه صورتك',
  results: (name, site) => `مثل ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'أفلت صورة هنا', label: 'ابحث عن نماذج ثلاثية الأبعاد بصورة' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `يجري تحميل البحث: ${megabytes(loaded)} من ${megabytes(total)} ميغابايت`,
  checking: 'يجري التحقق من أن هذا المتصفح يحسب كما ينبغي…',
  ready: (models) =>
    plural(models, {
      one: 'نموذج واحد جاهز للبحث',
      two: 'نموذجان جاهزان للبحث',
      few: `${number(models)} نماذج جاهزة للبحث`,
      many: `${number(models)} نموذجًا جاهزًا للبحث`,
      other: `${number(models)} نموذج جاهز للبحث`,
    }),
  layer: (layer, layers) => `يجري النظر في الصورة: الطبقة ${layer} من ${layers}…`,
  searching: 'يجري البحث…',
  stopped: 'توقف البحث',
  cancelled: 'أُلغي التحميل، ولم يبدأ البحث.',
};

/** @type {import('./words.js').Words['query']} */
export const query = {
  image: 'صورتك',
  sample: 'مثال',
  model: 'نموذج',
  pasted: 'صورة ملصقة',
  unnamed: 'بلا اسم',
  link: 'رابط',
  shared: 'صورة شاركها شخص ما',
  several: (count) =>
    plural(count, { one: 'صورة واحدة', two: 'صورتان', few: `${number(count)} صور`, other: `${number(count)} صورة` }),
};

/** @type {import('./words.js').Words['results']} */
export const results = {
  like: (name) => `نماذج مثل ${quoted(name)}`,
  likeImage: 'نماذج تشبه صورتك',
  searched: (models, milliseconds) => `بُحث في ${number(models)} خلال ${seconds(milliseconds)} ث`,
  score: percent,
  scoreTitle: (score) =>
    `تشابه جيب التمام ${cosine(score)}: مدى اتجاه سمات الصورتين إلى الاتجاه نفسه؛ وهو ‎1.000 للصور المتطابقة`,
  scoreSpoken: (score) => `نسبة الشبه ${percent(score)}`,
  more: 'المزيد مثله',
  moreSpoken: (name) => `المزيد مثل: ${name}`,
  view: 'عرض في ',
  sketchfab: 'Sketchfab',
  newTab: '، يُفتح في علامة تبويب جديدة',
  unnamed: 'نموذج بلا اسم',
  licence: (licence) => `الترخيص: ${licence}`,
  closeness: (closer) => `أعلى ${share(closer)}`,
  closenessTitle: (closer) => `ضمن ${share(closer)} من أزواج هذا الفهرس الأكثر شبهًا`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, {
      one: 'نموذج آخر مطابق تقريبًا',
      two: 'نموذجان آخران مطابقان تقريبًا',
      few: `${number(count)} نماذج أخرى مطابقة تقريبًا`,
      many: `${number(count)} نموذجًا آخر مطابقًا تقريبًا`,
      other: `${number(count)} نموذج آخر مطابق تقريبًا`,
    }),
  unlike: 'لا شيء يشبهها حقًا. هذه هي الأقرب.',
  noneFiltered: 'لا يجتاز أي نموذج هذه المرشحات. أزل أحدها.',
  none: 'ليس في هذا الموقع نموذج آخر لعرضه.',
  copied: (count) =>
    plural(count, {
      one: 'نُسخ نموذج واحد.',
      two: 'نُسخ نموذجان.',
      few: `نُسخت ${number(count)} نماذج.`,
      many: `نُسخ ${number(count)} نموذجًا.`,
      other: `نُسخ ${number(count)} نموذج.`,
    }),
  notCopied: 'لا يسمح هذا المتصفح لهذه الصفحة بالنسخ. لا تسمح المتصفحات بذلك إلا عبر https.',
  likeShared: 'نماذج تشبه صورة شاركها شخص ما',
  likeSeveral: 'نماذج تشبه هذه الصور معًا',
  linkCopied: 'نُسخ الرابط. من يفتحه يرى هذه النماذج ولا يرى صورتك.',
  addSpoken: (name) => `إضافة إلى ما يُبحث به: ${name}`,
  whySpoken: (name) => `لماذا يشبهها: ${name}`,
  viewerSpoken: (name) => `عرض ثلاثي الأبعاد من Sketchfab: ${name}`,
};

/** @type {import('./words.js').Words['filters']} */
export const filters = {
  category: 'الفئة',
  tag: 'الوسم',
  licence: 'الترخيص',
  author: 'المؤلف',
  chosen: (facet, values) =>
    `${facet}: ${isolated(values[0])}${values.length > 1 ? ` +${number(values.length - 1)}` : ''}`,
  find: 'بحث',
  findIn: (facet) => `بحث في: ${facet}`,
  count: number,
  rest: (values) => `${number(values)} أخرى: اكتب للعثور عليها`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'يجري تحميل البحث. يمكنك اختيار صورة من الآن.',
  ready: (models) => `جاهز للبحث في ${number(models)} من النماذج.`,
  searching: 'يجري البحث.',
  found: (count, name, score) =>
    plural(count, {
      one: `عُثر على نموذج واحد. هو ${name}، نسبة الشبه ${percent(score)}.`,
      two: `عُثر على نموذجين. الأقرب هو ${name}، نسبة الشبه ${percent(score)}.`,
      few: `عُثر على ${number(count)} نماذج. الأقرب هو ${name}، نسبة الشبه ${percent(score)}.`,
      many: `عُثر على ${number(count)} نموذجًا. الأقرب هو ${name}، نسبة الشبه ${percent(score)}.`,
      other: `عُثر على ${number(count)} نموذج. الأقرب هو ${name}، نسبة الشبه ${percent(score)}.`,
    }),
  cancelled: 'أُلغي البحث.',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: 'ابدأ من جديد', dismiss: 'إغلاق هذه الرسالة', close: 'إغلاق' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) => `لا يوجد في هذا الفهرس نموذج باسم ${quoted(text)}. جرّب حروفًا أقل، أو أفلت صورة.`,
  offered: (count) =>
    plural(count, {
      zero: 'لا أسماء.',
      one: 'اسم واحد. اختره بمفاتيح الأسهم.',
      two: 'اسمان. اختر بمفاتيح الأسهم.',
      few: `${number(count)} أسماء. اختر بمفاتيح الأسهم.`,
      many: `${number(count)} اسمًا. اختر بمفاتيح الأسهم.`,
      other: `${number(count)} اسم. اختر بمفاتيح الأسهم.`,
    }),
};

/** @type {import('./words.js').Words['intake']} */
export const intake = {
  folder: 'هذا مجلد. أفلت صورة منه بدلًا من ذلك.',
  link: 'هذا نص، وليس ملف صورة ولا رابطًا إلى صورة أو إلى نموذج في Sketchfab. احفظ الصورة على هذا الجهاز أولًا، ثم أفلت الملف المحفوظ.',
  nothing: 'لم يُفلت شيء يمكن البحث به. أفلت ملف صورة.',
  clipboardText:
    'تحتوي الحافظة على نص، لا على صورة ولا على رابط إلى صورة أو إلى نموذج في Sketchfab. انسخ صورة وألصق من جديد.',
  clipboardEmpty: 'لا توجد صورة في الحافظة. انسخ صورة وألصق من جديد.',
  unreadable: (name) => `تعذرت قراءة الملف ${quoted(name)}. ربما نُقل أو هو قيد الاستخدام؛ اختره من جديد.`,
  large: (name, bytes, limit) =>
    `حجم الملف ${quoted(name)} هو ${megabytes(bytes)} ميغابايت، أكثر من ${megabytes(limit)} ميغابايت التي تقرؤها هذه الصفحة. صغّر الصورة وحاول من جديد.`,
  sample: (name) => `تعذر تحميل المثال ${quoted(name)}. تحقق من الاتصال، أو اختر صورة من عندك.`,
};

const BROWSERS = 'Chrome أو Edge 91، أو Firefox 114، أو Safari 16.4، أو أي إصدار أحدث';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `لا يشغّل هذا المتصفح WebAssembly الذي يتكون منه البحث؛ ربما عطّله إعداد للخصوصية. تعمل هذه المتصفحات: ${BROWSERS}.`,
  noSimd: `ينقص WebAssembly في هذا المتصفح دعم SIMD الذي يحتاجه البحث ليكون سريعًا. تعمل هذه المتصفحات: ${BROWSERS}.`,
  noModuleWorker: `لا يشغّل هذا المتصفح الوحدات داخل العمال حيث يجري البحث. تعمل هذه المتصفحات: ${BROWSERS}.`,
  file: 'فُتحت هذه الصفحة كملف، وعندها لا تسمح لها المتصفحات بتحميل بياناتها. قدّم مجلدها عبر http، مثلًا بالأمر «recasketch serve FOLDER»، وافتح العنوان الذي يطبعه.',
};

const OWNER = 'إن استمر الأمر، فعلى من يدير هذا الموقع أن ينشر كامل المجلد الذي كتبه «recasketch embed».';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) => `أنت غير متصل، ولم يُنزَّل ${isolated(file)} بعد. اتصل بالشبكة ثم ابدأ من جديد.`,
  unreachable: (file) => `تعذر تنزيل الملف ${isolated(file)}: لم يُجب الخادم. تحقق من الاتصال ثم ابدأ من جديد.`,
  brokeOff: (file, came, bytes) =>
    `انقطع تنزيل ${isolated(file)} بعد ${megabytes(came)} من ${megabytes(bytes)} ميغابايت. تحقق من الاتصال ثم ابدأ من جديد.`,
  missing: (file) =>
    `الملف ${isolated(file)} مفقود من هذا الموقع (404). ربما يتغير الموقع الآن: ابدأ من جديد بعد دقيقة. ${OWNER}`,
  refused: (file, status) => `رفض الخادم ${isolated(file)} بالحالة ${status}. ابدأ من جديد بعد دقيقة. ${OWNER}`,
  html: (file) => `وصلت صفحة ويب بدل ${isolated(file)}؛ بعض الخوادم ترسل صفحة عند فقدان ملف. ${OWNER}`,
  length: (file, bytes, came) =>
    `الملف ${isolated(file)} ليس الملف الذي يسميه manifest.json: المتوقع ${bytes} بايت ووصل ${came}. ربما يتغير الموقع الآن: ابدأ من جديد بعد دقيقة. ${OWNER}`,
  digest: (file) =>
    `الملف ${isolated(file)} ليس الملف الذي يسميه manifest.json: طوله صحيح ومحتواه ليس كذلك. ربما يتغير الموقع الآن أو تضرر النقل: ابدأ من جديد بعد دقيقة. ${OWNER}`,
  json: (file) => `تعذرت قراءة الملف ${isolated(file)}: ليس JSON. ${OWNER}`,
  version: (version, known) =>
    `الملف manifest.json من الإصدار ${version} وهذه الصفحة تقرأ الإصدار ${known}. نُشرت الصفحة وبياناتها في وقتين مختلفين: أعد تحميل الصفحة. ${OWNER}`,
  manifest: (field) => `لا يمكن استخدام الملف manifest.json: المدخل «${field}» مفقود أو خاطئ. ${OWNER}`,
  foreign: (file) => `يسمي الملف manifest.json الملف ${isolated(file)}، وهو ليس في هذا الموقع. ${OWNER}`,
  rows: (models, rows) => `الفهرس لا يخص هذه المتجهات: ${rows} مدخلًا مقابل ${models} نموذجًا. ${OWNER}`,
  glue: `لا يمكن استخدام الملف recasketch.js؛ ربما هو مفقود أو من إصدار غير إصدار الوحدة. أعد تحميل الصفحة. ${OWNER}`,
  module: (file) =>
    `تعذر على هذا المتصفح تشغيل الملف ${isolated(file)}. أعد تحميل الصفحة؛ فإن لم يفد ذلك، تعمل هذه المتصفحات: ${BROWSERS}.`,
  worker: `تعذر تحميل الملف worker.js أو ملف يحتاجه. تحقق من الاتصال ثم ابدأ من جديد. ${OWNER}`,
  elsewhere: (origin) =>
    `لا يمكن أن يبدأ بحث ${isolated(origin)} في هذه الصفحة. يجب أن يرسل خادمه الترويسة Access-Control-Allow-Origin، وأن تسمح سياسة هذه الصفحة (Content-Security-Policy)، إن وُجدت، بعمال من blob: وبنصوص برمجية من ${isolated(origin)}.`,
  policy: (directive, origin) =>
    `لا تسمح سياسة هذه الصفحة (Content-Security-Policy، ${isolated(directive)}) ببدء البحث. يجب أن تسمح بالعمال والنصوص البرمجية من ${isolated(origin)}، وحيث تشترط Trusted Types، بالسياسة «recasketch».`,
  notStarted: (said) =>
    `لم يبدأ هذا المتصفح العامل الذي تعمل فيه هذه الصفحة. قال المتصفح: ${isolated(said)}. ربما تمنعه سياسة الصفحة (Content-Security-Policy) أو إضافة من إضافات المتصفح.`,
  undecodable: (file) =>
    `أُوقف البحث لأن اختباره الذاتي فشل: تعذر فك ترميز الملف ${isolated(file)}. ربما هو تالف. ${OWNER}`,
  otherImage: (file, details) =>
    `أُوقف البحث لأن اختباره الذاتي فشل: يعطي الملف ${isolated(file)} هنا أرقامًا غير التي أعطاها عند إعداد الموقع. إما أنه من إصدار غير إصدار manifest.json، أو أن هذا المتصفح يحسب على نحو مختلف. أعد تحميل الصفحة. ${OWNER} التفاصيل بالإنجليزية: ${isolated(details)}`,
  otherwise: (file, details) =>
    `أُوقف البحث لأن هذا المتصفح يحسب على نحو مختلف عن الجهاز الذي أعد الموقع: الملف ${isolated(file)} هو الصحيح ويعطي هنا أرقامًا أخرى. نرجو الإبلاغ عن ذلك مع اسم المتصفح وإصداره. التفاصيل بالإنجليزية: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'توقف البحث على نحو غير متوقع، ربما لأن هذه الصورة تحتاج إلى ذاكرة أكثر مما يعطيه المتصفح. ابدأ من جديد، وجرّب صورة أصغر إن توقف ثانية.',
  broke: 'توقف البحث بسبب خطأ فيه. ابدأ من جديد. إن توقف ثانية عند الصورة نفسها فنرجو الإبلاغ عن ذلك.',
  silent: 'لم يقل البحث شيئًا منذ أكثر من دقيقة، فأُوقف. ابدأ من جديد. إن استمر الأمر فأعد تحميل الصفحة.',
  unknownModel: 'يسمي هذا الرابط نموذجًا ليس في هذا الفهرس. أفلت صورة، أو جرّب مثالًا.',
  unexpected: 'حدث خطأ في هذه الصفحة. أعد تحميلها وحاول من جديد.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) =>
    `تعذرت قراءة هذه الصورة؛ احفظها بصيغة JPEG أو PNG وحاول من جديد. التفاصيل بالإنجليزية: ${isolated(details)}`,
  Image: (details) => `لا يمكن استخدام هذه الصورة؛ جرّب غيرها. التفاصيل بالإنجليزية: ${isolated(details)}`,
  Panic: () =>
    'تعذرت قراءة هذه الصورة: لقد عطلت مفكك الترميز، والمتصفح لا يعرضها أيضًا. ربما الملف تالف؛ احفظها بصيغة JPEG أو PNG وحاول من جديد.',
  Memory: () => 'تحتاج هذه الصورة إلى ذاكرة أكثر مما يعطيه المتصفح. صغّرها وحاول من جديد.',
  Link: (details) => `تعذر اتباع هذا الرابط. التفاصيل بالإنجليزية: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'الجزء الذي يُبحث عنه. تحركه مفاتيح الأسهم، ومع Shift تغير حجمه.',
  place: (left, top, width, height) =>
    `${percent(left)} من اليسار، ${percent(top)} من الأعلى، العرض ${percent(width)}، الارتفاع ${percent(height)}`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'محفوظة على هذا الجهاز: تعمل الصفحة الآن بلا شبكة.',
  full: 'لا مساحة على هذا الجهاز لحفظ البحث، لذا تحتاج الصفحة إلى الشبكة كل مرة.',
  refused:
    'لا يحفظ هذا المتصفح شيئًا من هذه الصفحة، كما في نافذة خاصة أو عبر http العادي، لذا تحتاج الصفحة إلى الشبكة كل مرة.',
  renewed: 'يوجد إصدار أحدث من هذه الصفحة. سيأتي بعد إغلاق كل علامات تبويبها.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `لا تشبه ${quoted(name)}`,
  remove: (name) => `إزالة ${quoted(name)}`,
  most: (most) => `يُبحث بأول ${number(most)} صورة معًا؛ فأكثر من ذلك دفعة واحدة لا يقول شيئًا واضحًا.`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `عارض Sketchfab: ${name}`,
  from: 'يأتي هذا العارض من sketchfab.com، فيعلم الموقع أن هذا النموذج يُشاهَد، ولا يعلم شيئًا عن صورتك.',
};

const zones = [
  'أعلى اليسار',
  'الأعلى',
  'أعلى اليمين',
  'اليسار',
  'الوسط',
  'اليمين',
  'أسفل اليسار',
  'الأسفل',
  'أسفل اليمين',
];
/** @param {readonly import('./words.js').Place[]} places */
const listed = (places) => places.map(({ zone, share }) => `${zones[zone]} (${percent(share)})`).join(' و');

/** @type {import('./words.js').Words['why']} */
export const why = {
  title: (name) => `لماذا يشبهها ${quoted(name)}`,
  mostly: (score, places) =>
    places.length > 0
      ? `تشابه ${percent(score)}، معظمه من ${listed(places)} في الصورة.`
      : `تشابه ${percent(score)}، قليل منه في كل مكان من الصورة.`,
  picture: (name, places) =>
    places.length > 0 ? `${name}: معظم التشابه في ${listed(places)}` : `${name}: التشابه في كل مكان`,
  share: (share, score) => `${cosine(share)} من ${cosine(score)}`,
  how: 'تُعرض كل صورة كالمربع الذي رأته الشبكة. كلما كانت المنطقة أفتح زاد ما تضيفه؛ والمناطق كلها معًا هي النسبة. وما يُرجَّح أن تُظهره الصورة كلها موزَّع عليها جميعًا.',
  mirrored: 'صورة النموذج تشبهها معكوسةً: يسار إحداهما يمين الأخرى.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `توجد تلك الصورة على ${isolated(host)}. جلبها يُعلِم ${isolated(host)} بعنوان شبكتك وبأنك تريد هذه الصورة، كما لو زرته؛ ولا يُرسل شيء آخر.`,
  fetch: 'جلب الصورة',
  cancel: 'إلغاء',
  fetching: (host) => `يجري الطلب من ${isolated(host)} …`,
  unreadable: (host) =>
    `لا يسمح ${isolated(host)} لمواقع أخرى بقراءة هذه الصورة، أو تعذر الوصول إليه. احفظ الصورة على هذا الجهاز، ثم أفلت الملف المحفوظ.`,
  refused: (host, status) =>
    `لم يقدم ${isolated(host)} هذه الصورة (الحالة ${status}). تحقق من الرابط، أو احفظ الصورة وأفلت الملف المحفوظ.`,
  other: (host) =>
    `ما في هذا الرابط على ${isolated(host)} ليس صورة، بل ربما صفحة فيها صورة. انسخ عنوان الصورة نفسها، أو احفظ الصورة وأفلت الملف المحفوظ.`,
  large: (host) => `حجم الصورة على ${isolated(host)} أكبر من 50 م.ب. احفظها وصغّرها ثم أفلت الملف المحفوظ.`,
  slow: (host) => `استغرق ${isolated(host)} أكثر من 20 ثانية. حاول من جديد، أو احفظ الصورة وأفلت الملف المحفوظ.`,
};
