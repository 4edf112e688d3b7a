// node pack.cjs DIST OUT.html: a compiled mini program as ONE page that runs on glass-easel, WeChat's
// own component framework. A template that WeChat would warn about is an error here.
const fs = require('fs')
const path = require('path')
const { TmplGroup } = require('glass-easel-template-compiler')

const [dist, out] = process.argv.slice(2)
const walk = (folder) =>
  fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name)
    return entry.isDirectory() ? walk(at) : [path.relative(dist, at)]
  })
const names = walk(dist).sort()
const ending = (end) => names.filter((name) => name.endsWith(end))
const read = (name) => fs.readFileSync(path.join(dist, name), 'utf8')
const bare = (name) => name.replace(/\.\w+$/, '')
const problems = []

const group = new TmplGroup()
for (const name of ending('.wxs')) group.addScript(bare(name), read(name))
for (const name of ending('.wxml'))
  for (const warning of group.addTmpl(bare(name), read(name)) || []) problems.push(`${name}: ${warning.message ?? warning}`)

const config = Object.fromEntries(
  ending('.json')
    .filter((name) => !name.startsWith('project.'))
    .map((name) => [bare(name), JSON.parse(read(name))]),
)
for (const page of config.app.pages)
  for (const end of ['.wxml', '.js'])
    if (!names.includes(page + end)) problems.push(`app.json names a page without ${end}: ${page}`)
for (const [name, { usingComponents = {} }] of Object.entries(config))
  for (const [tag, at] of Object.entries(usingComponents)) {
    const file = at.startsWith('/') ? at.slice(1) : path.join(path.dirname(name), at)
    if (!at.startsWith('plugin:') && !names.includes(`${file}.js`)) problems.push(`${name}.json: ${tag} is nowhere`)
  }
if (problems.length) {
  console.error(problems.slice(0, 40).join('\n'))
  process.exit(1)
}

const rpx = (css) => css.replace(/(-?(?:\d+\.)?\d+)rpx/g, (_, number) => `calc(${number} * 100vw / 750)`)
// What is fixed below stands on the tabs: WeChat's window ends above them.
const above = (css) =>
  css.replace(/{[^{}]*position:\s*fixed[^{}]*}/g, (rule) =>
    rule.replace(/([{;\s]bottom:\s*)([^;}]+)/, (_, name, at) => `${name}calc(${/^0$/.test(at.trim()) ? '0px' : at} + var(--tabs, 0px))`),
  )
// In WeChat a page's styles end with the page, and a component's with the component (uni-app asks
// for `addGlobalClass`: the app's and the page's reach into it). One without a host of its own cannot be told apart.
const hosts = {}
for (const [name, { usingComponents = {} }] of Object.entries(config))
  for (const [tag, at] of Object.entries(usingComponents)) (hosts[path.join(path.dirname(name), at)] ??= new Set()).add(tag)
const within = (name, css) => {
  const file = bare(name)
  if (file === 'app' || (hosts[file] && read(`${file}.js`).includes('virtualHost'))) return css
  const where = hosts[file] ? [...hosts[file]].join(',') : `[data-page="${file}"]`
  return css.replace(/(^|[{},])\s*(\.[a-zA-Z_-])(?=[^{};]*\{)/g, `$1:where(${where}) $2`)
}
const css = ending('.wxss')
  .map((name) => within(name, above(rpx(read(name)))).replace(/(^|[},\s])page(?=[\s{,:])/g, '$1body').replace(/@import.*?;/g, ''))
  .join('\n')
const KINDS = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', svg: 'image/svg+xml', webp: 'image/webp' }
const files = Object.fromEntries(
  names
    .filter((name) => KINDS[path.extname(name).slice(1)])
    .map((name) => {
      const content = fs.readFileSync(path.join(dist, name)).toString('base64')
      return [name, `data:${KINDS[path.extname(name).slice(1)]};base64,${content}`]
    }),
)
const given = 'require, module, exports, wx, App, Page, Component, Behavior, getApp, getCurrentPages, global'
const modules = ending('.js').map((name) => `${JSON.stringify(name)}: function (${given}) {\n${read(name)}\n}`)

const library = (name) => fs.readFileSync(require.resolve(name), 'utf8')
const here = (name) => fs.readFileSync(path.join(__dirname, name), 'utf8')
const script = (text) => `<script>${text.replace(/<\/script/g, '<\\/script')}</script>`
const easel = library('glass-easel/dist/glass_easel.all.js')
const adapter = library('glass-easel-miniprogram-adapter/dist/glass_easel_miniprogram_adapter.js')
fs.writeFileSync(
  out,
  `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title></title>
<style>${here('parts.css')}</style><style>${css}</style>
<div id="bar" role="heading" aria-level="1"></div><div id="stage"></div><div id="tabs" role="tablist"></div><div id="said" role="status"></div>
${script(`var exports={},module={exports};${easel};window.glassEasel=module.exports`)}
${script(`(function(){var exports={},module={exports};function require(){return window.glassEasel};${adapter};window.adapter=module.exports})()`)}
${script(`window.MP={config:${JSON.stringify(config)},files:${JSON.stringify(files)},templates:(${group.getTmplGenObjectGroups()}),modules:{${modules.join(',\n')}}}`)}
${['parts.js', 'wx.js', 'runtime.js'].map((name) => script(here(name))).join('\n')}
</html>`,
)
