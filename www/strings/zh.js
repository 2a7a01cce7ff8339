/** The page's words in Chinese. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('zh');
/** @param {string} text */
const quoted = (text) => `“${isolated(text)}”`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: '不会上传任何内容',
  title: '查找与您的图片相似的三维模型',
  drop: '将图片拖放到页面任意位置',
  choose: '选择文件',
  paste: '或按 Ctrl+V 粘贴图片',
  pasteOnMac: '或按 ⌘V 粘贴图片',
  starting: '正在加载搜索功能…',
  samples: '或试试这些图片',
  how: '这是如何实现的？',
  howEmbed: '一个神经网络（VGG16 的前几层）在您的浏览器中运行，把您的图片变成一串描述其形状、纹理和颜色的数字。',
  howSearch:
    '每个模型的图片都预先做过同样的处理。页面显示的是数字方向与您的图片几乎相同的模型；百分比是两者之间的余弦，相同图片为 100%。',
  howPrivate:
    '您的图片不会发送到任何地方：本页只下载自己的文件，断网后仍可使用。只有在您要求时才会向其他网站请求：您带来的图片链接，以及 Sketchfab 的 3D 查看器。',
  release: '松开即可搜索',
  names: '或输入模型名称或链接',
  showMore: '显示更多',
  copyJson: '复制为 JSON',
  copyCsv: '复制为 CSV',
  clearFilters: '清除筛选',
  sort: '排序',
  sortCloseness: '最相似在前',
  sortName: '按名称',
  sortAuthor: '按作者',
  sortLicence: '按许可',
  crop: '只搜索其中一部分',
  cropWhole: '搜索整张图片',
  copyLink: '复制链接',
  add: '再加一张图片',
  parts: '一起搜索的图片',
  camera: '拍照',
  cancel: '取消',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch：与您的图片相似的三维模型',
  results: (name, site) => `与 ${name} 相似 – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: '将图片拖放到这里', label: '用图片查找 3D 模型' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `正在加载搜索功能：${megabytes(loaded)} / ${megabytes(total)} MB`,
  checking: '正在检查此浏览器的计算是否正确…',
  ready: (models) => `可搜索 ${number(models)} 个模型`,
  layer: (layer, layers) => `正在查看图片：第 ${layer} 层，共 ${layers} 层…`,
  searching: '正在搜索…',
  stopped: '搜索已停止',
  cancelled: '加载已取消，搜索尚未启动。',
};

/** @type {import('./words.js').Words['query']} */
export const query = {
  image: '您的图片',
  sample: '示例',
  model: '模型',
  pasted: '粘贴的图片',
  unnamed: '未命名',
  link: '链接',
  shared: '他人分享的图片',
  several: (count) => `${number(count)} 张图片`,
};

/** @type {import('./words.js').Words['results']} */
export const results = {
  like: (name) => `与${quoted(name)}相似的模型`,
  likeImage: '与您的图片相似的模型',
  searched: (models, milliseconds) => `在 ${seconds(milliseconds)} 秒内搜索了 ${number(models)} 个`,
  score: percent,
  scoreTitle: (score) => `余弦相似度 ${cosine(score)}：两张图片的特征指向同一方向的程度；相同图片为 1.000`,
  scoreSpoken: (score) => `相似度 ${percent(score)}`,
  more: '更多类似模型',
  moreSpoken: (name) => `更多类似模型：${name}`,
  view: '查看于 ',
  sketchfab: 'Sketchfab',
  newTab: '，在新标签页中打开',
  unnamed: '未命名的模型',
  licence: (licence) => `许可：${licence}`,
  closeness: (closer) => `前 ${share(closer)}`,
  closenessTitle: (closer) => `属于此目录中最相似的 ${share(closer)} 的模型对`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) => plural(count, { other: `另有 ${number(count)} 个模型几乎相同` }),
  unlike: '没有真正相似的模型。以下最为接近。',
  noneFiltered: '没有模型符合这些筛选条件。请去掉一些条件。',
  none: '本站没有其他模型可显示。',
  copied: (count) => plural(count, { other: `已复制 ${number(count)} 个模型。` }),
  notCopied: '此浏览器不允许本页面复制。浏览器只在 https 下允许复制。',
  likeShared: '与他人分享的图片相似的模型',
  likeSeveral: '与这些图片共同相似的模型',
  linkCopied: '链接已复制。打开它的人会看到这些模型，而看不到您的图片。',
  addSpoken: (name) => `加入搜索：${name}`,
  whySpoken: (name) => `为什么相似：${name}`,
  viewerSpoken: (name) => `3D 查看（来自 Sketchfab）：${name}`,
};

/** @type {import('./words.js').Words['filters']} */
export const filters = {
  category: '类别',
  tag: '标签',
  licence: '许可',
  author: '作者',
  chosen: (facet, values) =>
    `${facet}：${isolated(values[0])}${values.length > 1 ? ` +${number(values.length - 1)}` : ''}`,
  find: '查找',
  findIn: (facet) => `在${facet}中查找`,
  count: number,
  rest: (values) => `还有 ${number(values)} 项：输入文字即可查找`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: '搜索功能正在加载。您现在就可以选择图片。',
  ready: (models) => `可以搜索 ${number(models)} 个模型。`,
  searching: '正在搜索。',
  found: (count, name, score) =>
    plural(count, { other: `找到 ${number(count)} 个模型。最接近的是 ${name}，相似度 ${percent(score)}。` }),
  cancelled: '搜索已取消。',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: '重新开始', dismiss: '关闭此消息', close: '关闭' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) => `此目录中没有名为${quoted(text)}的模型。请减少字数再试，或拖放一张图片。`,
  offered: (count) => plural(count, { zero: '没有名称。', other: `${number(count)} 个名称。请用方向键选择。` }),
};

/** @type {import('./words.js').Words['intake']} */
export const intake = {
  folder: '这是一个文件夹。请拖放其中的一张图片。',
  link: '这是文字，既不是图片文件，也不是图片或 Sketchfab 模型的链接。请先把图片保存到本机，再拖放保存的文件。',
  nothing: '拖放的内容无法用于搜索。请拖放图片文件。',
  clipboardText: '剪贴板中是文字，既不是图片，也不是图片或 Sketchfab 模型的链接。请复制图片再粘贴。',
  clipboardEmpty: '剪贴板中没有图片。请复制一张图片再粘贴。',
  unreadable: (name) => `无法读取文件${quoted(name)}。它可能已被移动或正在使用；请重新选择。`,
  large: (name, bytes, limit) =>
    `文件${quoted(name)}有 ${megabytes(bytes)} MB，超过本页面可读取的 ${megabytes(limit)} MB。请缩小图片再试。`,
  sample: (name) => `无法加载示例${quoted(name)}。请检查网络连接，或选择您自己的图片。`,
};

const BROWSERS = 'Chrome 或 Edge 91、Firefox 114、Safari 16.4 或更新的版本';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `此浏览器不运行 WebAssembly，而搜索功能由它构成；可能是隐私设置将其关闭了。这些浏览器可用：${BROWSERS}。`,
  noSimd: `此浏览器的 WebAssembly 缺少 SIMD，搜索需要它才能快速运行。这些浏览器可用：${BROWSERS}。`,
  noModuleWorker: `此浏览器不能在 Worker 中运行模块，而搜索就在其中进行。这些浏览器可用：${BROWSERS}。`,
  file: '本页面是作为文件打开的，浏览器不允许它这样加载数据。请通过 http 提供其文件夹，例如使用“recasketch serve 文件夹”，然后打开它显示的地址。',
};

const OWNER = '如果一直如此，本站的维护者应发布“recasketch embed”写出的整个文件夹。';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) => `您已离线，而 ${file} 尚未下载。请连接网络，然后重新开始。`,
  unreachable: (file) => `无法下载文件 ${file}：服务器没有响应。请检查网络连接，然后重新开始。`,
  brokeOff: (file, came, bytes) =>
    `${file} 的下载在 ${megabytes(came)} / ${megabytes(bytes)} MB 处中断。请检查网络连接，然后重新开始。`,
  missing: (file) => `本站缺少文件 ${file}（404）。网站可能正在更新：请一分钟后重新开始。${OWNER}`,
  refused: (file, status) => `服务器以状态 ${status} 拒绝了 ${file}。请一分钟后重新开始。${OWNER}`,
  html: (file) => `收到的是网页而不是 ${file}；有些服务器在文件缺失时会发送网页。${OWNER}`,
  length: (file, bytes, came) =>
    `文件 ${file} 不是 manifest.json 所指的文件：应有 ${bytes} 字节，收到 ${came} 字节。网站可能正在更新：请一分钟后重新开始。${OWNER}`,
  digest: (file) =>
    `文件 ${file} 不是 manifest.json 所指的文件：长度正确但内容不同。网站可能正在更新，或传输受损：请一分钟后重新开始。${OWNER}`,
  json: (file) => `无法读取文件 ${file}：它不是 JSON。${OWNER}`,
  version: (version, known) =>
    `文件 manifest.json 的版本为 ${version}，而本页面读取版本 ${known}。页面与其数据发布于不同时间：请重新加载页面。${OWNER}`,
  manifest: (field) => `无法使用文件 manifest.json：其条目“${field}”缺失或有误。${OWNER}`,
  foreign: (file) => `文件 manifest.json 指向 ${file}，它不在本站。${OWNER}`,
  rows: (models, rows) => `目录与嵌入向量不匹配：${rows} 个条目对应 ${models} 个模型。${OWNER}`,
  glue: `无法使用文件 recasketch.js；它可能缺失，或与模块的版本不同。请重新加载页面。${OWNER}`,
  module: (file) => `此浏览器无法启动文件 ${file}。请重新加载页面；如果无效，这些浏览器可用：${BROWSERS}。`,
  worker: `无法加载文件 worker.js 或它所需的文件。请检查网络连接，然后重新开始。${OWNER}`,
  elsewhere: (origin) =>
    `${origin} 的搜索无法在此页面启动。其服务器必须发送 Access-Control-Allow-Origin 标头；如果此页面设有内容安全策略（Content-Security-Policy），则必须允许来自 blob: 的 Worker 和来自 ${origin} 的脚本。`,
  policy: (directive, origin) =>
    `此页面的内容安全策略（Content-Security-Policy，${directive}）不允许启动搜索。它必须允许来自 ${origin} 的 Worker 和脚本；如果要求可信类型（Trusted Types），还必须允许名为“recasketch”的策略。`,
  notStarted: (said) =>
    `此浏览器没有启动本页面所需的 Worker。浏览器的说明：${isolated(said)}。可能是页面的内容安全策略（Content-Security-Policy）或浏览器扩展禁止了它。`,
  undecodable: (file) => `搜索已关闭，因为自检失败：无法解码文件 ${file}。它可能已损坏。${OWNER}`,
  otherImage: (file, details) =>
    `搜索已关闭，因为自检失败：文件 ${file} 在这里得出的数值与制作网站时不同。要么它与 manifest.json 的版本不同，要么此浏览器的计算方式不同。请重新加载页面。${OWNER}详情（英文）：${isolated(details)}`,
  otherwise: (file, details) =>
    `搜索已关闭，因为此浏览器的计算结果与制作网站的机器不同：文件 ${file} 是正确的，但在这里得出不同的数值。请报告此问题，并注明浏览器的名称和版本。详情（英文）：${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: '搜索意外停止，可能是因为这张图片需要的内存超出浏览器所能提供的。请重新开始；如果再次停止，请试用较小的图片。',
  broke: '搜索因自身的错误而停止。请重新开始。如果遇到同一张图片再次停止，请报告此问题。',
  silent: '搜索已有一分多钟没有任何响应，因此被停止。请重新开始。如果仍然如此，请重新加载页面。',
  unknownModel: '此链接指向的模型不在此目录中。请拖放图片，或试试示例。',
  unexpected: '本页面出了问题。请重新加载后再试。',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) => `无法读取这张图片；请将其另存为 JPEG 或 PNG 再试。详情（英文）：${isolated(details)}`,
  Image: (details) => `无法使用这张图片；请换一张试试。详情（英文）：${isolated(details)}`,
  Panic: () => '无法读取这张图片：它使解码器出错，浏览器也无法显示它。文件可能已损坏；请将其另存为 JPEG 或 PNG 再试。',
  Memory: () => '这张图片需要的内存超出浏览器所能提供的。请将其缩小后再试。',
  Link: (details) => `无法打开此链接。详情（英文）：${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: '要搜索的部分。方向键移动它；按住 Shift 键改变其大小。',
  place: (left, top, width, height) =>
    `距左 ${percent(left)}，距上 ${percent(top)}，宽 ${percent(width)}，高 ${percent(height)}`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: '已保存在此设备上：现在断网也能使用本页面。',
  full: '此设备没有空间保存搜索功能，因此本页面每次都需要网络。',
  refused: '此浏览器不保存本页面的任何内容（例如在隐私窗口或普通 http 下），因此本页面每次都需要网络。',
  renewed: '本页面有新版本。关闭其所有标签页后即会启用。',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `不像${quoted(name)}`,
  remove: (name) => `移除${quoted(name)}`,
  most: (most) => `用前 ${number(most)} 张图片一起搜索；再多就说明不了什么。`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Sketchfab 查看器：${name}`,
  from: '此查看器来自 sketchfab.com。该网站会知道有人在看这个模型，但对您的图片一无所知。',
};

const zones = ['左上', '上方', '右上', '左侧', '中间', '右侧', '左下', '下方', '右下'];
/** @param {readonly import('./words.js').Place[]} places */
const listed = (places) => places.map(({ zone, share }) => `${zones[zone]} (${percent(share)})`).join('和');

/** @type {import('./words.js').Words['why']} */
export const why = {
  title: (name) => `为什么${quoted(name)}相似`,
  mostly: (score, places) =>
    places.length > 0
      ? `相似度 ${percent(score)}，主要来自图片的${listed(places)}。`
      : `相似度 ${percent(score)}，图片各处都有一点。`,
  picture: (name, places) =>
    places.length > 0 ? `${name}：相似之处主要在${listed(places)}` : `${name}：相似之处遍布各处`,
  share: (share, score) => `${cosine(score)} 中的 ${cosine(share)}`,
  how: '每张图片都显示为网络所看到的正方形。区域越亮，贡献越大；所有区域之和就是相似度。整张图片可能显示的内容平均分给所有区域。',
  mirrored: '模型的图片是以镜像相似的：一张的左边对应另一张的右边。',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `该图片在 ${isolated(host)} 上。获取它会让 ${isolated(host)} 知道您的网络地址以及您要这张图片，就像访问该网站一样；不会发送其他内容。`,
  fetch: '获取图片',
  cancel: '取消',
  fetching: (host) => `正在向 ${isolated(host)} 请求……`,
  unreadable: (host) =>
    `${isolated(host)} 不允许其他网站读取这张图片，或者无法连接。请先把图片保存到本机，再拖放保存的文件。`,
  refused: (host, status) =>
    `${isolated(host)} 没有给出这张图片（状态 ${status}）。请检查链接，或保存图片后拖放保存的文件。`,
  other: (host) =>
    `${isolated(host)} 上的这个链接不是图片，可能是含有图片的网页。请复制图片自身的地址，或保存图片后拖放保存的文件。`,
  large: (host) => `${isolated(host)} 上的图片超过 50 MB。请保存并缩小后再拖放。`,
  slow: (host) => `${isolated(host)} 用时超过 20 秒。请重试，或保存图片后拖放保存的文件。`,
};
