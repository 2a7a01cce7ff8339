/** The page's words in Chinese. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('zh');
/** @param {string} text */
const quoted = (text) => `“${isolated(text)}”`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: '不会上传任何内容',
  title: '查找与您的图片相似的 3D 模型',
  drop: '将图片拖放到页面任意位置',
  choose: '选择文件',
  paste: '或按 Ctrl+V 粘贴图片',
  pasteOnMac: '或按 ⌘V 粘贴图片',
  starting: '正在加载搜索程序…',
  samples: '或试试这些图片',
  how: '工作原理是什么？',
  howEmbed: '您的浏览器中运行着一个神经网络：VGG16 的前几层。它把您的图片变成一串数字，描述图片的形状、纹理和颜色。',
  howSearch:
    '每个模型的图片都预先做过同样的处理。如果一个模型的数字与您图片的数字方向几乎相同，页面就会显示它。模型有多接近取决于两者夹角的余弦，详情中会显示它：相同的图片为 1.000。',
  howPrivate:
    '您的图片不会发送到任何地方。本页面只下载自己的文件，断网后仍可使用。只有在您要求时，它才会联系其他网站：通过链接获取图片，以及显示 Sketchfab 的 3D 查看器。',
  release: '松开即可搜索',
  names: '或输入文字、名称或链接',
  wander: '或随便看看',
  others: '换一批',
  clearWords: '不用这些文字搜索',
  likeAll: '更多与这些都相似的',
  showMore: '显示更多',
  copyJson: '复制为 JSON',
  copyCsv: '复制为 CSV',
  clearFilters: '清除筛选',
  sort: '排序',
  sortCloseness: '最相似在前',
  sortName: '按名称',
  sortAuthor: '按作者',
  sortLicence: '按许可',
  crop: '选取局部',
  cropWhole: '使用整张图片',
  copyLink: '复制链接',
  shareLink: '分享链接',
  add: '再添加一张图片',
  parts: '本次搜索的图片',
  camera: '拍照',
  change: '更改',
  cancel: '取消',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch：与您的图片相似的 3D 模型',
  results: (name, site) => `与 ${name} 相似 – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: '将图片拖放到这里', label: '用图片查找 3D 模型' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `正在加载搜索程序：${megabytes(loaded)} / ${megabytes(total)} MB`,
  checking: '正在检查此浏览器能否正确计算…',
  ready: (models) => `可以搜索 ${number(models)} 个模型`,
  layer: (layer, layers) => `正在分析图片：第 ${layer} 层，共 ${layers} 层…`,
  searching: '正在搜索…',
  stopped: '搜索已停止',
  cancelled: '加载已取消。搜索尚未启动。',
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
  thumbnailsFrom: (hosts) =>
    `缩略图来自 ${isolated(hosts)}。该网站会知道您的网络地址和您看到的模型，但不会知道您的图片。`,
  like: (name) => `与${quoted(name)}相似的模型`,
  likeImage: '与您的图片相似的模型',
  searched: (models, milliseconds) => `用 ${seconds(milliseconds)} 秒搜索了 ${number(models)} 个模型`,
  score: percent,
  scoreTitle: (score) => `余弦相似度 ${cosine(score)}。它比较两张图片特征的方向。相同的图片为 1.000。`,
  more: '更多类似模型',
  moreSpoken: (name) => `更多类似模型：${name}`,
  view: '前往 ',
  sketchfab: 'Sketchfab',
  newTab: '，在新标签页中打开',
  unnamed: '未命名的模型',
  licence: (licence) => `许可：${licence}`,
  closenessTitle: (closer) => `相似程度与所有配对中最相似的 ${share(closer)} 相当`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) => plural(count, { other: `另有 ${number(count)} 个模型几乎相同` }),
  unlike: '没有真正相似的模型。以下模型最为接近。',
  noneFiltered: '没有模型符合这些筛选条件。请去掉其中一个条件。',
  none: '本站没有其他模型可显示。',
  copied: (count) => plural(count, { other: `已复制 ${number(count)} 个模型。` }),
  notCopied: '此浏览器不允许本页面复制内容。浏览器只在 https 下允许复制。',
  why: '为什么？',
  add: '加入搜索',
  close: '接近',
  fairlyClose: '比较接近',
  distant: '较远',
  detailsSpoken: (name) => `详情：${name}`,
  likeShared: '与他人分享的图片相似的模型',
  likeSeveral: '与这些图片的组合相似的模型',
  named: (words) => `与${quoted(words)}相关的模型`,
  fewNamed: (words) => `含有${quoted(words)}的模型很少，因此图片和文字都计入排序。`,
  among: (count, words) => plural(count, { other: `在与${quoted(words)}相关的 ${number(count)} 个模型中` }),
  linkCopied: '链接已复制。它会显示这些模型，但不会显示您的图片。',
  addSpoken: (name) => `加入搜索：${name}`,
  whySpoken: (name) => `为什么相似：${name}`,
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
  atMost: (models) => `≤ ${number(models)}`,
  rest: (values) => `还有 ${number(values)} 项：输入文字即可查找`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: '正在加载搜索程序。您现在就可以选择图片。',
  ready: (models) => `现在可以搜索 ${number(models)} 个模型。`,
  searching: '正在搜索。',
  named: (count, name) => plural(count, { other: `找到 ${number(count)} 个模型。第一个是 ${name}。` }),
  found: (count, name, score) =>
    plural(count, { other: `找到 ${number(count)} 个模型。最相似的是 ${name}，相似度 ${percent(score)}。` }),
  cancelled: '搜索已取消。',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: '重新开始', dismiss: '关闭此消息', close: '关闭' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) => `此模型库中没有含有${quoted(text)}的模型。请换用其他文字，或拖放一张图片。`,
  all: (count) => plural(count, { other: `显示全部 ${number(count)} 个结果` }),
  offered: (count) => plural(count, { zero: '没有名称。', other: `${number(count)} 个名称。请用方向键选择。` }),
};

/** @type {import('./words.js').Words['intake']} */
export const intake = {
  folder: '这是一个文件夹。请改为拖放其中的一张图片。',
  link: '这是文字。它既不是图片文件，也不是图片或 Sketchfab 模型的链接。请先把图片保存到此设备，再拖放保存的文件。',
  nothing: '没有可用于搜索的图片。请拖放一个图片文件。',
  clipboardText: '剪贴板中是文字，没有图片，也没有图片或 Sketchfab 模型的链接。请复制一张图片再粘贴。',
  clipboardEmpty: '剪贴板中没有图片。请复制一张图片再粘贴。',
  unreadable: (name) => `无法读取文件${quoted(name)}。它可能已被移动，或正被其他程序使用。请重新选择。`,
  large: (name, bytes, limit) =>
    `文件${quoted(name)}太大：它有 ${megabytes(bytes)} MB，而本页面最多读取 ${megabytes(limit)} MB。请缩小图片再试。`,
  sample: (name) => `无法加载示例${quoted(name)}。请检查网络连接，或选择您自己的图片。`,
};

const BROWSERS = 'Chrome 或 Edge 91、Firefox 114、Safari 16.4 或更高版本';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `此浏览器不能运行 WebAssembly，而搜索需要它。它可能已被隐私设置关闭。请使用 ${BROWSERS}。`,
  noSimd: `此浏览器的 WebAssembly 不支持 SIMD，而搜索需要它才能快速运行。请使用 ${BROWSERS}。`,
  noModuleWorker: `此浏览器不能在 Worker 中运行模块，而搜索需要这样做。请使用 ${BROWSERS}。`,
  file: '本页面是作为文件打开的。浏览器不允许这样的页面加载数据。请通过 http 提供其文件夹，例如使用“recasketch serve 文件夹”，然后打开它显示的地址。',
};

const OWNER = '如果再次发生，请本站的维护者发布“recasketch embed”生成的整个文件夹。';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) => `您已离线，而 ${file} 尚未下载。请连接网络，然后重新开始。`,
  unreachable: (file) => `无法下载文件 ${file}：服务器没有响应。请检查网络连接，然后重新开始。`,
  brokeOff: (file, came, bytes) =>
    `${file} 的下载在 ${megabytes(came)} / ${megabytes(bytes)} MB 时中断。请检查网络连接，然后重新开始。`,
  missing: (file) => `本站缺少文件 ${file}（404）。网站可能正在更新。请一分钟后重新开始。${OWNER}`,
  refused: (file, status) => `服务器拒绝提供 ${file}，状态为 ${status}。请一分钟后重新开始。${OWNER}`,
  html: (file) => `服务器发送的是网页，而不是 ${file}。有些服务器在缺少文件时会这样做。${OWNER}`,
  length: (file, bytes, came) =>
    `文件 ${file} 与 manifest.json 不符：应为 ${bytes} 字节，实际收到 ${came} 字节。网站可能正在更新。请一分钟后重新开始。${OWNER}`,
  digest: (file) =>
    `文件 ${file} 与 manifest.json 不符：长度正确，但内容不正确。网站可能正在更新，或者传输中文件受损。请一分钟后重新开始。${OWNER}`,
  json: (file) => `无法读取文件 ${file}：它不是 JSON。${OWNER}`,
  version: (version, known) =>
    `文件 manifest.json 的版本为 ${version}，但本页面读取的是版本 ${known}。页面和它的数据不是同时发布的。请重新加载页面。${OWNER}`,
  manifest: (field) => `无法使用文件 manifest.json：其条目“${field}”缺失或有误。${OWNER}`,
  foreign: (file) => `文件 manifest.json 中列出了 ${file}，但它不在本站。${OWNER}`,
  rows: (models, rows) => `模型库与嵌入向量不符：它有 ${rows} 个条目，而模型有 ${models} 个。${OWNER}`,
  glue: `无法使用文件 recasketch.js。它可能缺失，或者其版本与 WebAssembly 模块的版本不同。请重新加载页面。${OWNER}`,
  module: (file) => `此浏览器无法启动文件 ${file}。请重新加载页面。如果仍然无效，请使用 ${BROWSERS}。`,
  worker: `无法加载文件 worker.js 或它所需的文件。请检查网络连接，然后重新开始。${OWNER}`,
  elsewhere: (origin) =>
    `${origin} 的搜索无法在此页面启动。${origin} 的服务器必须发送 Access-Control-Allow-Origin 标头。如果此页面设有内容安全策略（Content-Security-Policy），该策略必须允许来自 blob: 的 Worker 和来自 ${origin} 的脚本。`,
  policy: (directive, origin) =>
    `此页面的内容安全策略（Content-Security-Policy，${directive}）不允许启动搜索。它必须允许来自 ${origin} 的 Worker 和脚本。如果它要求可信类型（Trusted Types），还必须允许名为${quoted('recasketch')}的策略。`,
  otherVersion: (site, here) =>
    `该网站由 recasketch ${site} 生成，而此页面使用的是 recasketch ${here} 的搜索。此页面的所有者应安装软件包 recasketch@${site}。`,
  notStarted: (said) =>
    `此浏览器没有启动 Worker，而本页面需要它。浏览器的消息：${quoted(said)}。页面的内容安全策略（Content-Security-Policy）或浏览器扩展可能禁止了它。请关闭扩展，然后重新加载页面。`,
  undecodable: (file) => `搜索已关闭，因为自检失败：无法解码文件 ${file}。该文件可能已损坏。${OWNER}`,
  otherImage: (file, details) =>
    `搜索已关闭，因为自检失败：文件 ${file} 在这里得出的数值与制作网站时不同。要么该文件与 manifest.json 的版本不同，要么此浏览器的计算方式不同。请重新加载页面。${OWNER}详情（英文）：${isolated(details)}`,
  otherwise: (file, details) =>
    `搜索已关闭，因为此浏览器的计算方式与制作网站的计算机不同。文件 ${file} 是正确的，但在这里得出不同的数值。请报告此问题，并注明浏览器的名称和版本。详情（英文）：${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: '搜索意外停止。这张图片需要的内存可能超出浏览器所能提供的。请重新开始。如果再次停止，请换一张较小的图片。',
  broke: '搜索因程序错误而停止。请重新开始。如果在同一张图片上再次停止，请报告此问题。',
  silent: '搜索超过一分钟没有响应，已被停止。请重新开始。如果再次发生，请重新加载页面。',
  unknownModel: '此链接指向的模型不在此模型库中。请拖放一张图片，或试试示例。',
  unexpected: '本页面出了问题。请重新加载页面再试。',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) => `无法读取这张图片。请将其另存为 JPEG 或 PNG 再试。详情（英文）：${isolated(details)}`,
  Image: (details) => `无法使用这张图片。请换一张试试。详情（英文）：${isolated(details)}`,
  Panic: () => '无法读取这张图片：解码器出错，浏览器也无法显示它。文件可能已损坏。请将其另存为 JPEG 或 PNG 再试。',
  Memory: () => '这张图片需要的内存超出浏览器所能提供的。请将其缩小后再试。',
  Link: (details) => `无法打开此链接。详情（英文）：${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: '选取的局部。方向键移动它。Shift 加方向键改变它的大小。',
  proposal: '只搜索这一部分。',
  place: (left, top, width, height) =>
    `距左 ${percent(left)}，距上 ${percent(top)}，宽 ${percent(width)}，高 ${percent(height)}`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: '已保存在此设备上。现在断网也能使用本页面。',
  full: '此设备的空间不足以保存搜索程序。每次访问本页面都需要网络。',
  refused: '此浏览器不保存本页面，因此每次访问都需要网络。这可能是隐私窗口，或者页面是通过 http 而不是 https 打开的。',
  renewed: '本页面有新版本。关闭本页面的所有标签页即可使用新版本。',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `不像${quoted(name)}`,
  remove: (name) => `移除${quoted(name)}`,
  most: (most) => `只使用前 ${number(most)} 张图片。图片再多，搜索就得不到明确的结果。`,
};

/** @type {import('./words.js').Words['details']} */
export const details = {
  open: '打开模型页面',
  viewer: '3D 查看',
  labels: '类别和标签',
  filterBy: (value) => `只显示带有${quoted(value)}的模型`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Sketchfab 查看器：${name}`,
  from: '此查看器来自 sketchfab.com。该网站会知道您在看哪个模型，但不会知道您的图片。',
};

const zones = ['左上', '上方', '右上', '左侧', '中间', '右侧', '左下', '下方', '右下'];
/** @param {readonly import('./words.js').Place[]} places */
const listed = (places) => places.map(({ zone, share }) => `${zones[zone]} (${percent(share)})`).join('和');

/** @type {import('./words.js').Words['why']} */
export const why = {
  title: (name) => `为什么${quoted(name)}相似`,
  comparing: '正在比较两张图片…',
  mostly: (score, places) =>
    places.length > 0
      ? `相似度 ${percent(score)}，主要来自图片的${listed(places)}。`
      : `相似度 ${percent(score)}，图片各处都有一点。`,
  picture: (name, places) =>
    places.length > 0 ? `${name}：相似之处主要在${listed(places)}` : `${name}：相似之处遍布各处`,
  contribution: (contribution, score) => `${cosine(score)} 中的 ${cosine(contribution)}`,
  how: '每张图片都显示为网络所看到的正方形。区域越亮，对相似度的贡献越大。相似度是所有区域之和。其中一部分比较的是两张图片整体上可能表现的内容。这一部分平均分配给所有区域。',
  mirrored: '模型的图片作为镜像时相似：一张图片的左边对应另一张图片的右边。',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `该图片在 ${isolated(host)} 上。如果获取它，${isolated(host)} 会知道您的 IP 地址，以及您需要这张图片，就像任何一次访问一样。不会发送其他内容。`,
  fetch: '获取图片',
  cancel: '取消',
  fetching: (host) => `正在向 ${isolated(host)} 请求图片…`,
  unreadable: (host) =>
    `${isolated(host)} 不允许其他网站读取这张图片，或者无法连接。请先把图片保存到此设备，再拖放保存的文件。`,
  refused: (host, status) =>
    `${isolated(host)} 没有发送这张图片（状态 ${status}）。请检查链接，或保存图片后拖放保存的文件。`,
  other: (host) =>
    `${isolated(host)} 的这个链接指向的不是图片，可能是含有图片的网页。请复制图片本身的地址，或保存图片后拖放保存的文件。`,
  large: (host) => `${isolated(host)} 上的图片超过 50 MB。请保存图片，将其缩小，再拖放保存的文件。`,
  slow: (host) => `${isolated(host)} 用时超过 20 秒。请重试，或保存图片后拖放保存的文件。`,
};
