/**
 * All texts of the page and of its element, by group. The file of each language has all of them. A name or a host may
 * be written in the opposite direction to the sentence; `isolated` (formats.js) keeps it apart. Scores are cosines from
 * -1 to 1. Shares are from 0 to 1.
 */

/** A region of a picture that contributes much to the score. */
export interface Place {
  /** 0 to 8, row by row: 0 is the top left, 8 the bottom right. */
  zone: number;
  /** Its share of all contributions. */
  share: number;
}

export type Words = {
  /** Texts that index.html marks with `data-text` or `data-label`. It repeats them in English. */
  page: {
    /** At the top of the page, beside the picture of a lock. */
    promise: string;
    /** The heading. */
    title: string;
    /** In the drop zone. */
    drop: string;
    /** A button of the drop zone: it opens the browser's dialog for files. */
    choose: string;
    /** After the buttons `choose` and `camera`. */
    paste: string;
    /** The same where the keyboard is Apple's. */
    pasteOnMac: string;
    /** The state of the search until the first bytes have arrived. */
    starting: string;
    /** The heading of the sample images, after the drop zone. */
    samples: string;
    /** The heading that shows and hides the three paragraphs below. */
    how: string;
    howEmbed: string;
    howSearch: string;
    howPrivate: string;
    /** Over the whole page while an image is dragged over it. */
    release: string;
    /** In the empty field for words, names and links, after the drop zone. */
    names: string;
    /** The heading of models to look at before any question. */
    wander: string;
    /** The button beside it: other models. */
    others: string;
    /** The button beside `among` or `fewNamed`: the picture alone counts. */
    clearWords: string;
    /** The button over models that words name: they become the query. */
    likeAll: string;
    /** The button under the results. */
    showMore: string;
    copyJson: string;
    copyCsv: string;
    /** The button beside the filters. */
    clearFilters: string;
    /** Before the list of orders. */
    sort: string;
    sortCloseness: string;
    sortName: string;
    sortAuthor: string;
    sortLicence: string;
    /** The button under the query's image: it shows a box for the part. */
    crop: string;
    /** The same button while the box is shown: it takes the box away. */
    cropWhole: string;
    copyLink: string;
    /** In place of `copyLink` on devices that have a menu for sharing. */
    shareLink: string;
    /** The button under the query's image: the results are then like both. */
    add: string;
    /** The spoken name of the list of several images. */
    parts: string;
    /** A button of the drop zone on telephones. */
    camera: string;
    /** The button that unfolds the ways to ask, on a phone. */
    change: string;
    /** The button beside the progress: it ends loading or searching. */
    cancel: string;
  };

  /** Titles of the browser's tab. */
  tab: {
    start: string;
    results: (name: string, site: string) => string;
  };

  /** Texts of the element that differ from the page's. */
  element: {
    /** In the drop zone. */
    drop: string;
    /** The spoken name of the element. */
    label: string;
  };

  /** The state of the search, under the drop zone. */
  engine: {
    /** Both numbers are bytes. */
    loading: (loaded: number, total: number) => string;
    /** While the self-test runs. */
    checking: string;
    ready: (models: number) => string;
    /** While a large network computes an image. */
    layer: (layer: number, layers: number) => string;
    searching: string;
    stopped: string;
    /** A message after the button `cancel`. */
    cancelled: string;
  };

  /** The query: the word above its image, or the name of a query without a name. */
  query: {
    image: string;
    sample: string;
    model: string;
    /** The name of an image from the clipboard. */
    pasted: string;
    unnamed: string;
    /** Above `shared`. */
    link: string;
    /** The name of an image in a shared link. The link does not contain the image itself. */
    shared: string;
    /** The name of several images together. */
    several: (count: number) => string;
  };

  results: {
    /** In the page's foot, where thumbnails are left at their sources: the hosts, with commas between them. */
    thumbnailsFrom: (hosts: string) => string;
    /** A heading, like `likeImage`, `unlike`, `likeShared` and `likeSeveral`. */
    like: (name: string) => string;
    likeImage: string;
    /** Under the heading. */
    searched: (models: number, milliseconds: number) => string;
    /** On a card, if the catalogue is too small for `close`, `fairlyClose` and `distant`. */
    score: (score: number) => string;
    /** The tooltip of how close a model is. */
    scoreTitle: (score: number) => string;
    /** The button of a card: the model becomes the query. */
    more: string;
    moreSpoken: (name: string) => string;
    /** Before the name of a site, such as `sketchfab`. It ends with a space. */
    view: string;
    sketchfab: string;
    /** Read aloud after a link. */
    newTab: string;
    /** In place of a model's name. */
    unnamed: string;
    licence: (licence: string) => string;
    /** In the details. `closer` is the share of pairs that are less close: pairs of models, or of a photograph and a model. */
    closenessTitle: (closer: number) => string;
    /** On a card: how many models are nearly the same. */
    duplicates: (count: number) => string;
    duplicatesTitle: (count: number) => string;
    unlike: string;
    /** Instead of results. */
    noneFiltered: string;
    none: string;
    /** After the buttons `copyJson` and `copyCsv`. */
    copied: (count: number) => string;
    notCopied: string;
    likeShared: string;
    likeSeveral: string;
    /** The heading of an answer to words alone. */
    named: (words: string) => string;
    /** Under the heading of an answer to a picture and words that few models have. */
    fewNamed: (words: string) => string;
    /** Under the heading of an answer to a picture, which ranks the models that have the words. */
    among: (count: number, words: string) => string;
    linkCopied: string;
    /** Buttons of a card, like `more`. */
    why: string;
    whySpoken: (name: string) => string;
    add: string;
    addSpoken: (name: string) => string;
    /** On a card, beside a bar: how close a model is. */
    close: string;
    fairlyClose: string;
    distant: string;
    /** The spoken name of a card's picture, which opens the details. */
    detailsSpoken: (name: string) => string;
  };

  filters: {
    category: string;
    tag: string;
    licence: string;
    author: string;
    /** On a filter's button; `facet` is one of the four words above. */
    chosen: (facet: string, values: readonly string[]) => string;
    /** In a filter's empty field. */
    find: string;
    /** The spoken name of that field. */
    findIn: (facet: string) => string;
    /** After a value: how many models have it. */
    count: (models: number) => string;
    /** The same where it is only known that no more have it. */
    atMost: (models: number) => string;
    /** Under the list of values: how many are not listed. */
    rest: (values: number) => string;
  };

  /** Texts that a screen reader reads aloud when the state changes. */
  spoken: {
    loading: string;
    ready: (models: number) => string;
    searching: string;
    /** An answer to words alone. */
    named: (count: number, name: string) => string;
    found: (count: number, name: string, score: number) => string;
    cancelled: string;
  };

  /** Buttons of messages and dialogs; `restart` starts the search. */
  buttons: { restart: string; dismiss: string; close: string };

  /** Finding models by name. */
  names: {
    /** In place of an answer. `text` is what was entered. */
    none: (text: string) => string;
    /** The last of the offers while the visitor types. `count` models have the words. */
    all: (count: number) => string;
    /** Read aloud while the visitor types. */
    offered: (count: number) => string;
  };

  /** Messages about a drop, a paste or a file that cannot be searched. */
  intake: {
    folder: string;
    link: string;
    nothing: string;
    clipboardText: string;
    clipboardEmpty: string;
    unreadable: (name: string) => string;
    large: (name: string, bytes: number, limit: number) => string;
    sample: (name: string) => string;
  };

  /** Why a browser cannot search. */
  support: { noWasm: string; noSimd: string; noModuleWorker: string; file: string };

  /** Why the search did not start. Each text names the file, the fault and the next step. */
  files: {
    offline: (file: string) => string;
    unreachable: (file: string) => string;
    brokeOff: (file: string, came: number, bytes: number) => string;
    missing: (file: string) => string;
    refused: (file: string, status: number) => string;
    html: (file: string) => string;
    length: (file: string, bytes: number, came: number) => string;
    digest: (file: string) => string;
    json: (file: string) => string;
    version: (version: string, known: number) => string;
    manifest: (field: string) => string;
    foreign: (file: string) => string;
    rows: (models: number, rows: number) => string;
    glue: string;
    module: (file: string) => string;
    worker: string;
    /** The page belongs to another site. `origin` is the site of the search. */
    elsewhere: (origin: string) => string;
    policy: (directive: string, origin: string) => string;
    /** `said` is the message of the browser. */
    otherVersion: (site: string, here: string) => string;
    notStarted: (said: string) => string;
    undecodable: (file: string) => string;
    /** `details` are in English, as are those of `otherwise`. */
    otherImage: (file: string, details: string) => string;
    otherwise: (file: string, details: string) => string;
  };

  /** Why the search stopped, or gave no answer. */
  failures: { died: string; broke: string; silent: string; unknownModel: string; unexpected: string };

  /** Why an image or a link is refused, by the kind of error. `details` are in English. */
  refusals: {
    UnsupportedImage: (details: string) => string;
    Image: (details: string) => string;
    Panic: () => string;
    Memory: () => string;
    Link: (details: string) => string;
  };

  /** The box that selects a part of the query's image. A screen reader reads both texts aloud. */
  crop: {
    box: string;
    /** The spoken name of a button over the part that seems to show the thing. */
    proposal: string;
    /** The parameters are shares of the image's sides. */
    place: (left: number, top: number, width: number, height: number) => string;
  };

  /** At the foot of the page: whether it works without the network. */
  offline: { kept: string; full: string; refused: string; renewed: string };

  /** Several images that are searched together. */
  several: {
    /** The spoken name of a button. It is pressed if the results shall not be like the image. */
    unlike: (name: string) => string;
    /** The spoken name of the button `×`. */
    remove: (name: string) => string;
    /** A message after a drop of too many images. */
    most: (most: number) => string;
  };

  /** The dialog with the details of a model. */
  details: {
    /** The link to the model's page on another site. */
    open: string;
    /** The button that puts Sketchfab's viewer in place of the picture. */
    viewer: string;
    /** The spoken name of the list of categories and tags. */
    labels: string;
    /** The tooltip of a category or tag. */
    filterBy: (value: string) => string;
  };

  /** A model in Sketchfab's 3D viewer. */
  viewer: {
    /** The spoken name of the frame. */
    title: (name: string) => string;
    /** Under the frame. */
    from: string;
  };

  /** The section of the details that explains a score. `places` is empty if no region stands out. */
  why: {
    /** The heading. */
    title: (name: string) => string;
    /** In place of the first line, until it is known. */
    comparing: string;
    /** The first line. */
    mostly: (score: number, places: readonly Place[]) => string;
    /** The spoken description of one of the two pictures. */
    picture: (name: string, places: readonly Place[]) => string;
    /** The tooltip of a region: its contribution to the score. */
    contribution: (contribution: number, score: number) => string;
    how: string;
    /** After `how`, if the model is similar as a mirror image. */
    mirrored: string;
  };

  /** A link to an image on another host. */
  links: {
    /** A question. `fetch` and `cancel` are its buttons. */
    ask: (host: string) => string;
    fetch: string;
    cancel: string;
    fetching: (host: string) => string;
    unreadable: (host: string) => string;
    refused: (host: string, status: number) => string;
    other: (host: string) => string;
    large: (host: string) => string;
    slow: (host: string) => string;
  };
};
