/** The page's words in Arabic. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('ar');
/** @param {string} text */
const quoted = (text) => `«${isolated(text)}»`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: 'لا يُرفع أي شيء',
  title: 'اعثر على نماذج ثلاثية الأبعاد تشبه صورتك',
  drop: 'أفلت صورة في أي مكان من الصفحة',
  choose: 'اختر ملفًا',
  paste: 'أو ألصق صورة بالضغط على Ctrl+V',
  pasteOnMac: 'أو ألصق صورة بالضغط على ⌘V',
  starting: 'يجري تحميل البحث…',
  samples: 'أو جرّب إحدى هذه الصور',
  how: 'كيف يعمل هذا؟',
  howEmbed:
    'تعمل داخل متصفحك شبكة عصبية: الطبقات الأولى من VGG16. وهي تحوّل صورتك إلى قائمة أرقام تصف أشكالها وملامسها وألوانها.',
  howSearch:
    'وقد جرى الأمر نفسه مسبقًا لصورة كل نموذج. تعرض الصفحة النماذج التي تشير أرقامها إلى الاتجاه نفسه تقريبًا الذي تشير إليه أرقام صورتك. ومدى قرب النموذج يأتي من جيب تمام الزاوية بينهما، ويظهر في تفاصيله: ‎1.000 للصور المتطابقة.',
  howPrivate:
    'لا تُرسل صورتك إلى أي مكان. لا تنزّل هذه الصفحة إلا ملفاتها، وتستمر في العمل بعد قطع الاتصال. ولا تتصل بموقع آخر إلا إذا طلبت ذلك: لجلب صورة من رابط، ولعرض عارض Sketchfab ثلاثي الأبعاد.',
  release: 'أفلت للبحث',
  names: 'أو اكتب كلمات أو اسمًا أو رابطًا',
  wander: 'أو تجوّل هنا',
  others: 'عرض غيرها',
  clearWords: 'البحث بدون هذه الكلمات',
  likeAll: 'المزيد مما يشبه هذه كلها',
  showMore: 'عرض المزيد',
  copyJson: 'نسخ بصيغة JSON',
  copyCsv: 'نسخ بصيغة CSV',
  clearFilters: 'إزالة المرشحات',
  sort: 'الترتيب',
  sortCloseness: 'الأكثر شبهًا أولًا',
  sortName: 'حسب الاسم',
  sortAuthor: 'حسب المؤلف',
  sortLicence: 'حسب الترخيص',
  crop: 'اختر جزءًا',
  cropWhole: 'استخدم الصورة كاملة',
  copyLink: 'نسخ الرابط',
  shareLink: 'مشاركة الرابط',
  add: 'إضافة صورة أخرى',
  parts: 'صور هذا البحث',
  camera: 'التقاط صورة',
  change: 'تغيير',
  cancel: 'إلغاء',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: نماذج ثلاثية الأبعاد تشبه صورتك',
  results: (name, site) => `نماذج تشبه ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'أفلت صورة هنا', label: 'ابحث عن نماذج ثلاثية الأبعاد بصورة' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `يجري تحميل البحث: ${megabytes(loaded)} من ${megabytes(total)} ميغابايت`,
  checking: 'يجري التحقق من أن هذا المتصفح يحسب حسابًا صحيحًا…',
  ready: (models) =>
    plural(models, {
      one: 'نموذج واحد جاهز للبحث',
      two: 'نموذجان جاهزان للبحث',
      few: `${number(models)} نماذج جاهزة للبحث`,
      many: `${number(models)} نموذجًا جاهزًا للبحث`,
      other: `${number(models)} نموذج جاهز للبحث`,
    }),
  layer: (layer, layers) => `يجري تحليل الصورة: الطبقة ${layer} من ${layers}…`,
  searching: 'يجري البحث…',
  stopped: 'توقف البحث',
  cancelled: 'أُلغي التحميل. لم يبدأ البحث.',
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
  thumbnailsFrom: (hosts) =>
    `تأتي الصور المصغّرة من ${isolated(hosts)}، الذي يعرف عنوان شبكتك والنماذج التي تراها، لكنه لا يعرف صورتك.`,
  like: (name) => `نماذج مثل ${quoted(name)}`,
  likeImage: 'نماذج تشبه صورتك',
  searched: (models, milliseconds) =>
    plural(models, {
      one: `جرى البحث في نموذج واحد خلال ${seconds(milliseconds)} ث`,
      two: `جرى البحث في نموذجين خلال ${seconds(milliseconds)} ث`,
      few: `جرى البحث في ${number(models)} نماذج خلال ${seconds(milliseconds)} ث`,
      many: `جرى البحث في ${number(models)} نموذجًا خلال ${seconds(milliseconds)} ث`,
      other: `جرى البحث في ${number(models)} نموذج خلال ${seconds(milliseconds)} ث`,
    }),
  score: percent,
  scoreTitle: (score) =>
    `تشابه جيب التمام ${cosine(score)}. وهو يقارن اتجاهات سمات الصورتين. وقيمته ‎1.000 للصور المتطابقة.`,
  more: 'المزيد مثله',
  moreSpoken: (name) => `المزيد مثله: ${name}`,
  view: 'عرض في ',
  sketchfab: 'Sketchfab',
  newTab: '، يُفتح في علامة تبويب جديدة',
  unnamed: 'نموذج بلا اسم',
  licence: (licence) => `الترخيص: ${licence}`,
  closenessTitle: (closer) => `بقدر تشابه أكثر ${share(closer)} تشابهًا من جميع الأزواج`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, {
      one: 'نموذج آخر مطابق تقريبًا',
      two: 'نموذجان آخران مطابقان تقريبًا',
      few: `${number(count)} نماذج أخرى مطابقة تقريبًا`,
      many: `${number(count)} نموذجًا آخر مطابقًا تقريبًا`,
      other: `${number(count)} نموذج آخر مطابق تقريبًا`,
    }),
  unlike: 'لا يوجد نموذج مشابه حقًا. هذه هي الأقرب.',
  noneFiltered: 'لا يطابق أي نموذج هذه المرشحات. أزل أحدها.',
  none: 'ليس في هذا الموقع نموذج آخر لعرضه.',
  copied: (count) =>
    plural(count, {
      one: 'نُسخ نموذج واحد.',
      two: 'نُسخ نموذجان.',
      few: `نُسخت ${number(count)} نماذج.`,
      many: `نُسخ ${number(count)} نموذجًا.`,
      other: `نُسخ ${number(count)} نموذج.`,
    }),
  notCopied: 'لا يسمح هذا المتصفح لهذه الصفحة بالنسخ. لا تسمح المتصفحات بالنسخ إلا عبر https.',
  why: 'لماذا؟',
  add: 'إضافة إلى البحث',
  close: 'قريب',
  fairlyClose: 'قريب إلى حد ما',
  distant: 'بعيد',
  detailsSpoken: (name) => `التفاصيل: ${name}`,
  likeShared: 'نماذج تشبه صورة شاركها شخص ما',
  likeSeveral: 'نماذج تشبه مزيج هذه الصور',
  named: (words) => `نماذج لـ ${quoted(words)}`,
  fewNamed: (words) => `القليل من النماذج يحوي الكلمات ${quoted(words)}، ولذلك تُحتسب الصورة والكلمات معًا.`,
  among: (count, words) =>
    plural(count, {
      one: `ضمن النموذج الوحيد لـ ${quoted(words)}`,
      two: `ضمن النموذجين لـ ${quoted(words)}`,
      few: `ضمن ${number(count)} نماذج لـ ${quoted(words)}`,
      many: `ضمن ${number(count)} نموذجًا لـ ${quoted(words)}`,
      other: `ضمن ${number(count)} نموذج لـ ${quoted(words)}`,
    }),
  linkCopied: 'نُسخ الرابط. وهو يعرض هذه النماذج، لا صورتك.',
  addSpoken: (name) => `إضافة إلى البحث: ${name}`,
  whySpoken: (name) => `لماذا هو مشابه: ${name}`,
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
  atMost: (models) => `≤ ${number(models)}`,
  rest: (values) => `${number(values)} أخرى: اكتب للعثور عليها`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'يجري تحميل البحث. يمكنك اختيار صورة من الآن.',
  ready: (models) => `جاهز للبحث في ${number(models)} من النماذج.`,
  searching: 'يجري البحث.',
  named: (count, name) =>
    plural(count, {
      one: `عُثر على نموذج واحد. هو ${name}.`,
      two: `عُثر على نموذجين. الأول هو ${name}.`,
      few: `عُثر على ${number(count)} نماذج. الأول هو ${name}.`,
      many: `عُثر على ${number(count)} نموذجًا. الأول هو ${name}.`,
      other: `عُثر على ${number(count)} نموذج. الأول هو ${name}.`,
    }),
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
  none: (text) => `لا يوجد في هذا الفهرس نموذج فيه الكلمات ${quoted(text)}. جرّب كلمات أخرى، أو أفلت صورة.`,
  all: (count) =>
    plural(count, {
      one: 'عرض النتيجة الوحيدة',
      two: 'عرض النتيجتين',
      few: `عرض ${number(count)} نتائج كلها`,
      many: `عرض ${number(count)} نتيجة كلها`,
      other: `عرض ${number(count)} نتيجة كلها`,
    }),
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
  folder: 'هذا مجلد. أفلت صورة واحدة منه بدلًا من ذلك.',
  link: 'هذا نص. وهو ليس ملف صورة ولا رابطًا إلى صورة أو إلى نموذج في Sketchfab. احفظ الصورة على هذا الجهاز أولًا، ثم أفلت الملف المحفوظ.',
  nothing: 'لا توجد صورة للبحث بها. أفلت ملف صورة.',
  clipboardText:
    'تحتوي الحافظة على نص، وليس فيها صورة ولا رابط إلى صورة أو إلى نموذج في Sketchfab. انسخ صورة وألصق من جديد.',
  clipboardEmpty: 'لا توجد صورة في الحافظة. انسخ صورة وألصق من جديد.',
  unreadable: (name) => `تعذرت قراءة الملف ${quoted(name)}. ربما نُقل، أو ربما يستخدمه برنامج آخر. اختره من جديد.`,
  large: (name, bytes, limit) =>
    `الملف ${quoted(name)} كبير جدًا: حجمه ${megabytes(bytes)} ميغابايت، وتقرأ هذه الصفحة ${megabytes(limit)} ميغابايت على الأكثر. صغّر الصورة وحاول من جديد.`,
  sample: (name) => `تعذر تحميل المثال ${quoted(name)}. تحقق من الاتصال، أو اختر صورة من عندك.`,
};

const BROWSERS = 'Chrome أو Edge 91، أو Firefox 114، أو Safari 16.4، أو أي إصدار أحدث';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `لا يشغّل هذا المتصفح WebAssembly، والبحث يحتاج إليه. ربما عطّله إعداد للخصوصية. استخدم ${BROWSERS}.`,
  noSimd: `لا يدعم WebAssembly في هذا المتصفح SIMD، والبحث يحتاج إليه ليكون سريعًا. استخدم ${BROWSERS}.`,
  noModuleWorker: `لا يشغّل هذا المتصفح الوحدات (modules) داخل Web Workers، والبحث يحتاج إليها. استخدم ${BROWSERS}.`,
  file: 'فُتحت هذه الصفحة كملف. لا تسمح المتصفحات لصفحة كهذه بتحميل بياناتها. قدّم مجلدها عبر http، مثلًا بالأمر «recasketch serve FOLDER»، وافتح العنوان الذي يطبعه.',
};

const OWNER = 'إن تكرر ذلك، فعلى صاحب هذا الموقع أن ينشر كامل المجلد الذي كتبه «recasketch embed».';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) => `أنت غير متصل، ولم يُنزَّل ${isolated(file)} بعد. اتصل بالشبكة ثم ابدأ من جديد.`,
  unreachable: (file) => `تعذر تنزيل الملف ${isolated(file)}: لم يُجب الخادم. تحقق من الاتصال ثم ابدأ من جديد.`,
  brokeOff: (file, came, bytes) =>
    `انقطع تنزيل ${isolated(file)} بعد ${megabytes(came)} من ${megabytes(bytes)} ميغابايت. تحقق من الاتصال ثم ابدأ من جديد.`,
  missing: (file) =>
    `الملف ${isolated(file)} مفقود من هذا الموقع (404). ربما يجري تغيير الموقع الآن. ابدأ من جديد بعد دقيقة. ${OWNER}`,
  refused: (file, status) => `رفض الخادم تقديم ${isolated(file)} بالحالة ${status}. ابدأ من جديد بعد دقيقة. ${OWNER}`,
  html: (file) => `أرسل الخادم صفحة ويب بدل ${isolated(file)}. تفعل بعض الخوادم ذلك عند فقدان ملف. ${OWNER}`,
  length: (file, bytes, came) =>
    `الملف ${isolated(file)} لا يطابق manifest.json: كان المتوقع ${bytes} بايت ووصل ${came} بايت. ربما يجري تغيير الموقع الآن. ابدأ من جديد بعد دقيقة. ${OWNER}`,
  digest: (file) =>
    `الملف ${isolated(file)} لا يطابق manifest.json: طوله صحيح، لكن محتواه غير صحيح. ربما يجري تغيير الموقع الآن، أو ربما تضرر الملف أثناء النقل. ابدأ من جديد بعد دقيقة. ${OWNER}`,
  json: (file) => `تعذرت قراءة الملف ${isolated(file)}: ليس بصيغة JSON. ${OWNER}`,
  version: (version, known) =>
    `إصدار الملف manifest.json هو ${version}، لكن هذه الصفحة تقرأ الإصدار ${known}. نُشرت الصفحة وبياناتها في وقتين مختلفين. أعد تحميل الصفحة. ${OWNER}`,
  manifest: (field) => `لا يمكن استخدام الملف manifest.json: المدخل «${field}» مفقود أو خاطئ. ${OWNER}`,
  foreign: (file) => `يذكر الملف manifest.json الملف ${isolated(file)}، وهو ليس في هذا الموقع. ${OWNER}`,
  rows: (models, rows) => `لا يطابق الفهرس المتجهات: فيه ${rows} مدخلًا مقابل ${models} نموذجًا. ${OWNER}`,
  glue: `لا يمكن استخدام الملف recasketch.js. ربما هو مفقود، أو يختلف إصداره عن إصدار وحدة WebAssembly. أعد تحميل الصفحة. ${OWNER}`,
  module: (file) =>
    `تعذر على هذا المتصفح تشغيل الملف ${isolated(file)}. أعد تحميل الصفحة. إن لم يُجدِ ذلك، فاستخدم ${BROWSERS}.`,
  worker: `تعذر تحميل الملف worker.js أو ملف يحتاج إليه. تحقق من الاتصال ثم ابدأ من جديد. ${OWNER}`,
  elsewhere: (origin) =>
    `لا يمكن أن يبدأ بحث ${isolated(origin)} في هذه الصفحة. يجب أن يرسل خادم ${isolated(origin)} الترويسة Access-Control-Allow-Origin. وإن كانت لهذه الصفحة سياسة Content-Security-Policy، فيجب أن تسمح بـ Workers من blob: وبنصوص برمجية من ${isolated(origin)}.`,
  policy: (directive, origin) =>
    `لا تسمح سياسة هذه الصفحة (Content-Security-Policy، ${isolated(directive)}) ببدء البحث. يجب أن تسمح بـ Workers ونصوص برمجية من ${isolated(origin)}. وإن كانت تشترط Trusted Types، فيجب أن تسمح أيضًا بالسياسة ${quoted('recasketch')}.`,
  otherVersion: (site, here) =>
    `أُنشئ الموقع باستخدام recasketch ${isolated(site)}، لكن هذه الصفحة تستخدم بحث recasketch ${isolated(here)}. على مالك هذه الصفحة تثبيت الحزمة ${isolated(`recasketch@${site}`)}.`,
  notStarted: (said) =>
    `لم يبدأ هذا المتصفح Web Worker، وهذه الصفحة تحتاج إليه. رسالة المتصفح: ${quoted(said)}. ربما تمنعه سياسة الصفحة (Content-Security-Policy) أو إضافة في المتصفح. أوقف الإضافات ثم أعد تحميل الصفحة.`,
  undecodable: (file) =>
    `أُوقف البحث لأن اختباره الذاتي فشل: تعذر فك ترميز الملف ${isolated(file)}. ربما هو تالف. ${OWNER}`,
  otherImage: (file, details) =>
    `أُوقف البحث لأن اختباره الذاتي فشل: يعطي الملف ${isolated(file)} هنا أرقامًا تختلف عن أرقامه عند إعداد الموقع. إما أن الملف وmanifest.json من إصدارين مختلفين، أو أن هذا المتصفح يحسب على نحو مختلف. أعد تحميل الصفحة. ${OWNER} التفاصيل بالإنجليزية: ${isolated(details)}`,
  otherwise: (file, details) =>
    `أُوقف البحث لأن هذا المتصفح يحسب على نحو مختلف عن الحاسوب الذي أعد الموقع. الملف ${isolated(file)} هو الملف الصحيح، لكنه يعطي هنا أرقامًا مختلفة. نرجو الإبلاغ عن ذلك مع اسم المتصفح وإصداره. التفاصيل بالإنجليزية: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'توقف البحث على نحو غير متوقع. ربما تحتاج هذه الصورة إلى ذاكرة أكثر مما يعطيه المتصفح. ابدأ من جديد. إن توقف ثانية، فجرّب صورة أصغر.',
  broke: 'توقف البحث بسبب خطأ برمجي. ابدأ من جديد. إن توقف ثانية مع الصورة نفسها، فنرجو الإبلاغ عن ذلك.',
  silent: 'لم يستجب البحث لأكثر من دقيقة، فأُوقف. ابدأ من جديد. إن تكرر ذلك، فأعد تحميل الصفحة.',
  unknownModel: 'يشير هذا الرابط إلى نموذج ليس في هذا الفهرس. أفلت صورة، أو جرّب مثالًا.',
  unexpected: 'حدث خطأ في هذه الصفحة. أعد تحميلها وحاول من جديد.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) =>
    `تعذرت قراءة هذه الصورة. احفظها بصيغة JPEG أو PNG وحاول من جديد. التفاصيل بالإنجليزية: ${isolated(details)}`,
  Image: (details) => `لا يمكن استخدام هذه الصورة. جرّب صورة أخرى. التفاصيل بالإنجليزية: ${isolated(details)}`,
  Panic: () =>
    'تعذرت قراءة هذه الصورة: فشل مفكك الترميز، ولا يستطيع المتصفح عرضها أيضًا. ربما الملف تالف. احفظها بصيغة JPEG أو PNG وحاول من جديد.',
  Memory: () => 'تحتاج هذه الصورة إلى ذاكرة أكثر مما يعطيه المتصفح. صغّرها وحاول من جديد.',
  Link: (details) => `تعذر فتح هذا الرابط. التفاصيل بالإنجليزية: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'الجزء المختار. تحركه مفاتيح الأسهم. ويغيّر Shift مع مفاتيح الأسهم حجمه.',
  proposal: 'ابحث عن هذا الجزء فقط.',
  place: (left, top, width, height) =>
    `${percent(left)} من اليسار، ${percent(top)} من الأعلى، العرض ${percent(width)}، الارتفاع ${percent(height)}`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'حُفظت على هذا الجهاز. تعمل الصفحة الآن بلا شبكة.',
  full: 'لا تكفي مساحة هذا الجهاز لحفظ البحث. تحتاج الصفحة إلى الشبكة في كل زيارة.',
  refused:
    'لا يحفظ هذا المتصفح هذه الصفحة، لذا تحتاج الصفحة إلى الشبكة في كل زيارة. ربما تكون النافذة خاصة، أو ربما تأتي الصفحة عبر http بدلًا من https.',
  renewed: 'يوجد إصدار أحدث من هذه الصفحة. أغلق كل علامات تبويب هذه الصفحة لاستخدامه.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `لا تشبه ${quoted(name)}`,
  remove: (name) => `إزالة ${quoted(name)}`,
  most: (most) => `تُستخدم أول ${number(most)} صورة فقط. لا يعطي البحث بصور أكثر نتيجة واضحة.`,
};

/** @type {import('./words.js').Words['details']} */
export const details = {
  open: 'فتح صفحته',
  viewer: 'عرض ثلاثي الأبعاد',
  labels: 'الفئات والوسوم',
  filterBy: (value) => `عرض النماذج التي لها ${quoted(value)} فقط`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `عارض Sketchfab: ${name}`,
  from: 'يأتي هذا العارض من sketchfab.com. يعلم ذلك الموقع أي نموذج تشاهد. ولا يعلم شيئًا عن صورتك.',
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
  title: (name) => `لماذا ${quoted(name)} مشابه`,
  comparing: 'تجري مقارنة الصورتين …',
  mostly: (score, places) =>
    places.length > 0
      ? `تشابه ${percent(score)}، معظمه من ${listed(places)} في الصورة.`
      : `تشابه ${percent(score)}، قليل منه في كل مكان من الصورة.`,
  picture: (name, places) =>
    places.length > 0 ? `${name}: معظم التشابه في ${listed(places)}` : `${name}: التشابه في كل مكان`,
  contribution: (contribution, score) => `${cosine(contribution)} من ${cosine(score)}`,
  how: 'تُعرض كل صورة على هيئة المربع الذي رأته الشبكة. كلما كانت المنطقة أفتح، زاد ما تضيفه إلى نسبة الشبه. ونسبة الشبه هي مجموع المناطق كلها. ويقارن جزء منها ما تُظهره الصورتان كاملتين على الأرجح. وهذا الجزء موزَّع بالتساوي على جميع المناطق.',
  mirrored: 'صورة النموذج مشابهة عند عكسها كما في المرآة: يسار إحدى الصورتين هو يمين الأخرى.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `توجد تلك الصورة على ${isolated(host)}. إذا جلبتها، فسيعلم ${isolated(host)} عنوان IP الخاص بك وأنك تريد هذه الصورة، كما في أي زيارة. ولا يُرسل شيء آخر.`,
  fetch: 'جلب الصورة',
  cancel: 'إلغاء',
  fetching: (host) => `يجري طلب الصورة من ${isolated(host)}…`,
  unreadable: (host) =>
    `لا يسمح ${isolated(host)} لمواقع أخرى بقراءة هذه الصورة، أو تعذر الوصول إليه. احفظ الصورة على هذا الجهاز، ثم أفلت الملف المحفوظ.`,
  refused: (host, status) =>
    `لم يرسل ${isolated(host)} هذه الصورة (الحالة ${status}). تحقق من الرابط، أو احفظ الصورة وأفلت الملف المحفوظ.`,
  other: (host) =>
    `لا يؤدي الرابط إلى ${isolated(host)} إلى صورة. ربما يؤدي إلى صفحة فيها صورة. انسخ عنوان الصورة نفسها، أو احفظ الصورة وأفلت الملف المحفوظ.`,
  large: (host) => `حجم الصورة على ${isolated(host)} أكبر من 50 ميغابايت. احفظها وصغّرها ثم أفلت الملف المحفوظ.`,
  slow: (host) => `استغرق ${isolated(host)} أكثر من 20 ثانية. حاول من جديد، أو احفظ الصورة وأفلت الملف المحفوظ.`,
};
